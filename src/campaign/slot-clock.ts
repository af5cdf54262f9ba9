/** The board's slot clock as a campaign keeps it: armed once, and again when the board restarted. */
import type { SlotPlanner } from '../schedule/slot-planner.js';
import type { Testbed } from './testbed-contract.js';

/** From arming to the first slot, s. */
const ARM_AHEAD_S = 0.05;
/** Slot 0 of a board on virtual time begins here, in every run, so that plans agree. */
export const VIRTUAL_START_S = 0.1;

export class SlotClock {
  readonly #testbed: Testbed;
  readonly #planner: SlotPlanner;
  readonly #slotDurationS: number;
  #armed = false;

  constructor(testbed: Testbed, planner: SlotPlanner, slotDurationS: number) {
    this.#testbed = testbed;
    this.#planner = planner;
    this.#slotDurationS = slotDurationS;
  }

  get isArmed(): boolean {
    return this.#armed;
  }

  /** Arms unless the clock runs. On real time the plan then goes on from the board's time now. */
  async arm(): Promise<void> {
    if (this.#armed) return;
    const slotDurationS = this.#slotDurationS;
    const { board, time } = this.#testbed;
    // A real board may still hold slots of a controller that was killed.
    if (time === 'real') await board.stop();
    const firstSlot = time === 'real' ? this.#planner.lastSlot + 1 : 0;
    const startBoardTimeS =
      time === 'real' ? this.#testbed.earliestBoardTimeS() + ARM_AHEAD_S : VIRTUAL_START_S;
    this.#planner.restart(firstSlot, startBoardTimeS);
    await board.arm({ firstSlot, startBoardTimeS, slotDurationS });
    this.#armed = true;
  }

  /** The board restarted and forgot. */
  disarmed(): void {
    this.#armed = false;
  }
}
