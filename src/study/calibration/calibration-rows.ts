/** From scores of arrays to the rows of a study of calibrations. */
import { largest } from '../../core/extremes.js';
import { grouped } from '../common/grouped.js';
import { meanOf } from '../common/mean.js';
import type { StudyRow } from '../common/result.js';
import { rootMeanSquare } from './array-score.js';
import type { CalibrationStudy } from './calibration-file.js';
import { pointsOf } from './calibration-points.js';
import type { ArrayScore } from './calibration-simulator.js';

/** One procedure at one point; the rows that `beamloop study --json` prints. Null: does not apply. */
export interface CalibrationRow extends StudyRow {
  readonly id: string;
  readonly numElements: number;
  readonly phaseBits: number;
  readonly errors: string;
  readonly snrDb: number;
  readonly receiver: string;
  /** How far the first position truly is from where it is said to be, m. */
  readonly asideM: number;
  readonly numArrays: number;
  readonly numSlots: number;
  /** Rms error of the phases at the carrier that is left, mean over the arrays, deg, with its 95 % interval. */
  readonly residualDeg: number;
  readonly residualInterval95: readonly [number, number];
  /** The joint Cramer-Rao bound, rms over the arrays, deg (docs/model.md eq. 123), and what was left (rms) over it. */
  readonly boundDeg: number;
  readonly overBound: number;
  /** What the procedure expects of itself, rms, deg. */
  readonly expectedDeg: number;
  /** Of a focused beam against a perfect one, dB: before and after. */
  readonly lossBeforeDb: number;
  readonly lossDb: number;
  readonly delayResidualPs: number | null;
  readonly delayBoundPs: number | null;
  readonly delayGainResidual: number | null;
  readonly codeResidualDeg: number | null;
  /** Share of elements that are within their 95 % interval. */
  readonly phasesWithin: number;
  readonly gainsWithin: number;
  /** Elements that do not follow and were not named, and that follow and were, per array; share of arrays with neither. */
  readonly missed: number;
  readonly falselyNamed: number;
  readonly rightlyNamed: number;
  /** Share of arrays whose check found the drift, and that raised an alarm without one. */
  readonly driftFound: number;
  readonly falseAlarms: number;
  /** From one position: share of arrays whose errors were said to have a trend, and the displacement from which on one shows, m. */
  readonly trendTold: number | null;
  readonly seeableM: number | null;
  /** From several: share of arrays of which the positions that are off were named and no others. */
  readonly positionsTold: number | null;
  /** Difference to what right positions give, over what those leave: mean and most. */
  readonly againstRight: number | null;
  readonly mostAgainstRight: number | null;
}

/** Columns that say which point a row is; the others are results. */
export const CALIBRATION_KEYS = ['id', 'numElements', 'phaseBits', 'errors', 'snrDb', 'receiver', 'asideM'];

export function calibrationRows(study: CalibrationStudy, scores: readonly ArrayScore[]): CalibrationRow[] {
  const byPoint = grouped(scores, ({ pointIndex }) => pointIndex);
  return pointsOf(study).map((point, pointIndex) => rowOf(point, byPoint.get(pointIndex)!));
}

function rowOf(point: ReturnType<typeof pointsOf>[number], arrays: readonly ArrayScore[]): CalibrationRow {
  const all = (of: (score: ArrayScore) => number | boolean) => arrays.map((score) => Number(of(score)));
  const known = (of: (score: ArrayScore) => number | boolean | null) =>
    arrays.map(of).flatMap((value) => (value === null ? [] : [Number(value)]));
  const mean = (values: readonly number[]) => meanOf(values).mean;
  const orNull = (values: readonly number[], how: (values: readonly number[]) => number) =>
    values.length === 0 ? null : how(values);
  const lossDbOf = (powers: readonly number[]) => -10 * Math.log10(mean(powers));
  const numIntervals = mean(all((score) => score.numIntervals));
  const residual = meanOf(all((score) => score.residualDeg));
  const boundDeg = rootMeanSquare(known((score) => score.boundDeg));
  return {
    ...point,
    numArrays: arrays.length,
    numSlots: arrays[0]!.numSlots,
    ...{ residualDeg: residual.mean, residualInterval95: residual.interval95, boundDeg },
    overBound: rootMeanSquare(all((score) => score.residualDeg)) / boundDeg,
    expectedDeg: rootMeanSquare(all((score) => score.expectedDeg)),
    lossBeforeDb: lossDbOf(all((score) => score.powerBefore)),
    lossDb: lossDbOf(all((score) => score.powerAfter)),
    delayResidualPs: orNull(
      known((score) => score.delayResidualPs),
      mean,
    ),
    delayBoundPs: orNull(
      known((score) => score.delayBoundPs),
      mean,
    ),
    delayGainResidual: orNull(
      known((score) => score.delayGainResidual),
      rootMeanSquare,
    ),
    codeResidualDeg: orNull(
      known((score) => score.codeResidualDeg),
      mean,
    ),
    phasesWithin: mean(all((score) => score.numPhasesHeld)) / numIntervals,
    gainsWithin: mean(all((score) => score.numGainsHeld)) / numIntervals,
    missed: mean(all((score) => score.numMissed)),
    falselyNamed: mean(all((score) => score.numFalse)),
    rightlyNamed: mean(all((score) => score.numMissed + score.numFalse === 0)),
    driftFound: mean(all((score) => score.driftFound)),
    falseAlarms: mean(all((score) => score.falseAlarm)),
    trendTold: orNull(
      known((score) => score.trendTold),
      mean,
    ),
    seeableM: orNull(
      known((score) => score.seeableM),
      mean,
    ),
    positionsTold: orNull(
      known((score) => score.positionsTold),
      mean,
    ),
    againstRight: orNull(
      known((score) => score.againstRight),
      mean,
    ),
    mostAgainstRight: orNull(
      known((score) => score.againstRight),
      (values) => largest(values),
    ),
  };
}
