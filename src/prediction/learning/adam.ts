/**
 * Adam (Kingma and Ba 2015) on plain arrays: its whole state is what a checkpoint holds, and goes on exactly where it was.
 */
import type { Weights } from './weights.js';

const DECAY = 0.9;
const SQUARE_DECAY = 0.999;
const SMALL = 1e-8;

export interface AdamState {
  /** Steps made. */
  numSteps: number;
  readonly means: Weights;
  readonly squares: Weights;
}

export interface AdamOptions {
  /** Pulls every weight towards 0 beside the gradient (AdamW, Loshchilov and Hutter 2019), per unit of the rate; 0 unless given. */
  readonly weightDecay?: number | undefined;
  /** Norm over all weights to which longer gradients are cut; none unless given. */
  readonly longestGradient?: number | undefined;
}

/** One step down the gradients, in place; null where a weight is not learned. */
export function adamStep(
  weights: Weights,
  gradients: readonly (Float32Array | null)[],
  state: AdamState,
  rate: number,
  { weightDecay = 0, longestGradient = Number.POSITIVE_INFINITY }: AdamOptions = {},
): void {
  state.numSteps++;
  const meanScale = 1 / (1 - DECAY ** state.numSteps);
  const squareScale = 1 / (1 - SQUARE_DECAY ** state.numSteps);
  const share = longestGradient === Number.POSITIVE_INFINITY ? 1 : cut(gradients, longestGradient);
  const kept = 1 - rate * weightDecay;
  for (let k = 0; k < weights.length; k++) {
    const weight = weights[k]!;
    const gradient = gradients[k]!;
    if (gradient === null) continue;
    const mean = state.means[k]!;
    const square = state.squares[k]!;
    for (let i = 0; i < weight.length; i++) {
      const g = share * gradient[i]!;
      const m = DECAY * mean[i]! + (1 - DECAY) * g;
      const s = SQUARE_DECAY * square[i]! + (1 - SQUARE_DECAY) * g * g;
      mean[i] = m;
      square[i] = s;
      weight[i] = kept * weight[i]! - (rate * m * meanScale) / (Math.sqrt(s * squareScale) + SMALL);
    }
  }
}

function cut(gradients: readonly (Float32Array | null)[], longest: number): number {
  let sum = 0;
  for (const gradient of gradients) for (const value of gradient ?? []) sum += value * value;
  return Math.min(1, longest / Math.sqrt(sum));
}
