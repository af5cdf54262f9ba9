/** The boards of a scenario: models of the emulated ones, and several opened as one array. */
import type { ArrayBoard, BoardDescription } from '../drivers/array-board.js';
import type { NativeBoard } from '../drivers/boards/native-board.js';
import { TiledArray } from '../drivers/boards/tiled/tiled-array.js';
import { describeTiles } from '../drivers/boards/tiled/tiled-description.js';
import { type BoardModel, wholeFemtoseconds } from '../drivers/emulator/board-model.js';
import type { EmulatedBoardConfig } from '../drivers/emulator/emulated-board.js';
import { RfFrontEnd } from '../drivers/emulator/rf.js';
import type { Port } from '../drivers/transports/open-port.js';
import type { WireLog } from '../drivers/wire/wire-log.js';
import type { TileElements } from './core/element-run.js';
import { BeamloopError } from './core/errors.js';
import {
  boardModel,
  describeModel,
  type EmulatedSection,
  impairmentsOf,
  plugKindOf,
} from './emulation/emulated-section.js';
import { BoardsHere } from './emulation/emulation-here.js';
import { lineTable } from './emulation/fixed-lines.js';
import { requireNoReplies } from './emulation/own-section.js';
import { type EmulatedBoardHandle, startEmulatedBoards } from './emulation/start-emulated-board.js';
import type { Scenario } from './scenario/scenario-schema.js';
import { alignmentOf, type PlannedTile, tilesOf } from './scenario/tiles.js';
import { arrayOf } from './scenario/users.js';
import { widebandOf } from './scenario/wideband.js';
import type { StandInBoard } from './study/common/studied-scenario.js';
import { assumedOwnBoard, isOwnBoard } from './testbed-own.js';

/** Starts the emulated board of a scenario, or its boards, where `board.emulated.at` says; throws as `startEmulatedBoard` and `plugKindOf`. */
export function startScenarioBoards(
  scenario: Scenario<EmulatedSection>,
  realtime: boolean,
  onFailure?: (error: BeamloopError) => void,
): Promise<EmulatedBoardHandle> {
  const at = plugKindOf(scenario.board.emulated);
  return startEmulatedBoards(emulatedConfigs(scenario, realtime), onFailure, at);
}

/** The same in this process, on virtual time. */
export function startScenarioBoardsHere(scenario: Scenario<EmulatedSection>): Promise<BoardsHere> {
  return BoardsHere.start(emulatedConfigs(scenario, false));
}

/** What each emulated board of a scenario is made from: one, or as many as it has tiles. */
function emulatedConfigs(scenario: Scenario<EmulatedSection>, realtime: boolean): EmulatedBoardConfig[] {
  const { emulated } = scenario.board;
  const { seed } = scenario;
  const whole = modelOf(scenario);
  const tiles = tilesOf(scenario);
  const rf = impairmentsOf(emulated, seed, scenario.array.planar?.columns ?? null);
  const { faults, clockDriftPpm } = emulated;
  if (tiles === null) return [{ model: whole, rf, faults, seed, realtime, driftPpm: clockDriftPpm }];
  requireBoards(emulated, tiles.length);
  requireNoCoupling(emulated);
  return tiles.map(({ elements }, k) => {
    const own = emulated.tiles[k + 1];
    return {
      model: tileModel(whole, elements, k),
      rf,
      places: { elements: Array.from(elements), arrayElements: whole.numElements },
      faults: own?.faults ?? faults,
      seed: seed + k,
      realtime,
      driftPpm: own?.clockDriftPpm ?? clockDriftPpm,
    };
  });
}

/** The board that a scenario expects, without touching any port. For a real port, what `board.emulated` assumes. */
export function assumedBoard(scenario: Scenario<EmulatedSection>): BoardDescription {
  if (isOwnBoard(scenario)) return assumedOwnBoard(scenario);
  const whole = modelOf(scenario);
  const tiles = tilesOf(scenario);
  if (tiles === null) return describeModel(whole);
  requireBoards(scenario.board.emulated, tiles.length);
  return describeTiles(
    tiles.map(({ port, elements }: PlannedTile, k) => ({
      name: port ?? `emulated board ${k + 1}`,
      description: describeModel(tileModel(whole, elements, k)),
      elements,
    })),
  );
}

/** What stands in for a scenario's emulated board where no board is started: its description, and what it radiates. */
export function standInBoard(scenario: Scenario<EmulatedSection>): StandInBoard {
  const description = assumedBoard(scenario);
  const frontEnd = new RfFrontEnd(
    isOwnBoard(scenario) ? description : wholeFemtoseconds(modelOf(scenario)),
    impairmentsOf(scenario.board.emulated, scenario.seed, scenario.array.planar?.columns ?? null),
  );
  return { description, radiate: (settings) => frontEnd.weights(settings) };
}

/** The whole array as one board, with the fixed lines that the scheme's pilots may ask for. */
function modelOf(scenario: Scenario<EmulatedSection>): BoardModel {
  const { emulated, baud } = scenario.board;
  requireNoReplies(emulated);
  const { elements } = scenario.array;
  const purpose = {
    array: arrayOf(scenario),
    scheme: scenario.scheme,
    wideband: widebandOf(scenario),
  };
  return boardModel(emulated, elements, baud, lineTable(emulated.lines, elements, purpose));
}

function tileModel(whole: BoardModel, elements: TileElements, k: number): BoardModel {
  return {
    ...whole,
    serialNumber: `${whole.serialNumber}-${k + 1}`,
    numElements: elements.length,
    delayLinesS:
      whole.delayLinesS?.map((lineS) => Float64Array.from(elements, (element) => lineS[element]!)) ?? null,
  };
}

function requireBoards({ tiles }: EmulatedSection, numBoards: number): void {
  const beyond = Object.keys(tiles).find((number) => Number(number) > numBoards);
  if (beyond === undefined) return;
  throw new BeamloopError('SCENARIO_INVALID', {
    what: `There is no board ${beyond}; board.tiles has ${numBoards}`,
    where: `board.emulated.tiles.${beyond}`,
    todo: `Name boards from 1 to ${numBoards}`,
  });
}

/** Each board would couple its own elements alone. */
function requireNoCoupling({ impairments }: EmulatedSection): void {
  if (impairments.coupling === undefined) return;
  throw new BeamloopError('SCENARIO_INVALID', {
    what: 'Coupling of neighbours is emulated on one board alone, and board.tiles has several',
    where: 'board.emulated.impairments.coupling',
    todo: 'Leave out the coupling, or board.tiles',
  });
}

/** All that goes over the port's line goes into the log, too. */
export function logged(port: Port, log: WireLog | undefined): Port {
  return log === undefined ? port : { ...port, transport: log.around(port.transport) };
}

/** The boards at these ports as one; a single one as it is. */
export async function openTiles(
  scenario: Scenario<EmulatedSection>,
  ports: readonly string[],
  timesS: (() => Promise<readonly number[]>) | undefined,
  open: (port: string) => Promise<NativeBoard>,
): Promise<ArrayBoard> {
  const tiles = tilesOf(scenario);
  const results = await Promise.allSettled(ports.map(open));
  const boards = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  try {
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
    if (tiles === null) return boards[0]!;
    return new TiledArray(
      boards.map((board, k) => ({ board, name: ports[k]!, elements: tiles[k]!.elements })),
      {
        alignmentS: alignmentOf(scenario),
        slotDurationS: scenario.slots.duration,
        ...(timesS !== undefined && { timesS }),
      },
    );
  } catch (error) {
    await Promise.all(boards.map((board) => board.close()));
    throw error;
  }
}
