/** Boards of a scenario that do not speak beamloop's firmware protocol: what they are, and how they are opened. */
import type { BoardDescription } from '../drivers/array-board.js';
import type { ElementDriver } from '../drivers/boards/host-timed/element-driver.js';
import type { HostTimedBoard } from '../drivers/boards/host-timed/host-timed-board.js';
import { describeHostTimed } from '../drivers/boards/host-timed/host-timing.js';
import { openHostTimedBoard } from '../drivers/boards/host-timed/open-host-timed-board.js';
import {
  Adar1000Driver,
  type Adar1000Settings,
  adar1000Facts,
} from '../drivers/boards/iio/adar1000-driver.js';
import { iioTransport } from '../drivers/boards/iio/iio-port.js';
import { TemplateDriver, templateFacts } from '../drivers/boards/template/template-driver.js';
import type { OwnBoardKind } from '../drivers/emulator/own/own-board.js';
import type { PlugKind } from '../drivers/emulator/plug.js';
import type { Template } from '../drivers/template/template.js';
import { parseTemplate } from '../drivers/template/template-file.js';
import { openPort } from '../drivers/transports/open-port.js';
import { BeamloopError } from './core/errors.js';
import { EMULATED, type EmulatedSection, plugKindOf } from './emulation/emulated-section.js';
import { ownBoardConfig } from './emulation/own-section.js';
import type { EmulatedBoardHandle } from './emulation/start-emulated-board.js';
import { startOwnBoard } from './emulation/start-own-board.js';
import type { Scenario } from './scenario/scenario-schema.js';

/** A timer of a machine that has something else to do fires some milliseconds late. */
const HOST_JITTER_S = 5e-3;
/** A round trip in a laboratory's network, and some SPI transfers. */
const ANSWER_S = 1.5e-3;

type OwnScenario = Pick<Scenario<EmulatedSection>, 'board' | 'seed' | 'array'>;
type Board = OwnScenario['board'];

/** Whether a scenario's board has a driver of its own. */
export function isOwnBoard({ board }: { readonly board: Pick<Board, 'driver'> }): boolean {
  return board.driver !== undefined && board.driver !== 'native';
}

/** @throws SCENARIO_INVALID, FILE_UNREADABLE for a template that is none. */
function templateOf({ file, fileText }: Pick<Board, 'file' | 'fileText'>): Template {
  return parseTemplate(fileText!, file!);
}

/** @throws SCENARIO_INVALID for a wiring of other elements than the array's. */
function adar1000Of({ board, array }: OwnScenario): Adar1000Settings {
  const { wiring, answerTime = ANSWER_S } = board;
  const { elements } = array;
  if (wiring !== undefined && (wiring.length !== elements || Math.max(...wiring) > elements)) {
    throw new BeamloopError('SCENARIO_INVALID', {
      what: `The wiring names ${wiring.length} channels up to ${Math.max(...wiring)}; the array has ${elements} elements`,
      where: 'board.wiring',
      todo: `Name each channel from 1 to ${elements} once`,
    });
  }
  return { numElements: elements, wiring: wiring?.map((channel) => channel - 1), answerS: answerTime };
}

/**
 * The board that a scenario expects, before a port is touched.
 *
 * @throws SCENARIO_INVALID, FILE_UNREADABLE for a template that is none.
 */
export function assumedOwnBoard(scenario: OwnScenario): BoardDescription {
  const { board } = scenario;
  const { emulated, port, hostJitter = HOST_JITTER_S } = board;
  const isTemplate = board.driver === 'template';
  const { model, serialNumber } = isTemplate
    ? templateOf(board)
    : { model: 'ADAR1000 array', serialNumber: null };
  const facts = isTemplate ? templateFacts(templateOf(board)) : adar1000Facts(adar1000Of(scenario));
  const serial = port === EMULATED ? emulated.serialNumber : (serialNumber ?? 'unknown');
  return describeHostTimed(facts, { model, serialNumber: serial, firmware: 'unknown' }, hostJitter);
}

/** Starts the emulated board of such a scenario; throws as `startOwnBoard`, and SCENARIO_INVALID for what cannot be emulated. */
export function startScenarioOwnBoard(
  scenario: OwnScenario,
  onFailure?: (error: BeamloopError) => void,
  at: PlugKind = plugKindOf(scenario.board.emulated),
): Promise<EmulatedBoardHandle> {
  const { board, seed, array } = scenario;
  const { emulated } = board;
  const config = ownBoardConfig(emulated, seed, array.planar?.columns ?? null, emulatedKind(scenario));
  return startOwnBoard(config, at, onFailure);
}

function emulatedKind(scenario: OwnScenario): OwnBoardKind {
  const { board } = scenario;
  if (board.driver !== 'template') {
    const { numElements, wiring = Array.from({ length: numElements }, (_, n) => n) } = adar1000Of(scenario);
    return { kind: 'iio', numElements, wiring };
  }
  if (templateOf(board).trigger !== null) {
    throw new BeamloopError('SCENARIO_INVALID', {
      what: 'The template triggers the board by a line of its serial port, and an emulated board has no such lines',
      where: `${board.file}, trigger`,
      todo: 'Name the port of the real board; or use apply in the emulated one’s template',
    });
  }
  return { kind: 'template', text: board.fileText!, file: board.file! };
}

/** Opens the board at a port, real or emulated. */
export function openOwnBoard(
  scenario: OwnScenario,
  port: string,
  signal: AbortSignal,
): Promise<HostTimedBoard> {
  const { hostJitter = HOST_JITTER_S } = scenario.board;
  return openHostTimedBoard({ driver: driverAt(scenario, port), jitterS: hostJitter, signal });
}

function driverAt(scenario: OwnScenario, port: string): ElementDriver {
  const { board } = scenario;
  const { dtr, rts, openTimeout } = board;
  if (board.driver !== 'template')
    return new Adar1000Driver({ ...adar1000Of(scenario), transport: iioTransport(port) });
  const template = templateOf(board);
  const { transport } = openPort(port, {
    baudRate: template.baud,
    ...(dtr !== undefined && { dtr: dtr === 'on' }),
    ...(rts !== undefined && { rts: rts === 'on' }),
  });
  return new TemplateDriver({ template, transport, openTimeoutS: openTimeout });
}
