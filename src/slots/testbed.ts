/** What the life of a slot needs of the world: a board, the UEs' bridge, and a way to let board time pass. */
import type { Radiate } from '../../calibration/board-beams.js';
import type { ArrayBoard } from '../../drivers/array-board.js';
import type { UeBridge } from '../bridge/bridge.js';
import type { FrameSource } from '../camera/frame-source.js';
import type { StopSignal } from '../core/stop-signal.js';

export interface Testbed {
  readonly board: ArrayBoard;
  readonly bridge: UeBridge;
  /**
   * 'virtual': board time stands still unless `waitUntilBoardTime` lets it pass, and starts at 0 with every run, so a
   * plan depends on scenario and seed alone. 'real': it runs by itself.
   */
  readonly time: 'virtual' | 'real';
  /**
   * Board time before which nothing that is sent now can arrive, s; -Infinity on virtual time.
   *
   * @param numRoundTrips what has to be confirmed one after the other; codewords and then queue entries unless given.
   */
  earliestBoardTimeS(numRoundTrips?: number): number;
  /** Resolves when the board's clock has passed `toS`. Rejects with the signal's reason when aborted. */
  waitUntilBoardTime(toS: number, signal: StopSignal): Promise<void>;
  /** What an emulated array radiates for element settings, its errors included; nobody knows that of a real one. */
  readonly radiate?: Radiate;
  /**
   * The time of the emulated users' motions at a board time, s, to within what is known of the board's clock now; nobody knows
   * it of real users.
   */
  readonly motionTimeS?: (boardTimeS: number) => number;
  /** Of an emulated testbed whose scenario has an emulated camera. */
  readonly camera?: FrameSource;
  /** Mutes the array, stops and closes everything. Never throws; safe to call twice. */
  close(): Promise<void>;
}
