/** What a slot's own symbols prove: that it is this slot, where it was thought to be, and all of it. */
import type { MeasuredSlot } from './measured-slot.js';
import type { SlotLine } from './slot-line.js';
import type { PairSums } from './slot-meter.js';
import { PlaceFinder } from './slot-place.js';
import type { Waveform } from './waveform.js';

export interface Verdict {
  /** Its symbols differ by no more than noise. */
  readonly isWhole: boolean;
  readonly isProved: boolean;
}

/** Multiples of what chance gives (see acquisition.ts); `share`: see Place. */
const PROOF = { signs: 5, pair: 2.5, timing: 5, part: 2.5, share: 0.5 };
const SEEN = { signs: 4, timing: 4 };
/** Slots over which the offset of the carrier is averaged. */
const OFFSET_MEMORY = 16;
/** A carrier that is farther off than this, in subcarriers, is elsewhere now. */
const SAME_OFFSET = 0.1;
/** Slots whose noise says what is usual, the lowest quarter of them; and how much more makes a slot suspicious, unless it is so little of its power. */
const NOISE_MEMORY = 31;
const MORE_NOISE = 0.3;
const NOISE_SIGMAS = 5;
const UNLIKENESS = 0.02;

export class SlotJudge {
  readonly #waveform: Waveform;
  readonly #places: PlaceFinder;
  /** Whether the first slots, of whose noise nothing is known, are taken to be whole. */
  readonly #isTrusting: boolean;
  /** Noise floors of the last slots. */
  readonly #noise: number[] = [];
  #offsetTurns = 0;
  /** How often it was made better. */
  #numOffsets = 0;

  constructor(waveform: Waveform, isTrusting: boolean) {
    this.#waveform = waveform;
    this.#places = new PlaceFinder(waveform);
    this.#isTrusting = isTrusting;
  }

  /** By which the carrier turns from sample to sample. */
  get offsetTurns(): number {
    return this.#offsetTurns;
  }

  /** A carrier that was followed for a while is known better than what a search finds of it, unless it is elsewhere now. */
  adoptOffset(turns: number): void {
    const isElsewhere = Math.abs(turns - this.#offsetTurns) > SAME_OFFSET / this.#waveform.fftSize;
    if (this.#numOffsets >= OFFSET_MEMORY / 2 && !isElsewhere) return;
    this.#offsetTurns = turns;
    this.#numOffsets = 0;
  }

  /**
   * Makes line and offset better by what it sees.
   *
   * @param at index in `re` and `im` where the slot begins.
   */
  judge(
    line: SlotLine,
    measured: MeasuredSlot,
    pairs: PairSums,
    re: Float32Array,
    im: Float32Array,
    at: number,
  ): Verdict {
    return { isWhole: this.#isWhole(measured), isProved: this.#isProved(line, measured, pairs, re, im, at) };
  }

  /** That samples are missing among its symbols shows as noise. */
  #isWhole({ powers, noiseFloor }: MeasuredSlot): boolean {
    const usual = this.#noise.toSorted((a, b) => a - b)[this.#noise.length >> 2];
    if (this.#noise.push(noiseFloor) > NOISE_MEMORY) this.#noise.shift();
    if (usual === undefined) return this.#isTrusting;
    const power = powers.reduce((sum, each) => sum + each, 0) / powers.length;
    const { numPilots, numSymbols } = this.#waveform;
    const ofSymbol = noiseFloor * numSymbols;
    const byChance = NOISE_SIGMAS / Math.sqrt(numPilots * (numSymbols - 1));
    return noiseFloor < (1 + MORE_NOISE + byChance) * usual || ofSymbol < UNLIKENESS * power;
  }

  #isProved(
    line: SlotLine,
    { slot, start }: MeasuredSlot,
    { firstRe, firstIm, lastRe, lastIm, firstSize, lastSize }: PairSums,
    re: Float32Array,
    im: Float32Array,
    at: number,
  ): boolean {
    const size = firstSize + lastSize;
    if (size === 0) return false;
    const sumRe = firstRe + lastRe;
    const sumIm = firstIm + lastIm;
    const signs = Math.hypot(sumRe, sumIm) / Math.sqrt(size);
    if (signs < SEEN.signs) return false;
    const pair = Math.min(
      Math.hypot(firstRe, firstIm) / Math.sqrt(firstSize),
      Math.hypot(lastRe, lastIm) / Math.sqrt(lastSize),
    );
    const place = this.#places.find(re, im, at);
    const { prefix, symbolSamples } = this.#waveform;
    const isInPlace = Math.abs(place.late) <= prefix / 4;
    if (place.significance >= SEEN.timing && isInPlace) {
      line.saw(slot, start + place.late, place.deviation);
      const residualTurns = -Math.atan2(sumIm, sumRe) / (2 * Math.PI * symbolSamples);
      if (signs >= PROOF.signs)
        this.#offsetTurns += residualTurns / Math.min(++this.#numOffsets + 1, OFFSET_MEMORY);
    }
    return (
      signs >= PROOF.signs &&
      pair >= PROOF.pair &&
      isInPlace &&
      place.significance >= PROOF.timing &&
      place.partSignificance >= PROOF.part &&
      place.partShare >= PROOF.share &&
      place.partLate <= prefix / 2
    );
  }
}
