/** What predictions are worth on windows whose truth is known. */
import type { ChannelEvaluator } from '../../channel/channel.js';
import { createEvaluator } from '../../channel/evaluator.js';
import type { Path } from '../../channel/paths.js';
import type { PolarCodebook } from '../../codebook/polar.js';
import { bestNext } from './data/examples.js';
import type { WindowSet } from './data/window-set.js';

/** Judges codewords for the slot after each window. */
export class Judge {
  readonly set: WindowSet;
  readonly #codebook: PolarCodebook;
  readonly #evaluator: ChannelEvaluator;
  /** Received with the best codeword, [W, K]. */
  readonly #bestPower: Float64Array;

  constructor(set: WindowSet, codebook: PolarCodebook) {
    this.set = set;
    this.#codebook = codebook;
    this.#evaluator = createEvaluator(codebook);
    const { numWindows, numUsers } = set;
    this.#bestPower = Float64Array.from({ length: numWindows * numUsers }, (_, row) => {
      this.#evaluator.setChannel(pathsOf(set, row));
      return this.#power(bestNext(set, Math.floor(row / numUsers), row % numUsers));
    });
  }

  best(row: number): number {
    return bestNext(this.set, Math.floor(row / this.set.numUsers), row % this.set.numUsers);
  }

  /**
   * Power received with a codeword over that of the best one (Qian et al. 2026, eq. 21).
   *
   * @param row window * users + user.
   */
  gain(row: number, column: number): number {
    if (column === this.best(row)) return 1;
    this.#evaluator.setChannel(pathsOf(this.set, row));
    return this.#power(column) / this.#bestPower[row]!;
  }

  #power(column: number): number {
    const { re, im } = this.#evaluator.receive(this.#codebook.codeword(this.#codebook.indexOf(column)));
    return re * re + im * im;
  }
}

function pathsOf({ paths, numPaths }: WindowSet, row: number): Path[] {
  return Array.from({ length: numPaths }, (_, l) => {
    const at = (row * numPaths + l) * 4;
    return {
      gain: { re: paths[at]!, im: paths[at + 1]! },
      positionM: [paths[at + 2]!, paths[at + 3]!],
    };
  });
}
