/** From rankings of test windows to the rows of a study of camera networks. */
import { NUM_SLOTS } from '../../prediction/camera/data/window-set.js';
import { dbaChallenge, dbaTop3, isInTop } from '../../prediction/camera/evaluation/scores.js';
import { grouped } from '../common/grouped.js';
import { type Mean, meanOf } from '../common/mean.js';
import type { StudyRow } from '../common/result.js';
import { NUM_LISTED, type Ranking, type TestWindows } from './camera-prediction-simulator.js';

/** Whatever foretells beams, and what each of its trainings says. */
export interface Predictor {
  readonly id: string;
  readonly trainings: readonly Ranking[];
  /** Null where nothing is learned. */
  readonly parameters: number | null;
  /** Multiplications with an addition that come with one more slot. */
  readonly multiplications: number | null;
  /** Slots whose beams it has to be told. */
  readonly beamsTold: number;
}

export const METRICS = ['loss', 'top1', 'top3', 'top5', 'dbaTop3', 'dbaChallenge'] as const;
export type Metric = (typeof METRICS)[number];

/** Slots that a row is a mean over: one; the current one and three more; the last three; all. */
const SPANS: readonly { readonly span: string; readonly slots: readonly number[] }[] = [
  ...Array.from({ length: NUM_SLOTS }, (_, slot) => ({ span: 'one', slots: [slot] })),
  { span: 'near', slots: [0, 1, 2, 3] },
  { span: 'far', slots: [4, 5, 6] },
  { span: 'all', slots: Array.from({ length: NUM_SLOTS }, (_, slot) => slot) },
];

/** The rows that `beamloop study --json` prints: besides what stands here a mean, an interval, a gain and its interval of each metric. */
export interface CameraRow extends StudyRow {
  readonly id: string;
  /** `one`, `near`, `far` or `all`. */
  readonly span: string;
  /** After the current one; null of a span. */
  readonly slot: number | null;
  readonly numWindows: number;
  readonly numPasses: number;
  readonly trainings: number;
  readonly parameters: number | null;
  readonly multiplications: number | null;
  readonly beamsTold: number;
  /** DBA-top3 less the share of best beams named first. */
  readonly dbaOverTop1: number;
}

export const CAMERA_KEYS = ['id', 'span', 'slot'];

/** @param against id of the predictor that gains are told against; null: none are. */
export function cameraRows(
  predictors: readonly Predictor[],
  tests: TestWindows,
  against: string | null,
): CameraRow[] {
  const passes = [...grouped([...tests.passes.keys()], (window) => tests.passes[window]!).values()];
  const valuesOf = new Map(
    predictors.map(({ id, trainings }) => [id, trainings.map((each) => windowValues(each, tests))]),
  );
  const other = against === null ? undefined : valuesOf.get(against);
  return predictors.flatMap(({ id, trainings, ...cost }) =>
    SPANS.map(({ span, slots }): CameraRow => {
      const own = valuesOf.get(id)!;
      return {
        ...{ id, span, slot: span === 'one' ? slots[0]! : null },
        ...{ numWindows: tests.passes.length, numPasses: passes.length, trainings: trainings.length },
        ...cost,
        dbaOverTop1: overTop1(own, passes, slots),
        ...Object.fromEntries(
          METRICS.flatMap((metric) => {
            const means = passMeans(own, metric, passes, slots);
            const others =
              other === undefined || id === against ? null : passMeans(other, metric, passes, slots);
            return metricCells(metric, means, others);
          }),
        ),
      };
    }),
  );
}

function overTop1(
  own: readonly Values[],
  passes: readonly (readonly number[])[],
  slots: readonly number[],
): number {
  const mean = (metric: 'top1' | 'dbaTop3') => meanOf(passMeans(own, metric, passes, slots)!).mean;
  return mean('dbaTop3') - mean('top1');
}

/** Of a pass its windows are alike: it is one sample. */
function metricCells(metric: Metric, own: readonly number[] | null, other: readonly number[] | null) {
  const mean = own === null ? null : meanOf(own);
  const gain = own === null || other === null ? null : gainOf(metric, own, other);
  return [
    [metric, mean?.mean ?? null],
    [`${metric}Interval95`, mean?.interval95 ?? null],
    [`${metric}Gain`, gain?.mean ?? null],
    [`${metric}GainLow`, gain?.interval95[0] ?? null],
    [`${metric}GainHigh`, gain?.interval95[1] ?? null],
  ] as const;
}

/** Pass by pass, on the same windows: above 0 where it is better. */
function gainOf(metric: Metric, own: readonly number[], other: readonly number[]): Mean {
  const sign = metric === 'loss' ? -1 : 1;
  return meanOf(own.map((value, k) => sign * (value - other[k]!)));
}

type Values = Readonly<Record<Metric, readonly number[] | null>>;

/** Of each window and slot, shape [windows, 7]. */
function windowValues({ ranked, losses }: Ranking, { truth }: TestWindows): Values {
  const of = (score: (own: readonly number[], beam: number) => number) =>
    truth.map((beam, k) => score(ranked.slice(k * NUM_LISTED, (k + 1) * NUM_LISTED), beam));
  const top = (k: number) => of((own, beam) => (isInTop(own, beam, k) ? 1 : 0));
  return {
    ...{ loss: losses, top1: top(1), top3: top(3), top5: top(NUM_LISTED) },
    ...{ dbaTop3: of(dbaTop3), dbaChallenge: of(dbaChallenge) },
  };
}

/** Of each pass the mean over its windows, the slots and all trainings. */
function passMeans(
  trainings: readonly Values[],
  metric: Metric,
  passes: readonly (readonly number[])[],
  slots: readonly number[],
): number[] | null {
  const values = trainings.map((each) => each[metric]);
  if (values.some((each) => each === null)) return null;
  return passes.map((windows) => {
    let sum = 0;
    for (const each of values) {
      for (const window of windows) for (const slot of slots) sum += each![window * NUM_SLOTS + slot]!;
    }
    return sum / (values.length * windows.length * slots.length);
  });
}

/** Of one training, over all test windows and slots. */
export function meansOfTraining(
  ranking: Ranking,
  tests: TestWindows,
): Readonly<Record<Metric, number | null>> {
  const values = windowValues(ranking, tests);
  return Object.fromEntries(
    METRICS.map((metric) => [
      metric,
      values[metric] === null ? null : values[metric].reduce((a, b) => a + b, 0) / values[metric].length,
    ]),
  ) as Record<Metric, number | null>;
}
