/**
 * A UE's own clock as the controller knows it, from slots that the UE measured: the board's time of each is known, and the UE
 * says what its clock showed. What a UE dates by its clock (sensor readings) is so dated by the board's.
 */

/** Largest relative difference between the rates of the two clocks. */
const MAX_DRIFT = 100e-6;

/** A slot on both clocks. */
export interface MeasuredSlotTime {
  readonly boardTimeS: number;
  /** Of its power record. */
  readonly ueTimeS: number;
  /** How far the two may be apart at most: a UE may mean any instant of the slot, s. */
  readonly uncertaintyS: number;
}

export interface BoardTimeEstimate {
  readonly timeS: number;
  /** `timeS` is off by at most this, s. */
  readonly uncertaintyS: number;
}

/** By how much the board's clock is ahead of the UE's at a time of the UE's. */
interface Lead {
  readonly leastS: number;
  readonly mostS: number;
  readonly atS: number;
}

export class UeClock {
  #lead: Lead | null = null;

  /** Slots in any order; later ones tell more of what is to come. */
  add({ boardTimeS, ueTimeS, uncertaintyS }: MeasuredSlotTime): void {
    const aheadS = boardTimeS - ueTimeS;
    const fresh = { leastS: aheadS - uncertaintyS, mostS: aheadS + uncertaintyS, atS: ueTimeS };
    const before = this.#leadAt(ueTimeS);
    if (before === null) {
      this.#lead = fresh;
      return;
    }
    const both = {
      leastS: Math.max(before.leastS, fresh.leastS),
      mostS: Math.min(before.mostS, fresh.mostS),
      atS: ueTimeS,
    };
    // Where the two contradict each other, one of the clocks was set: what was known before does not hold.
    this.#lead = both.leastS > both.mostS ? fresh : both;
  }

  /** The board's time when the UE's clock showed `ueTimeS`; null before the first slot. */
  boardTimeOf(ueTimeS: number): BoardTimeEstimate | null {
    const lead = this.#leadAt(ueTimeS);
    if (lead === null) return null;
    return {
      timeS: ueTimeS + (lead.leastS + lead.mostS) / 2,
      uncertaintyS: (lead.mostS - lead.leastS) / 2,
    };
  }

  #leadAt(ueTimeS: number): Lead | null {
    if (this.#lead === null) return null;
    const { leastS, mostS, atS } = this.#lead;
    const driftS = MAX_DRIFT * Math.abs(ueTimeS - atS);
    return { leastS: leastS - driftS, mostS: mostS + driftS, atS: ueTimeS };
  }
}
