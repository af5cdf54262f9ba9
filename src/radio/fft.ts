/** The discrete Fourier transform in plain loops: for what is transformed now and then, and to hold kernels against. */

/** Radix 2, in place. */
export class Fft {
  readonly #size: number;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #reversed: Uint32Array;

  /** @param size a power of two. */
  constructor(size: number) {
    this.#size = size;
    this.#cos = Float64Array.from({ length: size / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / size));
    this.#sin = Float64Array.from({ length: size / 2 }, (_, k) => -Math.sin((2 * Math.PI * k) / size));
    const bits = Math.log2(size);
    this.#reversed = Uint32Array.from({ length: size }, (_, k) => {
      let reversed = 0;
      for (let b = 0; b < bits; b++) reversed |= ((k >> b) & 1) << (bits - 1 - b);
      return reversed;
    });
  }

  /** X[k] = sum over n of x[n] exp(-j 2 pi k n / size), in the place of x. */
  transform(re: Float64Array, im: Float64Array): void {
    const size = this.#size;
    for (let k = 0; k < size; k++) {
      const other = this.#reversed[k]!;
      if (other <= k) continue;
      [re[k], re[other]] = [re[other]!, re[k]!];
      [im[k], im[other]] = [im[other]!, im[k]!];
    }
    for (let half = 1; half < size; half *= 2) {
      const step = size / (2 * half);
      for (let start = 0; start < size; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const cos = this.#cos[k * step]!;
          const sin = this.#sin[k * step]!;
          const a = start + k;
          const b = a + half;
          const bRe = re[b]! * cos - im[b]! * sin;
          const bIm = re[b]! * sin + im[b]! * cos;
          re[b] = re[a]! - bRe;
          im[b] = im[a]! - bIm;
          re[a]! += bRe;
          im[a]! += bIm;
        }
      }
    }
  }
}
