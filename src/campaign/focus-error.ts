/** Where a wideband estimate is, and how far from the truth. */
import type { FocalPoint } from '../array/focal-point.js';
import type { LinearArray } from '../array/linear-array.js';
import { halfWidthRingPerM, halfWidthSinAngle } from '../codebook/beam-width.js';
import type { PilotLabel } from '../codebook/codeword.js';
import type { Row } from '../record/schema.js';

/** Estimate less truth. */
export interface FocusError {
  /** In sin(angle), and in half-widths of a focused beam at the carrier. */
  readonly sinAngleError: number;
  readonly sinAngleErrorHalfWidths: number;
  /** The same for the distance ring (1 - sin^2) / (2 r), 1/m. */
  readonly ringErrorPerM: number;
  readonly ringErrorHalfWidths: number;
}

/** By the serving codeword, which also tells the ring of a direction along the array, where every distance is 0. */
export function focusOf({ angleRad, distanceM }: Row<'estimates'>, label: unknown): FocalPoint {
  const { kind, ...point } = (label ?? {}) as Partial<PilotLabel>;
  if (kind === 'serving') return point as FocalPoint;
  const sinAngle = Math.sin(angleRad);
  return { sinAngle, ringPerM: (1 - sinAngle ** 2) / (2 * distanceM) };
}

export function focusError(array: LinearArray, found: FocalPoint, truth: FocalPoint): FocusError {
  const sinAngleError = found.sinAngle - truth.sinAngle;
  const ringErrorPerM = found.ringPerM - truth.ringPerM;
  return {
    sinAngleError,
    sinAngleErrorHalfWidths: sinAngleError / halfWidthSinAngle(array, array.carrierHz),
    ringErrorPerM,
    ringErrorHalfWidths: ringErrorPerM / halfWidthRingPerM(array, array.carrierHz),
  };
}
