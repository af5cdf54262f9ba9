/** Of many users: which share of them has at most so much rate, gain or error. */
import { largest, smallest } from '../../core/extremes.js';
import { legend, legendHeightPx, valueAxis } from '../drawing/axis.js';
import type { Figure } from '../drawing/chart.js';
import { COLOUR } from '../drawing/colour.js';
import { line, type Point } from '../drawing/marks.js';
import { plural } from '../drawing/number-format.js';
import { errorHalfWidths } from './many-users.js';
import type { RunData } from './run-data.js';

interface Curve {
  readonly name: string;
  readonly values: readonly number[];
  readonly color: string;
  readonly dashed?: boolean;
  /** Seen on both sides of a curve that lies on it. */
  readonly wide?: boolean;
}

/** A chart of rates or gains and one of errors, as far as they are known. */
export function distributionCharts(run: RunData): Figure[] {
  const estimates = run.users.flatMap(({ ue }) => run.estimates.get(ue) ?? []);
  const finite = (values: readonly (number | null)[]) =>
    values.filter((value): value is number => value !== null && Number.isFinite(value));
  const rates = [
    {
      name: 'By the board',
      values: finite(estimates.map((row) => row.boardRate)),
      color: COLOUR.blue,
      wide: true,
    },
    {
      name: 'Ideal beam at the estimate',
      values: finite(estimates.map((row) => row.rate)),
      color: COLOUR.orange,
    },
    {
      name: 'Channel known perfectly',
      values: finite(estimates.map((row) => row.perfectRate)),
      color: COLOUR.ink,
      dashed: true,
    },
  ];
  const losses = run.users.map(({ ue }) => run.losses.get(ue)?.powerDb.total ?? null);
  const errors = run.users.flatMap((user) => {
    const pair = errorHalfWidths(run, user);
    return pair === null ? [] : [pair];
  });
  return [
    chartOf('rate-distribution', 'Rate over the users', 'Rate (bit/s/Hz)', rates, null),
    chartOf(
      'loss-distribution',
      'Power lost over the users',
      'Power lost (dB)',
      [{ name: 'All losses together', values: finite(losses), color: COLOUR.blue }],
      null,
    ),
    chartOf(
      'error-distribution',
      'Errors over the users',
      'Off by (half-widths of a focused beam)',
      [
        { name: 'Direction', values: errors.map(([direction]) => direction), color: COLOUR.blue },
        { name: 'Distance ring', values: errors.map(([, ring]) => ring), color: COLOUR.orange },
      ],
      0,
    ),
  ].flatMap((chart) => chart ?? []);
}

function chartOf(
  id: string,
  title: string,
  label: string,
  given: readonly Curve[],
  least: number | null,
): Figure | null {
  const curves = given.filter(({ values }) => values.length > 1);
  if (curves.length === 0) return null;
  const all = curves.flatMap(({ values }) => values);
  const [low, high] = [smallest(all), largest(all)];
  const margin = Math.max(0.03 * (high - low), 1e-3 * Math.abs(high), 1e-9);
  const min = least ?? low - margin;
  const max = high + margin;
  const middles = curves.map(({ name, values }) => {
    const sorted = values.toSorted((a, b) => a - b);
    return `${name}: half of the users up to ${sorted[Math.ceil(sorted.length / 2) - 1]!.toPrecision(3)}`;
  });
  return {
    id,
    title,
    description: `Share of ${plural(curves[0]!.values.length, 'user')} with at most a given value. ${label}. ${middles.join('; ')}.`,
    draw: (widthPx) => {
      const names = curves.map(({ name }) => name);
      const top = legendHeightPx(names, widthPx - 20) + 14;
      const plotHeightPx = 230;
      return {
        heightPx: top + plotHeightPx + 50,
        option: {
          legend: legend(names, 10, 10),
          grid: { left: 60, right: 18, top, height: plotHeightPx, outerBoundsMode: 'none' },
          xAxis: {
            ...valueAxis({ label, min, max, labelGapPx: 26, splitNumber: widthPx < 500 ? 4 : 8 }),
            ...innerTicks,
          },
          yAxis: valueAxis({ label: 'Share of users', min: 0, max: 1, labelGapPx: 38 }),
          series: curves.map(({ name, values, color, dashed, wide }) =>
            line(name, stairs(values, min, max), {
              color,
              width: wide ? 4 : 1.8,
              ...(dashed && { type: 'dashed' as const }),
            }),
          ),
        },
      };
    },
  };
}

/** The ends of the axis are where values happen to end: no numbers for them. */
const innerTicks = {
  axisLabel: {
    color: COLOUR.muted,
    fontSize: 11,
    hideOverlap: true,
    showMinLabel: false,
    showMaxLabel: false,
    formatter: (value: number) => String(Number(value.toPrecision(4))),
  },
};

/** The distribution of values as steps from one end of the axis to the other. */
function stairs(values: readonly number[], min: number, max: number): Point[] {
  const sorted = values.toSorted((a, b) => a - b);
  const steps = sorted.flatMap((value, k): Point[] => [
    [value, k / sorted.length],
    [value, (k + 1) / sorted.length],
  ]);
  return [[min, 0], ...steps, [max, 1]];
}
