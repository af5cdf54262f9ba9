/** Time on a testbed in real time, where an emulated board may be unplugged just now. */
import type { ArrayBoard } from '../drivers/array-board.js';
import { MACHINE_CLOCK_AHEAD_S } from '../drivers/emulator/machine-clock.js';
import type { UeBridge } from './bridge/bridge.js';
import { type Clock, monotonicClock } from './core/clock.js';
import { BeamloopError } from './core/errors.js';
import type { Testbed } from './slots/testbed.js';

/** As long as a link that was up is waited for. */
const REPLUG_TIMEOUT_S = 30;
const REPLUG_PAUSE_S = 0.05;

/** @param originS when motions began, on the machine's clock. */
export function motionClock(board: ArrayBoard, originS: number): (boardTimeS: number) => number {
  return (boardTimeS) => {
    const { loS, hiS } = board.boardTime();
    const nowS = monotonicClock.nowS() + MACHINE_CLOCK_AHEAD_S - originS;
    return nowS + boardTimeS - (loS + hiS) / 2;
  };
}

/** A fault may have the emulated board unplugged just now; it is there, and comes back. */
export async function openThoughUnplugged<B extends ArrayBoard>(open: () => Promise<B>): Promise<B> {
  const untilS = monotonicClock.nowS() + REPLUG_TIMEOUT_S;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      const isUnplugged = error instanceof BeamloopError && error.code === 'PORT_NOT_FOUND';
      if (!isUnplugged || monotonicClock.nowS() > untilS) throw error;
      await monotonicClock.sleep(REPLUG_PAUSE_S);
    }
  }
}

export function realTime(
  board: ArrayBoard,
  bridge: UeBridge,
  close: () => Promise<void>,
  clock: Clock = monotonicClock,
): Testbed {
  return {
    board,
    bridge,
    time: 'real',
    // Twice the time of each exchange, for a link that is busy.
    earliestBoardTimeS: (numRoundTrips = 2) =>
      board.boardTime().hiS + 2 * numRoundTrips * (board.linkStatistics().roundTripS ?? 0.02),
    waitUntilBoardTime: async (toS, signal) => {
      for (;;) {
        const leftS = toS - board.boardTime().loS;
        if (leftS <= 0) return;
        await clock.sleep(Math.max(leftS, 1e-3), signal);
      }
    },
    close,
  };
}
