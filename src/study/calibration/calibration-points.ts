/** The points of a study of calibrations: every combination of what its file lists. */
import type { PointM } from '../../array/linear-array.js';
import { type JobList, jobsOf } from '../../fan-out/user-job.js';
import type { CalibrationStudy } from './calibration-file.js';

/** One setting in which arrays are drawn and calibrated. */
export interface CalibrationPoint {
  /** The procedure's name in the file. */
  readonly id: string;
  readonly numElements: number;
  readonly phaseBits: number;
  /** Name of the set of errors. */
  readonly errors: string;
  readonly snrDb: number;
  /** Name of the receiver. */
  readonly receiver: string;
  readonly asideM: number;
}

/** The procedure varies fastest. */
export function pointsOf({
  array,
  board,
  errors,
  receivers,
  snr,
  procedures,
}: CalibrationStudy): CalibrationPoint[] {
  const asides = Object.entries(receivers).flatMap(([receiver, { aside }]) =>
    aside.map((asideM) => ({ receiver, asideM })),
  );
  return Object.keys(errors).flatMap((set) =>
    board.phaseBits.flatMap((phaseBits) =>
      array.elements.flatMap((numElements) =>
        asides.flatMap((place) =>
          snr.flatMap((snrDb) =>
            Object.keys(procedures).map((id) => ({
              id,
              numElements,
              phaseBits,
              errors: set,
              snrDb,
              ...place,
            })),
          ),
        ),
      ),
    ),
  );
}

export function jobsOfPoints(study: CalibrationStudy): JobList {
  return jobsOf(
    pointsOf(study).map(() => study.users.count),
    ARRAYS_PER_JOB,
  );
}

/** A pass over 512 elements takes a fifth of a second. */
const ARRAYS_PER_JOB = 5;

/** Across the line of sight, anticlockwise. */
export function asideOf([x, y]: PointM, asideM: number): PointM {
  const distanceM = Math.hypot(x, y);
  return [x - (asideM * y) / distanceM, y + (asideM * x) / distanceM];
}
