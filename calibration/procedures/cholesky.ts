/** Symmetric positive definite systems of a few dozen unknowns. */

/** The lower triangle L of matrix = L L^T; shape [size][size]. */
export function cholesky(matrix: readonly Float64Array[]): Float64Array[] {
  const lower = matrix.map((row) => new Float64Array(row.length));
  for (const [i, row] of lower.entries()) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i]![j]!;
      for (let k = 0; k < j; k++) sum -= row[k]! * lower[j]![k]!;
      row[j] = i === j ? Math.sqrt(sum) : sum / lower[j]![j]!;
    }
  }
  return lower;
}

/** x of L x = y. */
export function solveLower(lower: readonly Float64Array[], y: Float64Array): Float64Array {
  const x = new Float64Array(y.length);
  for (const [i, row] of lower.entries()) {
    let sum = y[i]!;
    for (let k = 0; k < i; k++) sum -= row[k]! * x[k]!;
    x[i] = sum / row[i]!;
  }
  return x;
}

/** x of L L^T x = y. */
export function solveCholesky(lower: readonly Float64Array[], y: Float64Array): Float64Array {
  const x = solveLower(lower, y);
  for (let i = x.length - 1; i >= 0; i--) {
    let sum = x[i]!;
    for (let k = i + 1; k < x.length; k++) sum -= lower[k]![i]! * x[k]!;
    x[i] = sum / lower[i]![i]!;
  }
  return x;
}
