/** Boards of a scenario that do not speak beamloop's firmware protocol: what they are, and how they are opened. */
import type { BoardDescription } from '../drivers/array-board.js';
import type { ElementDriver, ElementDriverFacts } from '../drivers/boards/host-timed/element-driver.js';
import type { HostTimedBoard } from '../drivers/boards/host-timed/host-timed-board.js';
import { describeHostTimed } from '../drivers/boards/host-timed/host-timing.js';
import { openHostTimedBoard } from '../drivers/boards/host-timed/open-host-timed-board.js';
import { TemplateDriver, templateFacts } from '../drivers/boards/template/template-driver.js';
import type { Template } from '../drivers/template/template.js';
import { parseTemplate } from '../drivers/template/template-file.js';
import { openPort } from '../drivers/transports/open-port.js';
import { BeamloopError } from './core/errors.js';
import type { EmulatedSection } from './emulation/emulated-section.js';
import { plugKindOf } from './emulation/emulated-section.js';
import { ownBoardConfig } from './emulation/own-section.js';
import type { EmulatedBoardHandle } from './emulation/start-emulated-board.js';
import { startOwnBoard } from './emulation/start-own-board.js';
import type { Scenario } from './scenario/scenario-schema.js';

const EMULATED = 'emulated';
/** A timer of a machine that has something else to do fires some milliseconds late. */
const HOST_JITTER_S = 5e-3;

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

function factsOf(board: Board): ElementDriverFacts {
  return templateFacts(templateOf(board));
}

/**
 * The board that a scenario expects, before a port is touched.
 *
 * @throws SCENARIO_INVALID, FILE_UNREADABLE for a template that is none.
 */
export function assumedOwnBoard({ board }: OwnScenario): BoardDescription {
  const { model, serialNumber } = templateOf(board);
  const { emulated, port, hostJitter = HOST_JITTER_S } = board;
  const serial = port === EMULATED ? emulated.serialNumber : (serialNumber ?? 'unknown');
  return describeHostTimed(factsOf(board), { model, serialNumber: serial, firmware: 'unknown' }, hostJitter);
}

/** Starts the emulated board of such a scenario; throws as `startOwnBoard`, and SCENARIO_INVALID for what cannot be emulated. */
export function startScenarioOwnBoard(
  { board, seed, array }: OwnScenario,
  onFailure?: (error: BeamloopError) => void,
): Promise<EmulatedBoardHandle> {
  const { emulated, fileText, file } = board;
  if (templateOf(board).trigger !== null && (emulated.at ?? 'pty') === 'pty') {
    throw new BeamloopError('SCENARIO_INVALID', {
      what: 'The template triggers the board by a line of its serial port, and an emulated one, a pseudo-terminal, has no such lines',
      where: `${file}, trigger`,
      todo: 'Name the port of the real board; or use apply in the emulated one’s template',
    });
  }
  const config = ownBoardConfig(emulated, seed, array.planar?.columns ?? null, {
    kind: 'template',
    text: fileText!,
    file: file!,
  });
  return startOwnBoard(config, plugKindOf(emulated), onFailure);
}

/** Opens the board at a port, real or emulated. */
export function openOwnBoard(board: Board, port: string, signal: AbortSignal): Promise<HostTimedBoard> {
  return openHostTimedBoard({
    driver: driverAt(board, port),
    jitterS: board.hostJitter ?? HOST_JITTER_S,
    signal,
  });
}

function driverAt(board: Board, port: string): ElementDriver {
  const template = templateOf(board);
  const { dtr, rts, openTimeout } = board;
  const { transport } = openPort(port, {
    baudRate: template.baud,
    ...(dtr !== undefined && { dtr: dtr === 'on' }),
    ...(rts !== undefined && { rts: rts === 'on' }),
  });
  return new TemplateDriver({ template, transport, openTimeoutS: openTimeout });
}
