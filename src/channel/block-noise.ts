/**
 * Noise of many places, such as the subcarriers of a pilot or the codewords of a codebook. It depends on its keys and the
 * place alone: the same whoever asks for it and whichever places are asked for (docs/model.md eq. 74).
 */
import type { ComplexVector } from '../core/complex.js';
import { Random, type RandomKeys } from '../core/random.js';

/** Places whose noise is drawn together: making a stream costs as much as several draws. */
const NOISE_BLOCK = 32;

/** No noise of variance 1 is larger: the radius is that of the smallest 1 - u, 2^-53. */
export const MOST_NOISE = Math.sqrt(53 * Math.LN2) * (1 + 1e-12);

/**
 * Circular complex noise of variance 1 at places first .. end - 1.
 *
 * @param out shape [places]; only the places asked for are written.
 * @param keys of the random stream: seed, user, pilot, …
 */
export function drawBlockNoise(
  out: ComplexVector,
  first: number,
  end: number,
  ...keys: readonly (number | string)[]
): void {
  for (let block = Math.floor(first / NOISE_BLOCK); block * NOISE_BLOCK < end; block++) {
    const random = new Random(...keys, block);
    for (let k = block * NOISE_BLOCK; k < Math.min(end, (block + 1) * NOISE_BLOCK); k++) {
      const re = random.normal() * Math.SQRT1_2;
      const im = random.normal() * Math.SQRT1_2;
      if (k < first) continue;
      out.re[k] = re;
      out.im[k] = im;
    }
  }
}

/** Noise of single places: the same as `drawBlockNoise` gives. Ascending places take least time. */
export class PlaceNoise {
  readonly #keys: RandomKeys;
  #random: Random | undefined;
  #block = -1;
  /** Next place of the block. */
  #next = 0;

  constructor(keys: RandomKeys) {
    this.#keys = keys;
  }

  draw(place: number, out: ComplexVector): void {
    const block = Math.floor(place / NOISE_BLOCK);
    const wanted = place % NOISE_BLOCK;
    if (this.#random === undefined || block !== this.#block || wanted < this.#next) {
      this.#random = this.#keys.stream(block);
      this.#block = block;
      this.#next = 0;
    }
    this.#random.skipNormalPairs(wanted - this.#next);
    out.re[place] = this.#random.normal() * Math.SQRT1_2;
    out.im[place] = this.#random.normal() * Math.SQRT1_2;
    this.#next = wanted + 1;
  }
}
