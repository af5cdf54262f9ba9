/** What could have been: the best codeword of a moment, and what the serving one brings against it. */
import type { ChannelEvaluator } from '../../channel/channel.js';
import { createEvaluator } from '../../channel/evaluator.js';
import type { PolarCodebook } from '../../codebook/polar.js';
import type { User } from '../../scenario/users.js';

export interface Moment {
  readonly bestColumn: number;
  /** Received power against that of the best codeword; null where nothing serves the user. */
  readonly gain: number | null;
}

export class EpochTruth {
  readonly #codebook: PolarCodebook;
  readonly #evaluator: ChannelEvaluator;
  /** Of users that stand still the answer is known. */
  readonly #still = new Map<User, number>();

  constructor(codebook: PolarCodebook) {
    this.#codebook = codebook;
    this.#evaluator = createEvaluator(codebook);
  }

  /** Null where nobody knows the user's channel. */
  of(user: User, column: number | null): Moment | null {
    const { truth } = user;
    if (truth === null) return null;
    this.#evaluator.setChannel(truth.paths);
    const bestColumn = this.#still.get(user) ?? this.#codebook.column(this.#evaluator.best());
    this.#still.set(user, bestColumn);
    return {
      bestColumn,
      gain: column === null ? null : this.#power(column) / this.#power(bestColumn),
    };
  }

  #power(column: number): number {
    const codebook = this.#codebook;
    const { re, im } = this.#evaluator.receive(codebook.codeword(codebook.indexOf(column)));
    return re * re + im * im;
  }
}
