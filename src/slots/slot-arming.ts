/** The board's slot clock as a campaign keeps it: armed once, and again when the board restarted or forgot this session. */

import { BeamloopError } from '../core/errors.js';
import type { StopSignal } from '../core/stop-signal.js';
import type { SlotPlanner } from './slot-planner.js';
import type { Testbed } from './testbed.js';

/** From arming to the first slot, s; twice as much each time that this was too little for the board. */
const ARM_AHEAD_S = 0.05;
/** A board that hears of its start later than this is as good as silent. */
const MOST_AHEAD_S = 60;
/** Slot 0 of a board on virtual time begins here, in every run, so that plans agree. */
export const VIRTUAL_START_S = 0.1;

export class SlotClock {
  readonly #testbed: Testbed;
  readonly #planner: SlotPlanner;
  readonly #slotDurationS: number;
  #armed = false;
  /** Nothing of this run or another has been queued on the board: it is new, and so is its time. */
  #fresh: boolean;

  constructor(testbed: Testbed, planner: SlotPlanner, slotDurationS: number) {
    this.#testbed = testbed;
    this.#planner = planner;
    this.#slotDurationS = slotDurationS;
    this.#fresh = testbed.time === 'virtual';
  }

  get isArmed(): boolean {
    return this.#armed;
  }

  /**
   * Arms unless the clock runs. On real time the plan then goes on from the board's time now. When the board hears of it too
   * late, it is armed again, farther ahead.
   */
  async arm(signal: StopSignal): Promise<void> {
    if (this.#armed) return;
    const { board } = this.#testbed;
    for (let aheadS = ARM_AHEAD_S; ; aheadS *= 2) {
      // It may still hold slots of a controller that was killed, or of before it was interrupted.
      if (!this.#fresh) await board.stop();
      signal.throwIfAborted();
      const { firstSlot, startBoardTimeS } = this.#start(aheadS);
      this.#planner.restart(firstSlot, startBoardTimeS);
      const slotDurationS = this.#slotDurationS;
      try {
        await board.arm({ firstSlot, startBoardTimeS, slotDurationS });
        signal.throwIfAborted();
        break;
      } catch (error) {
        const isLate = error instanceof BeamloopError && error.cause === 'badTiming';
        if (!isLate || signal.aborted || aheadS > MOST_AHEAD_S) throw error;
      }
      this.#fresh = false;
      await board.readBoardTime();
      signal.throwIfAborted();
    }
    this.#fresh = false;
    this.#armed = true;
  }

  /** The board restarted, or took another session for ours: what it was told before does not hold. */
  disarmed(): void {
    this.#armed = false;
    this.#fresh = false;
  }

  #start(aheadS: number): { readonly firstSlot: number; readonly startBoardTimeS: number } {
    if (this.#testbed.time === 'real') {
      const startBoardTimeS = this.#testbed.earliestBoardTimeS() + aheadS;
      return { firstSlot: this.#planner.lastSlot + 1, startBoardTimeS };
    }
    const startOf = (slot: number) => VIRTUAL_START_S + slot * this.#slotDurationS;
    if (this.#fresh) return { firstSlot: 0, startBoardTimeS: startOf(0) };
    // Slots keep the times that they would have had, so as many are left out as have passed.
    const earliestS = this.#testbed.board.boardTime().hiS + aheadS;
    const next = Math.ceil((earliestS - VIRTUAL_START_S) / this.#slotDurationS);
    const firstSlot = Math.max(this.#planner.lastSlot + 1, next);
    this.#planner.skipTo(firstSlot);
    return { firstSlot, startBoardTimeS: startOf(firstSlot) };
  }
}
