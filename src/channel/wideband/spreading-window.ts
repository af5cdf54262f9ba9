/**
 * The function that spreads an element over the grid, and its Fourier transform (docs/model.md eq. 50): the window of
 * Kaiser and Bessel, twelve grid points wide, for a grid of at least twice as many points as subcarriers.
 */

/** Grid points that an element is spread over. */
export const WINDOW_POINTS = 12;

/** Balances what folds back from beyond the band against the window's jump at its ends; found by trial. */
const SHAPE = 0.74 * Math.PI * WINDOW_POINTS;

const NUM_COEFFICIENTS = 12;

/** At a distance in grid points; 1 in the middle. */
export function windowAt(distance: number): number {
  const relative = (2 * distance) / WINDOW_POINTS;
  return relative * relative > 1 ? 0 : bessel0(SHAPE * Math.sqrt(1 - relative * relative)) / bessel0(SHAPE);
}

/** Its Fourier transform at a frequency in cycles per grid point, up to 1/4. */
export function windowTransform(cyclesPerPoint: number): number {
  const root = Math.sqrt(SHAPE ** 2 - (Math.PI * WINDOW_POINTS * cyclesPerPoint) ** 2);
  return (WINDOW_POINTS * Math.sinh(root)) / root / bessel0(SHAPE);
}

/**
 * Coefficients as `spread` wants them: for each of the three outer pairs of points on the left, first the even and then
 * the odd powers of x in [-1, 1] (x/2 grid points from the middle of a step), highest first, both points' side by side;
 * shape [3, 2, 6, 2].
 */
export function windowCoefficients(): Float64Array {
  const out = new Float64Array(6 * NUM_COEFFICIENTS);
  for (let point = 0; point < 6; point++) {
    const powers = polynomial((x) => windowAt(point + (x + 1) / 2 - WINDOW_POINTS / 2));
    powers.forEach((coefficient, power) => {
      const pair = Math.floor(point / 2);
      const row = 2 * pair + (power % 2);
      const column = (NUM_COEFFICIENTS - 2 - power + (power % 2)) / 2;
      out[(row * 6 + column) * 2 + (point % 2)] = coefficient;
    });
  }
  return out;
}

/** Coefficients of the polynomial through the function's values at the Chebyshev nodes, lowest power first. */
function polynomial(of: (x: number) => number): Float64Array {
  const count = NUM_COEFFICIENTS;
  const angles = Array.from({ length: count }, (_, k) => (Math.PI * (k + 0.5)) / count);
  const values = angles.map((angle) => of(Math.cos(angle)));
  const out = new Float64Array(count);
  let last = new Float64Array(count);
  let chebyshev = Float64Array.from({ length: count }, (_, power) => (power === 0 ? 1 : 0));
  for (let degree = 0; degree < count; degree++) {
    const sum = values.reduce((total, value, k) => total + value * Math.cos(degree * angles[k]!), 0);
    const weight = ((degree === 0 ? 1 : 2) * sum) / count;
    for (let power = 0; power < count; power++) out[power]! += weight * chebyshev[power]!;
    // T_{d+1} = 2 x T_d - T_{d-1}, and T_1 = x.
    const next = chebyshev.map(
      (_, power) => (degree === 0 ? 1 : 2) * (power === 0 ? 0 : chebyshev[power - 1]!) - last[power]!,
    );
    last = chebyshev;
    chebyshev = next;
  }
  return out;
}

/** Modified Bessel function of the first kind and order 0, by its power series: all terms are positive. */
function bessel0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
