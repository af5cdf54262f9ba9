/**
 * The only file that chooses between real and emulated. With a real port the board is opened there and the scenario's UEs
 * are waited for on the bridge; with `port: emulated`, board and UEs are started, in this process on virtual time and as
 * processes of their own in real time or where a port is named, and the same driver and bridge talk to them.
 */
import type { ArrayBoard } from '../drivers/array-board.js';
import type { NativeBoard } from '../drivers/boards/native-board.js';
import { openNativeBoard } from '../drivers/boards/open-native-board.js';
import type { PlugKind } from '../drivers/emulator/plug.js';
import { openPort, type PortSettings } from '../drivers/transports/open-port.js';
import type { PortPlace } from '../drivers/transports/port-holders.js';
import type { WireLog } from '../drivers/wire/wire-log.js';
import type { OpenTestbed, TestbedRequest } from './campaign/open-testbed.js';
import type { ParseScenario } from './campaign/recorded-scenario.js';
import { requireWhole } from './core/arguments.js';
import { BAUD } from './core/bounds.js';
import { BeamloopError } from './core/errors.js';
import {
  boardModel,
  EMULATED,
  type EmulatedSection,
  emulatedSection,
  impairmentsOf,
} from './emulation/emulated-section.js';
import { lineTable } from './emulation/fixed-lines.js';
import { type EmulatedBoardHandle, startEmulatedBoard } from './emulation/start-emulated-board.js';
import { requireArray } from './scenario/plan.js';
import { parseScenario, readScenario } from './scenario/scenario.js';
import type { Scenario } from './scenario/scenario-schema.js';
import { lintHostTimed } from './slots/host-timed-plan.js';
import type { Testbed } from './slots/testbed.js';
import type { StudiedScenario } from './study/common/studied-scenario.js';
import { assumedBoard, logged, openTiles, standInBoard, startScenarioBoards } from './testbed-boards.js';
import { type Closing, openBridge } from './testbed-bridge.js';
import { openEmulated, openEmulatedHere } from './testbed-emulated.js';
import { isOwnBoard, openOwnBoard, startScenarioOwnBoard } from './testbed-own.js';
import { motionClock, openThoughUnplugged, realTime } from './testbed-time.js';
import { cameraOf, startScenarioUes } from './testbed-ues.js';

export { replayWire, type WireReplay } from './emulation/wire-replay.js';
export { assumedBoard, type EmulatedSection, emulatedSection, type PlugKind, standInBoard };

/** Opens what the scenario's port names. */
export const openTestbed: OpenTestbed<EmulatedSection> = (request) => openTestbedWith(request, undefined);

/** As `openTestbed`; all that goes over the board's line goes into the log, too. */
export function openTestbedLogging(log: WireLog | undefined): OpenTestbed<EmulatedSection> {
  return (request) => openTestbedWith(request, log);
}

/** A testbed in real time on a board that the program opens itself, with a driver of its own; UEs connect to the bridge. */
export function openTestbedOn(
  open: (signal: AbortSignal) => Promise<ArrayBoard>,
): OpenTestbed<EmulatedSection> {
  return (given) =>
    closingOnFailure(async (closing, close) => {
      const request = { ...given, realtime: true };
      const bridge = await openBridge(request, closing);
      const board = await open(request.signal);
      closing.push(() => board.close());
      return realTime(board, bridge, close);
    });
}

function openTestbedWith(
  request: TestbedRequest<EmulatedSection>,
  log: WireLog | undefined,
): Promise<Testbed> {
  return closingOnFailure((closing, close) => {
    requireOneBoard(request.scenario, log);
    if (isOwnBoard(request.scenario)) return openOwn(request, closing, close);
    const { port, emulated } = request.scenario.board;
    if (port !== EMULATED) return openReal(request, closing, close, log);
    return request.realtime || emulated.at !== undefined
      ? openEmulated(request, closing, close, log)
      : openEmulatedHere(request, closing, close, log);
  });
}

/** What was opened until something failed is closed. */
async function closingOnFailure(
  open: (closing: Closing, close: () => Promise<void>) => Promise<Testbed>,
): Promise<Testbed> {
  const closing: (() => Promise<void>)[] = [];
  const closeAll = async () => {
    // The board first: it mutes the array. Then whatever was started before it.
    for (const close of closing.splice(0).reverse()) await close().catch(() => {});
  };
  try {
    return await open(closing, closeAll);
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** A log is of one line, of the firmware's protocol. */
function requireOneBoard({ board }: Scenario, log: WireLog | undefined): void {
  if (log !== undefined && isOwnBoard({ board })) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: "A wire log holds frames of the firmware's protocol, which this board does not speak",
      where: '--wire-log',
      todo: 'Leave it out; events of the recording tell of answers that did not come or were errors',
    });
  }
  if (log === undefined || board.tiles === undefined) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `A wire log is of one board; the array has ${board.tiles.length}`,
    where: '--wire-log',
    todo: 'Leave it out, or run the scenario on one board',
  });
}

/** A board that speaks its own language, real or emulated: its slots are kept by this machine, so all is in real time. */
async function openOwn(
  given: TestbedRequest<EmulatedSection>,
  closing: Closing,
  close: () => Promise<void>,
): Promise<Testbed> {
  const request = { ...given, realtime: true };
  const { scenario, signal } = request;
  const { board: section } = scenario;
  // Known before the port is touched.
  const expected = assumedBoard(scenario);
  requireArray(scenario, expected);
  lintHostTimed(expected.hostTimed!, scenario.slots.duration, section.trust);
  if (section.port !== EMULATED) {
    const bridge = await openBridge(request, closing);
    const board = await openOwnBoard(scenario, section.port, signal);
    closing.push(() => board.close());
    return realTime(board, bridge, close);
  }
  const process = await startScenarioOwnBoard(scenario, request.onFailure);
  closing.push(() => process.close());
  const bridge = await openBridge(request, closing);
  const ues = await startScenarioUes(request, bridge.url, process.airPath, true);
  closing.push(() => ues.close());
  const board = await openThoughUnplugged(() => openOwnBoard(scenario, process.path, signal));
  closing.push(() => board.close());
  const { radiate } = standInBoard(scenario);
  const motionTimeS = motionClock(board, ues.motionOriginS);
  return { ...realTime(board, bridge, close), radiate, motionTimeS, ...cameraOf(request, motionTimeS) };
}

async function openReal(
  request: TestbedRequest<EmulatedSection>,
  closing: Closing,
  close: () => Promise<void>,
  log: WireLog | undefined,
): Promise<Testbed> {
  const bridge = await openBridge(request, closing);
  const board = await openPorts(request.scenario, request.signal, log);
  closing.push(() => board.close());
  return realTime(board, bridge, close);
}

/** A board by itself, without UEs, or several as one array. */
export interface OpenBoard<B extends ArrayBoard = ArrayBoard> {
  readonly board: B;
  /** Mutes the board and closes it. */
  readonly close: () => Promise<void>;
}

/** A beam that is held may begin on one board so long before it does on another, s, unless the scenario says. */
const HELD_ALIGNMENT_S = 0.1;

/** The board of a scenario, or its boards, in real time, for beams that are held. */
export async function openBoard(
  given: Scenario<EmulatedSection>,
  signal: AbortSignal,
  log?: WireLog,
): Promise<OpenBoard> {
  requireOneBoard(given, log);
  if (isOwnBoard(given)) return openOwnForHolding(given, signal);
  const { alignment = HELD_ALIGNMENT_S, port, baud } = given.board;
  const scenario = { ...given, board: { ...given.board, alignment } };
  if (port !== EMULATED) {
    const board = await openPorts(scenario, signal, log);
    return { board, close: () => board.close() };
  }
  const process = await startScenarioBoards(scenario, true);
  try {
    const board = await openTiles(
      scenario,
      process.paths,
      undefined,
      async (path) => (await openBoardAt({ port: path, baud }, signal, log)).board,
    );
    return {
      board,
      close: async () => {
        await board.close();
        await process.close();
      },
    };
  } catch (error) {
    await process.close();
    throw error;
  }
}

async function openOwnForHolding(
  scenario: Scenario<EmulatedSection>,
  signal: AbortSignal,
): Promise<OpenBoard> {
  const { board: section } = scenario;
  const process = section.port === EMULATED ? await startScenarioOwnBoard(scenario) : null;
  try {
    const board = await openOwnBoard(scenario, process?.path ?? section.port, signal);
    return {
      board,
      close: async () => {
        await board.close();
        await process?.close();
      },
    };
  } catch (error) {
    await process?.close();
    throw error;
  }
}

/** What is at the ports of a scenario. */
function openPorts(
  scenario: Scenario<EmulatedSection>,
  signal: AbortSignal,
  log: WireLog | undefined,
): Promise<ArrayBoard> {
  const { tiles, port } = scenario.board;
  const ports = tiles?.map((tile) => tile.port!) ?? [port];
  return openTiles(
    scenario,
    ports,
    undefined,
    async (each) => (await openBoardAt({ ...scenario.board, port: each }, signal, log)).board,
  );
}

/** How the board at a port is opened: bit/s, s, and the lines that are set. */
interface BoardAtPort {
  readonly port: string;
  readonly baud: number;
  readonly openTimeout?: number;
  readonly dtr?: 'on' | 'off' | undefined;
  readonly rts?: 'on' | 'off' | undefined;
}

/** The board at a port, named as in docs/ports.md. */
export async function openBoardAt(
  { port, baud, openTimeout, dtr, rts }: BoardAtPort,
  signal: AbortSignal,
  log?: WireLog,
): Promise<OpenBoard<NativeBoard>> {
  const settings: PortSettings = {
    baudRate: baud,
    ...(dtr !== undefined && { dtr: dtr === 'on' }),
    ...(rts !== undefined && { rts: rts === 'on' }),
  };
  const board = await openNativeBoard({
    ...logged(openPort(port, settings), log),
    ...(openTimeout !== undefined && { helloTimeoutS: openTimeout }),
    signal,
  });
  return { board, close: () => board.close() };
}

/** Where a port is; null where nobody can tell. Rejects as opening it does when it is nowhere. */
export async function placeOfPort(port: string): Promise<PortPlace | null> {
  return (await openPort(port, { baudRate: BAUD.most }).place?.()) ?? null;
}

/** An emulated board by itself, in real time, for whoever opens its port. */
export async function startStandaloneBoard(options: {
  readonly emulated: EmulatedSection;
  readonly numElements: number;
  readonly baud: number;
  readonly seed: number;
  /** Where it can be reached; a pseudo-terminal unless given. */
  readonly at?: PlugKind;
}): Promise<EmulatedBoardHandle> {
  const { emulated, numElements, baud, seed, at } = options;
  requireWhole('numElements', numElements, 2, 65_535);
  requireWhole('baud', baud, BAUD.least, BAUD.most);
  requireWhole('seed', seed, 0, Number.MAX_SAFE_INTEGER);
  const config = {
    model: boardModel(emulated, numElements, baud, lineTable(emulated.lines, numElements, null)),
    rf: impairmentsOf(emulated, seed, null),
    faults: emulated.faults,
    seed,
    realtime: true,
    driftPpm: emulated.clockDriftPpm,
  };
  return startEmulatedBoard(config, undefined, at);
}

/**
 * A scenario as a study runs it.
 *
 * @throws as `readScenario`.
 */
export function openStudiedScenario(path: string): StudiedScenario {
  const file = readScenario(path, emulatedSection);
  return { file, board: standInBoard(file.scenario) };
}

/** Reads the scenario of a recording, whether its board was real or emulated. */
export const parseRecordedScenario: ParseScenario<EmulatedSection> = (
  text,
  where,
  calibrationText,
  onBare,
  motionTexts,
) => parseScenario(text, where, emulatedSection, calibrationText, onBare, motionTexts);
