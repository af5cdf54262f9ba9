/**
 * The function that spreads an element over the grid, and its Fourier transform (docs/model.md eq. 51): the window of
 * Kaiser and Bessel, for a grid of at least twice as many points as subcarriers.
 */
import { besselI0 } from '../../core/bessel.js';

/** Balances what folds back from beyond the band against the window's jump at its ends; found by trial. */
const SHAPE_PER_POINT = 0.74 * Math.PI;

const NUM_COEFFICIENTS = 12;

export class SpreadingWindow {
  /** Grid points that an element is spread over. */
  readonly numPoints: number;
  readonly #shape: number;

  /** @param numPoints even. */
  constructor(numPoints: number) {
    this.numPoints = numPoints;
    this.#shape = SHAPE_PER_POINT * numPoints;
  }

  /** At a distance in grid points; 1 in the middle. */
  at(distance: number): number {
    const relative = (2 * distance) / this.numPoints;
    if (relative * relative > 1) return 0;
    return besselI0(this.#shape * Math.sqrt(1 - relative * relative)) / besselI0(this.#shape);
  }

  /** Its Fourier transform at a frequency in cycles per grid point, up to 1/4. */
  transform(cyclesPerPoint: number): number {
    const root = Math.sqrt(this.#shape ** 2 - (Math.PI * this.numPoints * cyclesPerPoint) ** 2);
    return (this.numPoints * Math.sinh(root)) / root / besselI0(this.#shape);
  }

  /**
   * Coefficients as `spread` wants them: for each vector of points on the left, first the even and then the odd powers of
   * x in [-1, 1] (x/2 grid points from the middle of a step), highest first, the points of a vector side by side; shape
   * [numPoints / 2 / lanes, 2, 6, lanes].
   *
   * @param lanes points in a vector.
   */
  coefficients(lanes: number): Float64Array {
    const half = this.numPoints / 2;
    const out = new Float64Array(half * NUM_COEFFICIENTS);
    for (let point = 0; point < half; point++) {
      const powers = polynomial((x) => this.at(point + (x + 1) / 2 - half));
      powers.forEach((coefficient, power) => {
        const vector = Math.floor(point / lanes);
        const row = 2 * vector + (power % 2);
        const column = (NUM_COEFFICIENTS - 2 - power + (power % 2)) / 2;
        out[(row * 6 + column) * lanes + (point % lanes)] = coefficient;
      });
    }
    return out;
  }
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
