/** What a network is to learn, as the training loop sees it: any family of networks and any data. */
import type { Random } from '../../core/random.js';
import type { WeightShape } from '../layers/weight-shapes.js';
import type { Weights } from './weights.js';

export interface LossAndGradients {
  readonly loss: number;
  /** In the order of the weights; null for those that are not learned. */
  readonly gradients: readonly (Float32Array | null)[];
}

/** What weights are worth on what they were not trained on. */
export interface Judgement {
  /** The weights with the highest are kept. */
  readonly score: number;
  /** For people: in lines of progress, and in the model's card. */
  readonly figures: Readonly<Record<string, number>>;
}

export interface Lesson {
  readonly shapes: readonly WeightShape[];
  readonly numExamples: number;
  /**
   * Of some of the examples. Weights that are not learned (running statistics) it writes in place.
   *
   * @param random of this step alone: what is dropped out, and noise that is drawn afresh.
   */
  step(weights: Weights, examples: readonly number[], random: Random): LossAndGradients;
  judge(weights: Weights): Judgement;
}
