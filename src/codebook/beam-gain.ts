/** Gain of what an array radiates at single points, for maps of it. */
import type { AntennaArray } from '../array/antenna-array.js';
import type { Codeword } from './codeword.js';
import { codewordWeights } from './weights.js';

/** One turn in this many steps: phases are off by 5e-5 rad at most, which shows below -80 dB only. */
const STEPS = 65_536;
const COSINE = Float64Array.from({ length: STEPS }, (_, k) => Math.cos((2 * Math.PI * k) / STEPS));
const QUARTER = STEPS / 4;
const LEAST = 1e-12;

/** What of a linear array its pattern depends on. */
export type LineOfElements = Pick<AntennaArray, 'elementYM' | 'wavelengthM' | 'carrierHz'>;

/**
 * |b(u)^T w|^2 / N of one codeword: 1 is the gain of the whole array focused on the point. Weight and steering vector are
 * multiplied by adding their phases, and cosines come from a table: a page of patterns takes 10^7 of them.
 */
export class BeamGain {
  readonly #elementYM: Float64Array;
  readonly #perMetre: number;
  readonly #size: Float64Array;
  readonly #turns: Float64Array;

  constructor(
    { elementYM, wavelengthM, carrierHz }: LineOfElements,
    codeword: Pick<Codeword, 'phaseRad' | 'delayS' | 'amplitude'>,
  ) {
    const { re, im } = codewordWeights(codeword, carrierHz);
    this.#elementYM = elementYM;
    this.#perMetre = 1 / wavelengthM;
    this.#size = re.map((part, k) => Math.hypot(part, im[k]!));
    this.#turns = re.map((part, k) => Math.atan2(im[k]!, part) / (2 * Math.PI));
  }

  /** dB at the point `(xM, yM)` of the array's frame, from -120 on. */
  atDb(xM: number, yM: number): number {
    const elementYM = this.#elementYM;
    const size = this.#size;
    const turns = this.#turns;
    const perMetre = this.#perMetre;
    const x2 = xM * xM;
    let re = 0;
    let im = 0;
    for (let n = 0; n < turns.length; n++) {
      const dyM = elementYM[n]! - yM;
      const phase = turns[n]! - Math.sqrt(x2 + dyM * dyM) * perMetre;
      const step = ((phase - Math.floor(phase)) * STEPS + 0.5) | 0;
      re += size[n]! * COSINE[step & (STEPS - 1)]!;
      im += size[n]! * COSINE[(step - QUARTER) & (STEPS - 1)]!;
    }
    return 10 * Math.log10(Math.max((re * re + im * im) / turns.length, LEAST));
  }
}
