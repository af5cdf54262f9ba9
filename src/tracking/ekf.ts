/**
 * Kalman filter of a moving user's place: state [x, y, vx, vy] in m and m/s, constant velocity with white acceleration. Readings
 * of position and of velocity are linear in the state; a direction, as a beam tells it, is linearised at the place predicted
 * (the extended part); docs/model.md eq. 93.
 */
import type { PointM } from '../array/linear-array.js';
import type { VelocityMPerS } from '../channel/motion/motion.js';
import { requirePositive } from '../core/arguments.js';
import { BeamloopError } from '../core/errors.js';

const SIZE = 4;

/** Where a user is believed to be. */
export interface PlaceBelief {
  readonly positionM: PointM;
  readonly velocityMPerS: VelocityMPerS;
  /** Of [x, y, vx, vy], shape [4, 4], row-major, m and m/s. */
  readonly covariance: Float64Array;
}

export interface FilterOptions {
  /** Spectral density of the acceleration, m^2/s^3: what the velocity's variance grows by in a second. */
  readonly accelerationDensity: number;
}

export class PlaceFilter {
  readonly #density: number;
  #timeS = 0;
  #state = new Float64Array(SIZE);
  #covariance = new Float64Array(SIZE * SIZE);

  /** @throws BAD_ARGUMENT unless the density is above 0. */
  constructor({ accelerationDensity }: FilterOptions) {
    requirePositive('accelerationDensity', accelerationDensity);
    this.#density = accelerationDensity;
  }

  /** When what it believes was last corrected, s. */
  get timeS(): number {
    return this.#timeS;
  }

  /** Forgets everything before: the user is here. */
  start(belief: PlaceBelief, timeS: number): void {
    this.#timeS = timeS;
    this.#state = Float64Array.of(...belief.positionM, ...belief.velocityMPerS);
    this.#covariance = belief.covariance.slice();
  }

  /** What is believed of a time that is not before the last correction; changes nothing. */
  at(timeS: number): PlaceBelief {
    const { state, covariance } = this.#predicted(timeS);
    const [x, y, vx, vy] = state as unknown as [number, number, number, number];
    return { positionM: [x, y], velocityMPerS: [vx, vy], covariance };
  }

  /**
   * How far a reading lies from what is predicted, squared, in standard deviations of both together (Mahalanobis).
   *
   * @param values [x, y] or [x, y, vx, vy].
   * @param covariance of them, row-major.
   */
  distance(values: readonly number[], covariance: readonly number[], timeS: number): number {
    const { innovation, spread } = this.#innovation(this.#predicted(timeS), values, covariance);
    const weighed = multiply(inverse(spread, values.length), innovation, values.length, 1);
    return innovation.reduce((sum, value, k) => sum + value * weighed[k]!, 0);
  }

  /** Takes a reading of [x, y] or [x, y, vx, vy] that was measured at `timeS`; parameters as of `distance`. */
  correct(values: readonly number[], covariance: readonly number[], timeS: number): void {
    const predicted = this.#predicted(timeS);
    const { innovation, spread } = this.#innovation(predicted, values, covariance);
    const rows = new Float64Array(values.length * SIZE);
    for (let row = 0; row < values.length; row++) rows[row * SIZE + row] = 1;
    this.#correct(predicted, rows, innovation, spread, timeS);
  }

  /**
   * Takes a direction from broadside, rad, seen from the array's centre.
   *
   * @param variance of it, rad^2.
   */
  correctDirection(angleRad: number, variance: number, timeS: number): void {
    const predicted = this.#predicted(timeS);
    const { state, covariance } = predicted;
    const [x, y] = [state[0]!, state[1]!];
    const square = x * x + y * y;
    if (square === 0) return;
    const row = Float64Array.of(-y / square, x / square, 0, 0);
    const turned = angleRad - Math.atan2(y, x);
    const innovation = Float64Array.of(Math.atan2(Math.sin(turned), Math.cos(turned)));
    const projected = multiply(row, covariance, 1, SIZE);
    const spread = Float64Array.of(projected.reduce((sum, value, k) => sum + value * row[k]!, variance));
    this.#correct(predicted, row, innovation, spread, timeS);
  }

  #innovation({ state, covariance }: Predicted, values: readonly number[], noise: readonly number[]) {
    const size = values.length;
    if ((size !== 2 && size !== SIZE) || noise.length !== size * size) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: `A reading of ${size} values with a covariance of ${noise.length} fits no place`,
        todo: 'Give [x, y] with 4 or [x, y, vx, vy] with 16 values of covariance',
      });
    }
    const innovation = new Float64Array(size);
    const spread = new Float64Array(size * size);
    for (let row = 0; row < size; row++) {
      innovation[row] = values[row]! - state[row]!;
      for (let column = 0; column < size; column++) {
        spread[row * size + column] = covariance[row * SIZE + column]! + noise[row * size + column]!;
      }
    }
    return { innovation, spread };
  }

  /** @param rows of the measurement, shape [number of values, 4]. */
  #correct(
    { state, covariance }: Predicted,
    rows: Float64Array,
    innovation: Float64Array,
    spread: Float64Array,
    timeS: number,
  ): void {
    const count = innovation.length;
    const crossed = multiplyTransposed(covariance, rows, SIZE, count);
    const gain = multiply(crossed, inverse(spread, count), SIZE, count);
    const step = multiply(gain, innovation, SIZE, 1);
    this.#state = state.map((value, k) => value + step[k]!);
    const taken = multiplyTransposed(gain, crossed, SIZE, SIZE);
    const rest = covariance.map((value, k) => value - taken[k]!);
    // Rounding must not make it lopsided.
    this.#covariance = rest.map((value, k) => (value + rest[(k % SIZE) * SIZE + Math.floor(k / SIZE)]!) / 2);
    this.#timeS = Math.max(this.#timeS, timeS);
  }

  /** A time before the last correction is taken for that of the correction. */
  #predicted(timeS: number): Predicted {
    const dt = Math.max(0, timeS - this.#timeS);
    const before = this.#state;
    const state = Float64Array.of(
      before[0]! + dt * before[2]!,
      before[1]! + dt * before[3]!,
      before[2]!,
      before[3]!,
    );
    const motion = Float64Array.of(1, 0, dt, 0, 0, 1, 0, dt, 0, 0, 1, 0, 0, 0, 0, 1);
    const moved = multiplyTransposed(multiply(motion, this.#covariance, SIZE, SIZE), motion, SIZE, SIZE);
    const [place, both, velocity] = [
      (dt ** 3 / 3) * this.#density,
      (dt ** 2 / 2) * this.#density,
      dt * this.#density,
    ];
    for (const axis of [0, 1]) {
      moved[axis * SIZE + axis]! += place;
      moved[axis * SIZE + axis + 2]! += both;
      moved[(axis + 2) * SIZE + axis]! += both;
      moved[(axis + 2) * SIZE + axis + 2]! += velocity;
    }
    return { state, covariance: moved };
  }
}

interface Predicted {
  readonly state: Float64Array;
  readonly covariance: Float64Array;
}

/** Of shapes [rows, inner] and [inner, columns]; inner follows from the lengths. */
function multiply(a: Float64Array, b: Float64Array, rows: number, columns: number): Float64Array {
  const inner = a.length / rows;
  const product = new Float64Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += a[r * inner + k]! * b[k * columns + c]!;
      product[r * columns + c] = sum;
    }
  }
  return product;
}

/** The first times the second one's transpose: of shapes [rows, inner] and [columns, inner]. */
function multiplyTransposed(a: Float64Array, b: Float64Array, rows: number, columns: number): Float64Array {
  const inner = a.length / rows;
  const product = new Float64Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += a[r * inner + k]! * b[c * inner + k]!;
      product[r * columns + c] = sum;
    }
  }
  return product;
}

/** Of a covariance that no reading is without (positive definite), by Gauss and Jordan. */
function inverse(a: Float64Array, size: number): Float64Array {
  const left = a.slice();
  const right = new Float64Array(a.length);
  for (let row = 0; row < size; row++) right[row * size + row] = 1;
  for (let pivot = 0; pivot < size; pivot++) {
    const scale = left[pivot * size + pivot]!;
    if (!(scale > 0)) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: 'The covariance of a reading is not positive definite',
        todo: 'Give variances above 0, and covariances that go with them',
      });
    }
    for (let c = 0; c < size; c++) {
      left[pivot * size + c]! /= scale;
      right[pivot * size + c]! /= scale;
    }
    for (let r = 0; r < size; r++) {
      if (r === pivot) continue;
      const factor = left[r * size + pivot]!;
      for (let c = 0; c < size; c++) {
        left[r * size + c]! -= factor * left[pivot * size + c]!;
        right[r * size + c]! -= factor * right[pivot * size + c]!;
      }
    }
  }
  return right;
}
