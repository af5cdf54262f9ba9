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

/** One step down the gradients, in place. */
export function adamStep(weights: Weights, gradients: Weights, state: AdamState, rate: number): void {
  state.numSteps++;
  const meanScale = 1 / (1 - DECAY ** state.numSteps);
  const squareScale = 1 / (1 - SQUARE_DECAY ** state.numSteps);
  for (let k = 0; k < weights.length; k++) {
    const weight = weights[k]!;
    const gradient = gradients[k]!;
    const mean = state.means[k]!;
    const square = state.squares[k]!;
    for (let i = 0; i < weight.length; i++) {
      const g = gradient[i]!;
      const m = DECAY * mean[i]! + (1 - DECAY) * g;
      const s = SQUARE_DECAY * square[i]! + (1 - SQUARE_DECAY) * g * g;
      mean[i] = m;
      square[i] = s;
      weight[i] = weight[i]! - (rate * m * meanScale) / (Math.sqrt(s * squareScale) + SMALL);
    }
  }
}

/** Half a cosine from `peak` at the first step to 0 after the last. */
export function cosineRate(peak: number, step: number, numSteps: number): number {
  return (peak / 2) * (1 + Math.cos((Math.PI * step) / numSteps));
}
