/** Testbeds whose board and UEs are emulated: in this process on virtual time, else in processes of their own. */
import type { ArrayBoard } from '../drivers/array-board.js';
import { openNativeBoard } from '../drivers/boards/open-native-board.js';
import { openPort } from '../drivers/transports/open-port.js';
import type { WireLog } from '../drivers/wire/wire-log.js';
import type { UeBridge } from './bridge/bridge.js';
import type { TestbedRequest } from './campaign/open-testbed.js';
import type { EmulatedSection } from './emulation/emulated-section.js';
import type { Testbed } from './slots/testbed.js';
import {
  logged,
  openTiles,
  standInBoard,
  startScenarioBoards,
  startScenarioBoardsHere,
} from './testbed-boards.js';
import { type Closing, openBridge } from './testbed-bridge.js';
import { motionClock, openThoughUnplugged, realTime } from './testbed-time.js';
import { cameraOf, startScenarioUes, startScenarioUesHere } from './testbed-ues.js';

/** Behind a port, with processes of their own. */
export async function openEmulated(
  request: TestbedRequest<EmulatedSection>,
  closing: Closing,
  close: () => Promise<void>,
  log: WireLog | undefined,
): Promise<Testbed> {
  const { scenario, realtime, signal } = request;
  const { baud, openTimeout } = scenario.board;
  const process = await startScenarioBoards(scenario, realtime, request.onFailure);
  closing.push(() => process.close());
  const bridge = await openBridge(request, closing);
  const ues = await startScenarioUes(request, bridge.url, process.airPath);
  closing.push(() => ues.close());
  const timesS = realtime ? undefined : () => process.timesS();
  const board = await openTiles(scenario, process.paths, timesS, (path) =>
    openThoughUnplugged(() => {
      const { transport, baudRate } = logged(openPort(path, { baudRate: baud }), log);
      return openNativeBoard({
        transport,
        baudRate: realtime ? baudRate : null,
        helloTimeoutS: openTimeout,
        signal,
      });
    }),
  );
  closing.push(() => board.close());
  if (!realtime) return virtualTime(request, board, bridge, (toS) => process.advance(toS), close);
  const { radiate } = standInBoard(scenario);
  const motionTimeS = motionClock(board, ues.motionOriginS);
  return { ...realTime(board, bridge, close), radiate, motionTimeS, ...cameraOf(request, motionTimeS) };
}

/** On virtual time, without processes of their own. */
export async function openEmulatedHere(
  request: TestbedRequest<EmulatedSection>,
  closing: Closing,
  close: () => Promise<void>,
  log: WireLog | undefined,
): Promise<Testbed> {
  const { scenario, signal } = request;
  const emulation = await startScenarioBoardsHere(scenario);
  closing.push(async () => emulation.close());
  const bridge = await openBridge(request, closing);
  const ues = await startScenarioUesHere(request, bridge.url, emulation);
  closing.push(() => ues.close());
  const { transports } = emulation;
  const board = await openTiles(
    scenario,
    transports.map(({ name }) => name),
    async () => emulation.timesS(),
    (name) =>
      openThoughUnplugged(() => {
        const { transport } = logged(
          { transport: transports.find((each) => each.name === name)!, baudRate: null },
          log,
        );
        return openNativeBoard({
          transport,
          baudRate: null,
          helloTimeoutS: scenario.board.openTimeout,
          signal,
        });
      }),
  );
  closing.push(() => board.close());
  return virtualTime(request, board, bridge, async (toS) => emulation.advance(toS), close);
}

/** @param advance lets the board run up to a time of its own. */
function virtualTime(
  request: TestbedRequest<EmulatedSection>,
  board: ArrayBoard,
  bridge: UeBridge,
  advance: (toS: number) => Promise<number>,
  close: () => Promise<void>,
): Testbed {
  return {
    board,
    bridge,
    time: 'virtual',
    earliestBoardTimeS: () => Number.NEGATIVE_INFINITY,
    // Loads and queue entries are confirmed by then: the campaign awaits them, and nothing else is underway.
    waitUntilBoardTime: async (toS) => {
      await advance(toS);
    },
    radiate: standInBoard(request.scenario).radiate,
    // Both begin at 0.
    motionTimeS: (boardTimeS) => boardTimeS,
    ...cameraOf(request, (boardTimeS) => boardTimeS),
    close,
  };
}
