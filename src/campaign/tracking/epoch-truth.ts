/** What could have been: the best codeword of a moment, and what the serving one brings against it. */
import type { PlaceM } from '../../array/antenna-array.js';
import type { ChannelEvaluator } from '../../channel/channel.js';
import { createEvaluator } from '../../channel/evaluator.js';
import type { PolarCodebook } from '../../codebook/polar.js';
import { pathsAt, positionAt, type User } from '../../scenario/users.js';

/** Apart by rounding alone, m. */
const SAME_PLACE_M = 1e-6;

export interface Moment {
  /** Null of a user that stands still: `users` says where it is. */
  readonly positionM: PlaceM | null;
  /** Null while nothing comes through to the user. */
  readonly bestColumn: number | null;
  /** Received power against that of the best codeword; null where nothing serves the user, or comes through. */
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

  /**
   * Null where nobody knows the user's channel.
   *
   * @param timeS of the user's motion.
   * @param column that serves it; null where none does.
   */
  of(user: User, timeS: number, column: number | null): Moment | null {
    const { truth } = user;
    if (truth === null) return null;
    const isStill = truth.motion === null;
    const positionM = isStill ? null : positionAt(truth, timeS);
    if (truth.blockedS.some(([fromS, toS]) => timeS >= fromS && timeS < toS)) {
      return { positionM, bestColumn: null, gain: null };
    }
    this.#evaluator.setChannel(pathsAt(truth, timeS, this.#codebook.array));
    const bestColumn = this.#still.get(user) ?? this.#codebook.column(this.#evaluator.best());
    if (isStill) this.#still.set(user, bestColumn);
    const gain = column === null ? null : this.#power(column) / this.#power(bestColumn);
    return { positionM, bestColumn, gain };
  }

  /**
   * The gain of another codeword, where the best one is known; null where nobody knows the user's channel, or its motion had
   * another time than the board.
   *
   * @param placeM where the user was, of one that moves.
   */
  gain(
    { truth }: User,
    timeS: number,
    column: number,
    bestColumn: number,
    placeM: PlaceM | null,
  ): number | null {
    if (truth === null) return null;
    const [x, y] = positionAt(truth, timeS);
    if (placeM !== null && Math.hypot(placeM[0] - x, placeM[1] - y) > SAME_PLACE_M) return null;
    this.#evaluator.setChannel(pathsAt(truth, timeS, this.#codebook.array));
    return this.#power(column) / this.#power(bestColumn);
  }

  #power(column: number): number {
    const codebook = this.#codebook;
    const { re, im } = this.#evaluator.receive(codebook.codeword(codebook.indexOf(column)));
    return re * re + im * im;
  }
}
