import { MAX_KEPT_SLOTS } from '../bridge/messages.js';
import type { SlotPower } from './power-source.js';

/** Powers of slots that the controller does not want reported, kept for an estimate. */
export class KeptPowers {
  /** Asked for and not measured yet. */
  readonly #wanted = new Set<number>();
  readonly #powers = new Map<number, SlotPower>();

  want(slots: readonly number[]): void {
    for (const slot of slots) this.#wanted.add(slot);
  }

  /** What to report of a slot: all of it, or its mean where the powers are kept here. */
  take(power: SlotPower): SlotPower {
    if (!this.#wanted.delete(power.slot)) return power;
    // The noise floor as the controller would have heard it: estimates are the same wherever they are made.
    this.#powers.set(power.slot, { ...power, noiseFloor: Math.fround(power.noiseFloor) });
    if (this.#powers.size > MAX_KEPT_SLOTS) this.#powers.delete(this.#powers.keys().next().value!);
    let sum = 0;
    for (const value of power.powers) sum += value;
    return { ...power, powers: Float32Array.of(sum / power.powers.length) };
  }

  get(slot: number): SlotPower | undefined {
    return this.#powers.get(slot);
  }

  /** Another run numbers its slots anew. */
  clear(): void {
    this.#wanted.clear();
    this.#powers.clear();
  }
}
