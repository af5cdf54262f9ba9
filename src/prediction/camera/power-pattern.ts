/** Where a user is, from what it received with a few beams (docs/model.md eq. 115). */

import { type PolarCodebook, planeWavePhaseRad } from '../../codebook/polar.js';
import { codewordWeights } from '../../codebook/weights.js';
import { complexVector, transposeProduct } from '../../core/complex.js';
import { largest, smallest } from '../../core/extremes.js';
import type { HeardPilot } from '../../tracking/heard.js';

/** Places between two beams. */
const FINENESS = 8;
/** Fewer beams leave the side open. */
const LEAST_HEARD = 3;
/** The strongest of them must be so much over the noise. */
const OVER_NOISE = 4;

export class PowerPattern {
  readonly #codebook: PolarCodebook;
  /** Gain of every codeword at every place, shape [codewords, places]; made when first asked for. */
  readonly #gains = new Map<number, Float64Array>();
  readonly #sines: Float64Array;

  /** @param codebook of beams to infinity. */
  constructor(codebook: PolarCodebook) {
    this.#codebook = codebook;
    const { sinAngles } = codebook;
    const numPlaces = (sinAngles.length - 1) * FINENESS + 1;
    this.#sines = Float64Array.from({ length: numPlaces }, (_, k) => {
      const beam = Math.min(sinAngles.length - 2, Math.floor(k / FINENESS));
      const share = k / FINENESS - beam;
      return sinAngles[beam]! * (1 - share) + sinAngles[beam + 1]! * share;
    });
  }

  /**
   * The place among the beams, in parts of them, whose gains are the most like the powers; null where they do not tell.
   *
   * @param noiseFloor in the unit of the powers.
   */
  place(heard: readonly HeardPilot[], noiseFloor: number): number | null {
    const most = heard.reduce((top, { power }) => Math.max(top, power), 0);
    if (heard.length < LEAST_HEARD || most < OVER_NOISE * noiseFloor || most === 0) return null;
    const columns = heard.map(({ column }) => column);
    const [first, last] = [smallest(columns) - 1, largest(columns) + 1];
    const powers = heard.map(({ power }) => Math.max(0, power - noiseFloor));
    let [best, likeness] = [0, -1];
    const end = Math.min(this.#sines.length - 1, last * FINENESS);
    for (let place = Math.max(0, first * FINENESS); place <= end; place++) {
      let [together, squares] = [0, 0];
      for (const [k, column] of columns.entries()) {
        const gain = this.#gainsOf(column)[place]!;
        together += powers[k]! * gain;
        squares += gain * gain;
      }
      const alike = squares === 0 ? 0 : (together * together) / squares;
      if (alike > likeness) [best, likeness] = [place, alike];
    }
    return best / FINENESS;
  }

  #gainsOf(column: number): Float64Array {
    const known = this.#gains.get(column);
    if (known !== undefined) return known;
    const { array } = this.#codebook;
    const weights = codewordWeights(this.#codebook.codeword(this.#codebook.indexOf(column)), array.carrierHz);
    const wave = complexVector(array.numElements);
    const gains = Float64Array.from(this.#sines, (sine) => {
      const phases = planeWavePhaseRad(array, sine);
      for (let k = 0; k < phases.length; k++) {
        wave.re[k] = Math.cos(phases[k]!);
        wave.im[k] = -Math.sin(phases[k]!);
      }
      const { re, im } = transposeProduct(wave, weights);
      return (re * re + im * im) / array.numElements;
    });
    this.#gains.set(column, gains);
    return gains;
  }
}
