/** An emulated board's slot output at an emulated radio's trigger input: high at the beginning of every slot, as long as slots run. */
import { type SampleFormat, setMark } from '../radio/sample-format.js';

/** Part of a slot for which it is high. */
const HIGH = 1 / 8;
/** Samples after the end of what is on the air that show that the next slot begins. */
const SHOWN_SAMPLES = 4;

export class SlotOutput {
  readonly #slotDurationS: number;
  /** When one of the slots begins, s; null before any is known. */
  #beginsS: number | null = null;

  constructor(slotDurationS: number) {
    this.#slotDurationS = slotDurationS;
  }

  /** Slots begin at that time, and whole slots before and after. */
  begins(timeS: number): void {
    this.#beginsS = timeS;
  }

  /** Until when a radio samples that is to see the slot end which ends then, s. */
  shownAfterS(untilS: number, rateHz: number): number {
    return untilS + SHOWN_SAMPLES / rateHz;
  }

  /** @param timeOf when sample k of `bytes` was taken, s. */
  mark(bytes: Uint8Array, format: SampleFormat, timeOf: (k: number) => number): void {
    const count = bytes.length / format.bytes;
    for (let k = 0; k < count; k++) setMark(bytes, format, k, this.#isHigh(timeOf(k)));
  }

  #isHigh(timeS: number): boolean {
    if (this.#beginsS === null) return false;
    const slots = (timeS - this.#beginsS) / this.#slotDurationS;
    return slots - Math.floor(slots) < HIGH;
  }
}
