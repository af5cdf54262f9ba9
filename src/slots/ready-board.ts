/** Brings slot clock and codeword memory of the board to where the plan takes them to be, before anything is queued. */

import type { StopSignal } from '../core/stop-signal.js';
import type { BoardWatch } from './board-watch.js';
import { MAX_RESTARTS, restartsForEver } from './gave-up.js';
import type { PilotFactory } from './pilot-factory.js';
import { SlotClock } from './slot-arming.js';
import type { SlotPlanner } from './slot-planner.js';
import type { Testbed } from './testbed.js';

export interface ReadyBoardParts {
  readonly testbed: Testbed;
  readonly watch: BoardWatch;
  readonly planner: SlotPlanner;
  readonly pilots: PilotFactory;
  readonly slotDurationS: number;
  readonly signal: StopSignal;
}

export class ReadyBoard {
  readonly #parts: ReadyBoardParts;
  readonly #slotClock: SlotClock;
  /** The plan relies on codewords that an earlier process had loaded. */
  #mustRestoreMemory: boolean;

  /** The planner must have adopted what the recording holds. */
  constructor(parts: ReadyBoardParts) {
    const { testbed, planner, slotDurationS } = parts;
    this.#parts = parts;
    this.#slotClock = new SlotClock(testbed, planner, slotDurationS);
    this.#mustRestoreMemory = planner.lastSlot >= 0;
    testbed.board.on('reset', () => {
      planner.forgetMemory();
      this.#mustRestoreMemory = false;
      this.#slotClock.disarmed();
    });
    testbed.board.on('replaced', () => this.#slotClock.disarmed());
  }

  get isArmed(): boolean {
    return this.#slotClock.isArmed;
  }

  /** However often the board restarts meanwhile. Throws BOARD_FAULT when it does so for ever. */
  async getReady(): Promise<void> {
    const { watch, signal } = this.#parts;
    for (let restarts = 0; !this.#isReady; restarts++) {
      if (restarts > MAX_RESTARTS) throw restartsForEver();
      await watch.during((either) => this.ready(either), signal);
    }
  }

  get #isReady(): boolean {
    return this.#slotClock.isArmed && !this.#mustRestoreMemory;
  }

  /**
   * Slot clock and memory as the plan takes them to be. On virtual time restoring the memory costs no more than loading
   * it had cost the earlier process, so the next slots can still be kept.
   */
  async ready(signal: StopSignal): Promise<void> {
    if (this.#isReady) return;
    const { planner, pilots, testbed } = this.#parts;
    await this.#slotClock.arm(signal);
    if (this.#mustRestoreMemory) await testbed.board.load(pilots.packed(planner.assumedHeld));
    signal.throwIfAborted();
    this.#mustRestoreMemory = false;
  }
}
