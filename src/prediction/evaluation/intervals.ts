/** Means with intervals over windows: users of a window share a graph, so windows are what is independent. */
import { Random } from '../../core/random.js';

export interface MeanWithInterval {
  readonly mean: number;
  /** Of 95 %, by bootstrap over the windows. */
  readonly low: number;
  readonly high: number;
}

const NUM_RESAMPLES = 1000;

/** @param values one per window. */
export function meanWithInterval(values: Float64Array, seed: number): MeanWithInterval {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const random = new Random(seed, 'bootstrap');
  const means = Float64Array.from({ length: NUM_RESAMPLES }, () => {
    let sum = 0;
    for (let k = 0; k < values.length; k++) sum += values[Math.floor(random.uniform() * values.length)]!;
    return sum / values.length;
  }).sort();
  return {
    mean,
    low: means[Math.floor(0.025 * NUM_RESAMPLES)]!,
    high: means[Math.ceil(0.975 * NUM_RESAMPLES) - 1]!,
  };
}
