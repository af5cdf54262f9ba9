/** Evaluates every codeword by the sum that defines it: the yardstick of the fast evaluator. */
import type { Codeword } from '../codebook/codeword.js';
import type { PolarCodebook, PolarIndex } from '../codebook/polar.js';
import { codewordWeights } from '../codebook/weights.js';
import { type Complex, type ComplexVector, complexVector, transposeProduct } from '../core/complex.js';
import { type ChannelEvaluator, channelVector } from './channel.js';
import type { Path } from './paths.js';

export class DirectEvaluator implements ChannelEvaluator {
  readonly #codebook: PolarCodebook;
  /** Weights of the whole codebook; 25 MB at 512 elements and 6 rings. */
  readonly #columns: readonly ComplexVector[];
  #h: ComplexVector;

  constructor(codebook: PolarCodebook) {
    this.#codebook = codebook;
    this.#columns = Array.from({ length: codebook.numCodewords }, (_, column) =>
      codewordWeights(codebook.codeword(codebook.indexOf(column)), codebook.array.carrierHz),
    );
    this.#h = complexVector(codebook.array.numElements);
  }

  setChannel(paths: readonly Path[]): void {
    this.#h = channelVector(this.#codebook.array, paths);
  }

  receive(codeword: Codeword): Complex {
    return transposeProduct(this.#h, codewordWeights(codeword, this.#codebook.array.carrierHz));
  }

  best(): PolarIndex {
    return this.#argmax(null);
  }

  bestWithNoise(noise: ComplexVector): PolarIndex {
    return this.#argmax(noise);
  }

  #argmax(noise: ComplexVector | null): PolarIndex {
    let best = 0;
    let bestPower = -1;
    for (let column = 0; column < this.#columns.length; column++) {
      const { re, im } = transposeProduct(this.#h, this.#columns[column]!);
      const power = (re + (noise?.re[column] ?? 0)) ** 2 + (im + (noise?.im[column] ?? 0)) ** 2;
      if (power > bestPower) {
        best = column;
        bestPower = power;
      }
    }
    return this.#codebook.indexOf(best);
  }
}
