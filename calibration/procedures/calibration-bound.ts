/** What no unbiased estimate can do better than: the joint Cramer-Rao bound of all phases and amplitudes (docs/model.md eq. 123 and 124). */
import type { ComplexVector } from '../../src/core/complex.js';

export interface CalibrationBound {
  /** Root mean square over the elements, modulo the phase common to all, rad. */
  readonly phaseErrorRad: number;
  /** Of the amplitudes, relative to each. */
  readonly gainError: number;
}

/** sqrt(2 N / (slots SNR)), rad: reached where one half is the other's reference, all elements add up and are as strong (eq. 124). */
export function closedFormBoundRad(numElements: number, numSlots: number, snrDb: number): number {
  return Math.sqrt((2 * numElements) / (numSlots * 10 ** (snrDb / 10)));
}

/**
 * From the Jacobian of the amplitudes received, each of which noise of variance sigma^2 leaves uncertain by sigma^2 / 2. Powers near or
 * below the noise tell less than that: the bound is then one, but not reached. In order slots N^2 + N^3.
 *
 * @param responses received amplitude of every element at phase code 0, root of power, shape [numElements].
 * @param codes phase codes of every slot, shape [numSlots][numElements].
 * @param noise variance sigma^2 of the noise, in units of power.
 * @param follows 1 for elements that are told of; what the others radiate is taken as known. All of them unless given.
 */
export function calibrationBound(
  responses: ComplexVector,
  codes: readonly Uint16Array[],
  phaseBits: number,
  noise: number,
  follows: Uint8Array = new Uint8Array(responses.re.length).fill(1),
): CalibrationBound {
  const counted = [...follows.keys()].filter((n) => follows[n] === 1);
  const numElements = counted.length;
  const size = 2 * numElements;
  const information = new Float64Array(size * size);
  const row = new Float64Array(size);
  for (const slot of codes) {
    jacobian(responses, slot, phaseBits, counted, row);
    for (let i = 0; i < size; i++) {
      const factor = (2 / noise) * row[i]!;
      if (factor === 0) continue;
      for (let j = 0; j <= i; j++) information[i * size + j]! += factor * row[j]!;
    }
  }
  // The phase common to all is free: pinned, and taken off again below.
  let pin = 0;
  for (let i = 0; i < size; i++) pin = Math.max(pin, information[i * size + i]!);
  for (let i = numElements; i < size; i++) {
    for (let j = numElements; j <= i; j++) information[i * size + j]! += pin / numElements;
  }
  const variances = inverseDiagonal(information, size);
  const meanOf = (from: number) =>
    variances.subarray(from, from + numElements).reduce((sum, v) => sum + v, 0) / numElements;
  return {
    gainError: Math.sqrt(meanOf(0)),
    phaseErrorRad: Math.sqrt(meanOf(numElements) - 1 / (pin * numElements)),
  };
}

/** Of the amplitude received, by log amplitudes of the counted elements, then by their phases. */
function jacobian(
  { re, im }: ComplexVector,
  codes: Uint16Array,
  phaseBits: number,
  counted: readonly number[],
  row: Float64Array,
): void {
  const lsbRad = (2 * Math.PI) / 2 ** phaseBits;
  const own = re.map((x, n) => x * Math.cos(codes[n]! * lsbRad) - im[n]! * Math.sin(codes[n]! * lsbRad));
  const quarter = re.map((x, n) => x * Math.sin(codes[n]! * lsbRad) + im[n]! * Math.cos(codes[n]! * lsbRad));
  const sumRe = own.reduce((a, b) => a + b, 0);
  const sumIm = quarter.reduce((a, b) => a + b, 0);
  const amplitude = Math.hypot(sumRe, sumIm);
  const [x, y] = [sumRe / amplitude, sumIm / amplitude];
  for (const [k, n] of counted.entries()) {
    row[k] = x * own[n]! + y * quarter[n]!;
    row[counted.length + k] = y * own[n]! - x * quarter[n]!;
  }
}

/** Diagonal of the inverse of a positive definite matrix, of which the lower half is given and overwritten. */
function inverseDiagonal(matrix: Float64Array, size: number): Float64Array {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * size + k]! * matrix[j * size + k]!;
      matrix[i * size + j] = i === j ? Math.sqrt(sum) : sum / matrix[j * size + j]!;
    }
  }
  const diagonal = new Float64Array(size);
  const column = new Float64Array(size);
  for (let c = 0; c < size; c++) {
    // Column c of the inverse of the triangle, whose squares add up to the diagonal.
    for (let i = c; i < size; i++) {
      let sum = i === c ? 1 : 0;
      for (let k = c; k < i; k++) sum -= matrix[i * size + k]! * column[k]!;
      column[i] = sum / matrix[i * size + i]!;
      diagonal[c]! += column[i]! ** 2;
    }
  }
  return diagonal;
}
