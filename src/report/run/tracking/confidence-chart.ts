/** Whether the tracker is right as often as it says. */
import { wilsonInterval95 } from '../../../study/common/wilson.js';
import { legend, legendHeightPx, valueAxis } from '../../drawing/axis.js';
import type { Figure } from '../../drawing/chart.js';
import { COLOUR } from '../../drawing/colour.js';
import { line } from '../../drawing/marks.js';
import { fixed } from '../../drawing/number-format.js';
import type { TrackingData } from './tracking-data.js';

const NUM_BINS = 10;
/** Fewer predictions say nothing about how often they are right. */
const LEAST_IN_BIN = 10;

export interface ConfidenceBin {
  /** Mean of what the tracker said. */
  readonly said: number;
  readonly right: number;
  readonly interval95: readonly [number, number];
  readonly count: number;
}

/** First choices in ten equal bins of their probability, as far as there are enough in one and the truth is known. */
export function confidenceBins({ users, firstChoices }: TrackingData): ConfidenceBin[] {
  const best = new Map(
    users.flatMap(({ ue, epochs }) => epochs.map(({ epoch, bestKey }) => [`${ue} ${epoch}`, bestKey])),
  );
  const bins = Array.from({ length: NUM_BINS }, () => ({ sum: 0, right: 0, count: 0 }));
  for (const { ue, epoch, codewordKey, probability } of firstChoices) {
    const bestKey = best.get(`${ue} ${epoch}`) ?? null;
    if (bestKey === null) continue;
    const bin = bins[Math.min(NUM_BINS - 1, Math.floor(probability * NUM_BINS))]!;
    bin.sum += probability;
    bin.count++;
    bin.right += Number(codewordKey === bestKey);
  }
  return bins
    .filter(({ count }) => count >= LEAST_IN_BIN)
    .map(({ sum, right, count }) => ({
      said: sum / count,
      right: right / count,
      interval95: wilsonInterval95(right, count),
      count,
    }));
}

/** Null with fewer than two bins. */
export function confidenceChart(tracking: TrackingData): Figure | null {
  const bins = confidenceBins(tracking);
  if (bins.length < 2) return null;
  return {
    id: 'tracking-confidence',
    title: 'Is the tracker right as often as it says?',
    description: bins
      .map(
        ({ said, right, count }) =>
          `Of ${count} times that it said ${fixed(said, 2)} it was right ${fixed(right, 2)}.`,
      )
      .join(' '),
    draw: (widthPx) => draw(bins, widthPx),
  };
}

function draw(bins: readonly ConfidenceBin[], widthPx: number) {
  const names = ['First choice is the best codeword', 'Right as often as it says'];
  const top = legendHeightPx(names, widthPx - 20) + 12;
  const sidePx = Math.min(320, widthPx - 90);
  const axis = (label: string) => ({ label, min: 0, max: 1, interval: 0.2 });
  return {
    heightPx: top + sidePx + 48,
    option: {
      legend: legend(names, 10, 10),
      grid: { left: 60, width: sidePx, top, height: sidePx, outerBoundsMode: 'none' },
      xAxis: valueAxis(axis('Confidence that it stated')),
      yAxis: valueAxis({ ...axis('Share in which it was right'), labelGapPx: 38 }),
      series: [
        line(
          names[1]!,
          [
            [0, 0],
            [1, 1],
          ],
          { color: COLOUR.muted, width: 1.2, type: 'dashed' },
        ),
        ...bins.map(({ said, interval95: [low, high] }) =>
          line(
            'Interval',
            [
              [said, low],
              [said, high],
            ],
            { color: COLOUR.blue, width: 1.5 },
          ),
        ),
        {
          ...line(
            names[0]!,
            bins.map(({ said, right }) => [said, right]),
            { color: COLOUR.blue, width: 2 },
            4,
          ),
          symbol: 'circle',
          symbolSize: 6,
        },
      ],
    },
  };
}
