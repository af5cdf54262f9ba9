/** Tables and curves of a study of camera networks: means over all slots, each slot by itself, gains, single trainings. */
import { NUM_SLOTS } from '../../prediction/camera/data/window-set.js';
import { grouped } from '../common/grouped.js';
import type { LineFigure, Table } from '../common/result.js';
import type { CameraPredictionStudy } from './camera-prediction-file.js';
import {
  type CameraRow,
  METRICS,
  type Metric,
  meansOfTraining,
  type Predictor,
} from './camera-prediction-rows.js';
import type { TestWindows, TrainedRanking } from './camera-prediction-simulator.js';

interface Shown {
  readonly title: string;
  /** Of its curves: none for what is told in the table alone. */
  readonly panel: string | null;
  readonly label: string;
  readonly isShare: boolean;
}

const SHOWN: Readonly<Record<Metric, Shown>> = {
  loss: { title: 'Test loss', panel: null, label: 'Focal loss', isShare: false },
  top1: { title: 'ATop-1', panel: '(a) Top-1 accuracy', label: 'Best beam named first', isShare: true },
  top3: { title: 'ATop-3', panel: '(b) Top-3 accuracy', label: 'Best beam among three', isShare: true },
  top5: { title: 'ATop-5', panel: '(c) Top-5 accuracy', label: 'Best beam among five', isShare: true },
  dbaTop3: {
    title: 'ADBA (top 3)',
    panel: '(d) DBA score',
    label: 'Distance-based accuracy of three',
    isShare: false,
  },
  dbaChallenge: {
    title: 'ADBA (challenge)',
    panel: 'DBA score of the challenge',
    label: 'Mean of one, two and three',
    isShare: false,
  },
};

type Interval = readonly [number, number];
const text = (metric: Metric, value: number) =>
  SHOWN[metric].isShare ? (100 * value).toFixed(1) : value.toFixed(3);
const intervalOf = (row: CameraRow, metric: Metric) => row[`${metric}Interval95`] as unknown as Interval;

/** Table 1 of the paper: a metric a line, over all slots. */
export function overallTable(rows: readonly CameraRow[]): Table {
  const all = rows.filter(({ span }) => span === 'all');
  const cell = (row: CameraRow, metric: Metric) => {
    const value = row[metric];
    if (typeof value !== 'number') return '-';
    const [low, high] = intervalOf(row, metric);
    return `${text(metric, value)} (${text(metric, low)} … ${text(metric, high)})`;
  };
  const told = ['Beams told', ...all.map(({ beamsTold }) => String(beamsTold))];
  return {
    title: 'Over the current slot and six more, with 95 % intervals over passes',
    columns: [
      { title: 'Metric', align: 'left' },
      ...all.map(({ id }) => ({ title: id, align: 'right' as const })),
    ],
    rows: [
      ...METRICS.map((metric) => [
        `${SHOWN[metric].title}${SHOWN[metric].isShare ? ' (%)' : ''}`,
        ...all.map((row) => cell(row, metric)),
      ]),
      told,
    ],
  };
}

/** By how much each network is better than the one that gains are told against; rows tell every slot. */
export function gainTable(rows: readonly CameraRow[], against: string): Table | null {
  const isShown = ({ span, slot }: CameraRow) => span !== 'one' || slot === NUM_SLOTS - 1;
  const shown = rows.filter((row) => typeof row.lossGain === 'number' && isShown(row));
  if (shown.length === 0) return null;
  const metrics = ['loss', 'top1', 'top3', 'top5', 'dbaTop3'] as const;
  const signed = (metric: Metric, value: number) =>
    `${value < 0 ? '−' : '+'}${text(metric, Math.abs(value))}`;
  return {
    title: `Better than ${against} by so much, on the same windows, with 95 % intervals over passes`,
    columns: [
      { title: 'Network', align: 'left' },
      { title: 'Slots', align: 'left' },
      ...metrics.map((metric) => ({
        title: `${SHOWN[metric].title.replace(/^A(?=Top|DBA)/, '')}${SHOWN[metric].isShare ? ' (points)' : ''}`,
        align: 'right' as const,
      })),
    ],
    rows: shown.map((row) => [
      row.id,
      spanText(row),
      ...metrics.map((metric) => {
        const number = (key: string) => signed(metric, row[key] as number);
        return `${number(`${metric}Gain`)} (${number(`${metric}GainLow`)} … ${number(`${metric}GainHigh`)})`;
      }),
    ]),
  };
}

function spanText({ span, slot }: CameraRow): string {
  if (span === 'one') return slot === 0 ? 't' : `t + ${slot}`;
  return { near: 't to t + 3', far: 't + 4 to t + 6', all: 'all' }[span]!;
}

/** Trainings of the same network differ by their first weights: how much that matters. */
export function trainingTable(
  { seed, training, networks }: CameraPredictionStudy,
  predictors: readonly Predictor[],
  tests: TestWindows,
): Table {
  const metrics = ['loss', 'top1', 'top5', 'dbaTop3'] as const;
  return {
    title: 'Single trainings',
    columns: [
      { title: 'Network', align: 'left' },
      ...['Seed', 'Epoch kept', 'Validation loss'].map((title) => ({ title, align: 'right' as const })),
      ...metrics.map((metric) => ({
        title: `${SHOWN[metric].title}${SHOWN[metric].isShare ? ' (%)' : ''}`,
        align: 'right' as const,
      })),
    ],
    rows: predictors
      .filter(({ id }) => networks[id] !== undefined)
      .flatMap(({ id, trainings }) =>
        trainings.map((each, repeat) => {
          const { epoch, validationLoss } = each as TrainedRanking;
          const means = meansOfTraining(each, tests);
          const epochs = networks[id]!.training.epochs ?? training.epochs;
          return [
            ...[id, String(seed + repeat), `${epoch} of ${epochs}`, validationLoss.toFixed(3)],
            ...metrics.map((metric) => text(metric, means[metric]!)),
          ];
        }),
      ),
  };
}

/** Fig. 3 of the paper: each metric over the slots. */
export function cameraFigures(rows: readonly CameraRow[]): LineFigure[] {
  const bySlot = [
    ...grouped(
      rows.filter(({ span }) => span === 'one'),
      ({ id }) => id,
    ),
  ];
  return METRICS.flatMap((metric): LineFigure[] => {
    const { panel, label, isShare } = SHOWN[metric];
    if (panel === null) return [];
    return [
      {
        kind: 'lines',
        title: panel,
        caption: `Bands: 95 % intervals over passes; other trainings are not in them. Slot 0 is the current one, ${NUM_SLOTS - 1} the last that is foretold.`,
        x: { label: 'Slots after the current one', scale: 'linear' },
        y: { label: isShare ? `${label} (%)` : label, scale: 'linear' },
        series: bySlot.map(([name, own]) => ({
          name,
          points: own.map((row) => {
            const scale = isShare ? 100 : 1;
            const [low, high] = intervalOf(row, metric);
            const interval95 = [scale * low, scale * high] as const;
            return { x: row.slot!, y: scale * (row[metric] as number), interval95 };
          }),
        })),
      },
    ];
  });
}
