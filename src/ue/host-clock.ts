/**
 * The bridge's clock as a UE knows it, from `time` exchanges (docs/ue-protocol.md, "When a slot is"): an interval that holds the
 * truth whatever the delays were. A question left at UE time a, arrived at bridge time b, the answer left at c and was here at d;
 * so the bridge's clock is at most b - a and at least c - d ahead of the UE's.
 */
import type { TimeAnswer, WireSlotClock } from '../bridge/messages.js';

/** Largest relative difference between the rates of the two clocks. */
const MAX_DRIFT = 100e-6;

/** When a slot begins, on the UE's own clock. */
export interface SlotTiming {
  readonly slot: number;
  /** s. */
  readonly startS: number;
  /** s, of the board's clock. */
  readonly slotDurationS: number;
  /** `startS` is off by at most this, s; later slots by `maxDrift` of the time since more. */
  readonly uncertaintyS: number;
  readonly maxDrift: number;
}

interface Lead {
  readonly leastS: number;
  readonly mostS: number;
  readonly atS: number;
}

export class HostClock {
  #lead: Lead | null = null;
  #whenKnown: (() => void)[] = [];

  /** @param arrivedS when the answer arrived, on the UE's clock, as is its `ueTimeS`. */
  add({ ueTimeS, receivedS, sentS }: TimeAnswer, arrivedS: number): void {
    const fresh = { leastS: sentS - arrivedS, mostS: receivedS - ueTimeS, atS: arrivedS };
    const before = this.#leadAt(arrivedS);
    const both = before && {
      leastS: Math.max(before.leastS, fresh.leastS),
      mostS: Math.min(before.mostS, fresh.mostS),
      atS: arrivedS,
    };
    // Where the two contradict each other, one of the clocks was set: what was known before does not hold.
    this.#lead = both === null || both.leastS > both.mostS ? fresh : both;
    for (const resolve of this.#whenKnown.splice(0)) resolve();
  }

  /** Resolves after the first exchange. */
  async known(): Promise<void> {
    if (this.#lead === null) await new Promise<void>((resolve) => this.#whenKnown.push(resolve));
  }

  /** Null before the first exchange; on virtual time there is one clock, which is everybody's. */
  timing(clock: WireSlotClock, nowS: number): SlotTiming | null {
    const { slot, startS, slotDurationS, uncertaintyS, virtual } = clock;
    if (virtual) return { slot, startS, slotDurationS, uncertaintyS, maxDrift: 0 };
    const lead = this.#leadAt(nowS);
    if (lead === null) return null;
    return {
      slot,
      startS: startS - (lead.leastS + lead.mostS) / 2,
      slotDurationS,
      uncertaintyS: uncertaintyS + (lead.mostS - lead.leastS) / 2,
      maxDrift: MAX_DRIFT,
    };
  }

  /** Another bridge has another clock. */
  forget(): void {
    this.#lead = null;
  }

  #leadAt(nowS: number): Lead | null {
    if (this.#lead === null) return null;
    const { leastS, mostS, atS } = this.#lead;
    const driftS = MAX_DRIFT * Math.max(0, nowS - atS);
    return { leastS: leastS - driftS, mostS: mostS + driftS, atS: nowS };
  }
}

/**
 * The slot at whose end something was heard to end; null where the uncertainty leaves it open. (Ends, because a latch may be late: then
 * a signal begins in the midst of its slot.)
 */
export function slotEndingAt(
  { slot, startS, slotDurationS, uncertaintyS, maxDrift }: SlotTiming,
  timeS: number,
): number | null {
  const sinceS = timeS - startS;
  const doubtS = uncertaintyS + maxDrift * Math.abs(sinceS);
  return doubtS < slotDurationS / 2 ? slot + Math.round(sinceS / slotDurationS) - 1 : null;
}
