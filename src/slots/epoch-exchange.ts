/** Has the pilots of an epoch measured, each once, in slots of the epoch's own; what an earlier process measured is taken over. */
import type { Codeword } from '../codebook/codeword.js';
import type { MeasuredPilot } from '../sounding/pilot-powers.js';
import { type EpochParts, EpochRun, type TurnaroundTimes } from './epoch-run.js';
import type { PlannedSlot } from './planned-slot.js';

/** A pilot of an epoch: who asked for it, and who listen. */
export interface EpochPilot extends Pick<PlannedSlot, 'sounding' | 'batch' | 'position' | 'attempt' | 'ues'> {
  readonly codeword: Codeword;
}

/** What each UE measured of each pilot, in their orders; null where nothing came. */
export type EpochPowers = readonly (readonly (MeasuredPilot | null)[])[];

export class EpochExchange {
  readonly #parts: EpochParts;
  readonly #run: EpochRun;
  /** When the time of the next epoch was chosen, on this machine's clock. */
  #chosenAtS: number | null = null;

  constructor(parts: EpochParts) {
    this.#parts = parts;
    this.#run = new EpochRun(parts);
  }

  /** Brings the board to where slots can be given away. */
  getReady(): Promise<void> {
    return this.#parts.ready.getReady();
  }

  /** When a slot begins, s of board time. */
  startOfSlotS(slot: number): number {
    return this.#parts.planner.startOfSlotS(slot);
  }

  /** When a slot was planned to begin, s of board time; null where it was not, or is forgotten. */
  plannedAtS(slot: number): number | null {
    const { ledger } = this.#parts;
    return ledger.has(slot) ? ledger.slot(slot).plannedBoardTimeS : null;
  }

  /**
   * The slot that an epoch can begin with: `wanted`, or so many whole epochs later as it takes.
   *
   * @param epochSlots from one epoch's first slot to the next one's.
   */
  firstSlot(wanted: number, epochSlots: number): number {
    const { planner, testbed, slotDurationS, ledger } = this.#parts;
    // Virtual time comes again to slots that an earlier process had planned.
    if (testbed.time === 'virtual' && ledger.has(wanted)) return wanted;
    this.#chosenAtS = this.#parts.clock.nowS();
    const earliestS = testbed.earliestBoardTimeS() + this.#run.leadS;
    const earliest = Math.max(
      planner.lastSlot + 1,
      earliestS === Number.NEGATIVE_INFINITY
        ? 0
        : Math.ceil((earliestS - planner.startOfSlotS(0)) / slotDurationS),
    );
    return wanted + epochSlots * Math.max(0, Math.ceil((earliest - wanted) / epochSlots));
  }

  /** What comes between two epochs on real time. */
  get times(): TurnaroundTimes {
    return this.#run.times;
  }

  /**
   * Slots from `firstSlot` on, one for each pilot. On virtual time those that are recorded already are not measured again.
   *
   * @param nextSlot with which the next epoch begins, if all goes well.
   */
  async measure(firstSlot: number, pilots: readonly EpochPilot[], nextSlot: number): Promise<EpochPowers> {
    const { ledger, planner, clock } = this.#parts;
    if (this.#chosenAtS !== null) this.#run.decided(clock.nowS() - this.#chosenAtS);
    this.#chosenAtS = null;
    await this.getReady();
    const prepared = pilots.map(({ codeword }) => this.#parts.pilots.pilot(codeword));
    for (const [k, { codeword, ...place }] of pilots.entries()) {
      const slot = firstSlot + k;
      const { hash } = prepared[k]!;
      if (ledger.has(slot)) continue;
      const plannedBoardTimeS = planner.startOfSlotS(slot);
      ledger.plan({ ...place, slot, codewordKey: codeword.key, hash, plannedBoardTimeS });
      planner.adopt([{ slot, pilot: { hash } }]);
    }
    if (pilots.length > 0) {
      await this.#run.carryOut(
        pilots.map((_, k) => firstSlot + k),
        prepared,
        planner.startOfSlotS(nextSlot),
      );
    }
    return this.#take(firstSlot, pilots);
  }

  /** What an earlier process recorded of an epoch that was over. */
  recorded(firstSlot: number, pilots: readonly EpochPilot[]): EpochPowers {
    // The board's memory is restored with them.
    for (const { codeword } of pilots) this.#parts.pilots.pilot(codeword);
    return this.#take(firstSlot, pilots);
  }

  #take(firstSlot: number, pilots: readonly EpochPilot[]): EpochPowers {
    const { ledger } = this.#parts;
    const measured = pilots.map(({ ues }, k) => ues.map((ue) => ledger.powerIn(firstSlot + k, ue)));
    ledger.releaseSlots(pilots.flatMap((_, k) => (ledger.has(firstSlot + k) ? [firstSlot + k] : [])));
    return measured;
  }
}
