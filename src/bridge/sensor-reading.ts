/** What UEs tell of where they are: the `sensor` message of `beamloop.ue.v1` (docs/ue-protocol.md, "Sensor readings"). */
import { z } from 'zod';

/** A reading of a UE's own sensors. */
export interface SensorRecord {
  readonly ueId: string;
  /** The UE's own number of this reading; rises by one per reading over the UE's life in a run. */
  readonly sequence: number;
  /** When it was measured, on the UE's clock, s; the same clock as that of its powers. */
  readonly ueTimeS: number;
  /** When it arrived, on the bridge's clock, s. */
  readonly arrivedS: number;
  /** [x, y], the array being on the y axis, m. */
  readonly positionM: readonly [number, number];
  /** m/s along x and y; null where the UE tells none. */
  readonly velocityMPerS: readonly [number, number] | null;
  /** Of [x, y] (4 values) or [x, y, vx, vy] (16), row-major, m and m/s. */
  readonly covariance: readonly number[];
}

/** Farther away and faster is no user. */
const MOST_M = 1e6;
const MOST_M_PER_S = 1e5;
/** Of correlations: what is rounded may be off by this. */
const TOLERANCE = 1e-6;

const coordinate = z.number().min(-MOST_M).max(MOST_M);
const velocityPart = z.number().min(-MOST_M_PER_S).max(MOST_M_PER_S);

export const sensorSchema = z
  .object({
    type: z.literal('sensor'),
    sequence: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
    ueTimeS: z.number(),
    positionM: z.tuple([coordinate, coordinate]),
    velocityMPerS: z.tuple([velocityPart, velocityPart]).optional(),
    covariance: z.array(z.number().min(-1e12).max(1e12)).min(4).max(16),
  })
  .superRefine(({ velocityMPerS, covariance }, context) => {
    const message = objectionToCovariance(covariance, velocityMPerS === undefined ? 2 : 4);
    if (message !== null) context.addIssue({ code: 'custom', path: ['covariance'], message });
  });

export type SensorMessage = z.infer<typeof sensorSchema>;

/** @param arrivedS on the bridge's clock. */
export function recordOf(
  { sequence, ueTimeS, positionM, velocityMPerS, covariance }: SensorMessage,
  ueId: string,
  arrivedS: number,
): SensorRecord {
  return { ueId, sequence, ueTimeS, arrivedS, positionM, velocityMPerS: velocityMPerS ?? null, covariance };
}

/**
 * What is wrong with a covariance; null when it is one.
 *
 * @param values row-major.
 * @param size rows and columns that it must have.
 */
export function objectionToCovariance(values: readonly number[], size: number): string | null {
  if (values.length !== size * size) {
    const of = size === 2 ? '[x, y]' : '[x, y, vx, vy]';
    return `has ${values.length} values; of ${of} it has ${size * size}, row by row`;
  }
  const at = (row: number, column: number) => values[row * size + column]!;
  const scale = Array.from({ length: size }, (_, k) => Math.sqrt(at(k, k)));
  const negative = scale.findIndex((deviation) => Number.isNaN(deviation));
  if (negative >= 0) return `has the variance ${at(negative, negative)}, which is negative`;
  // As correlations: metres and metres per second are then of one size.
  const correlation = Array.from({ length: size }, () => new Float64Array(size));
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const product = scale[row]! * scale[column]!;
      const value = at(row, column);
      if (product === 0 && value !== 0)
        return 'is not positive semi-definite: a variance of 0 correlates with another';
      const mirrored = at(column, row);
      if (Math.abs(value - mirrored) > TOLERANCE * product) {
        return `is not symmetric: row ${row + 1}, column ${column + 1} is ${value}, its mirror ${mirrored}`;
      }
      correlation[row]![column] = product === 0 ? 0 : value / product;
    }
  }
  return isSemiDefinite(correlation) ? null : 'is not positive semi-definite';
}

/** By elimination of what is a little more than the matrix. */
function isSemiDefinite(matrix: readonly Float64Array[]): boolean {
  const size = matrix.length;
  for (let k = 0; k < size; k++) matrix[k]![k]! += TOLERANCE;
  for (let k = 0; k < size; k++) {
    const pivot = matrix[k]![k]!;
    if (!(pivot > 0)) return false;
    for (let row = k + 1; row < size; row++) {
      const factor = matrix[row]![k]! / pivot;
      for (let column = k; column < size; column++) matrix[row]![column]! -= factor * matrix[k]![column]!;
    }
  }
  return true;
}
