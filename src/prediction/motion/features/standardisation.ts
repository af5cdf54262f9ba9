/** Features less their mean over their deviation, both of the training users. */
export interface Standardisation {
  /** Shape [features] each. */
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** Features that hardly vary keep their size. */
const LEAST_DEVIATION = 1e-6;

/** @param features [rows, features] row-major. */
export function standardisationOf(features: Float32Array, numFeatures: number): Standardisation {
  const numRows = features.length / numFeatures;
  const mean = new Float64Array(numFeatures);
  const square = new Float64Array(numFeatures);
  for (let i = 0; i < features.length; i++) mean[i % numFeatures]! += features[i]! / numRows;
  for (let i = 0; i < features.length; i++) {
    square[i % numFeatures]! += (features[i]! - mean[i % numFeatures]!) ** 2 / numRows;
  }
  return {
    mean: Float32Array.from(mean),
    deviation: Float32Array.from(square, (value) =>
      Math.sqrt(value) < LEAST_DEVIATION ? 1 : Math.sqrt(value),
    ),
  };
}

/** In place. */
export function standardise(features: Float32Array, { mean, deviation }: Standardisation): void {
  const numFeatures = mean.length;
  for (let i = 0; i < features.length; i++) {
    features[i] = (features[i]! - mean[i % numFeatures]!) / deviation[i % numFeatures]!;
  }
}
