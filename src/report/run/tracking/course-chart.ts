/** How the beams did as time went on: gain where the truth is known, and received power. */
import { largest } from '../../../core/extremes.js';
import { legend, legendHeightPx, roundTicks, valueAxis } from '../../drawing/axis.js';
import type { Figure } from '../../drawing/chart.js';
import { COLOUR, coloursOf } from '../../drawing/colour.js';
import { fixed, plural } from '../../drawing/number-format.js';
import type { EpochRow, TrackedUser, TrackingData } from './tracking-data.js';

/** More users than this cannot be told apart. */
const MOST_DRAWN = 8;
const LOST = 'Lost or given up';

interface Panel {
  readonly label: string;
  readonly value: (row: EpochRow) => number | null;
  readonly range?: readonly [number, number];
}

const GAIN: Panel = {
  label: 'Gain against the best',
  value: ({ gain }) => gain,
  range: [0, 1],
};
const POWER: Panel = {
  label: 'Received power (dB)',
  value: ({ power }) => (power === null || power <= 0 ? null : 10 * Math.log10(power)),
};

/** Of the users with the lowest gain, or the first ones. Null when nobody was served. */
export function courseChart(tracking: TrackingData): Figure | null {
  const served = tracking.users.filter(({ epochs }) => epochs.some(({ servedKey }) => servedKey !== null));
  if (served.length === 0) return null;
  const drawn = drawnUsers(served);
  const hasTruth = drawn.some(({ epochs }) => epochs.some(({ gain }) => gain !== null));
  const panels = hasTruth ? [GAIN, POWER] : [POWER];
  const left = served.length - drawn.length;
  return {
    id: 'tracking-course',
    title: hasTruth ? 'Gain and received power over time' : 'Received power over time',
    description:
      `${plural(drawn.length, 'user')}, a line each over ${fixed(durationS(tracking), 1)} s` +
      `${left > 0 ? `; those ${left} that did better are left out` : ''}. ` +
      `Marks: epochs in which a user was lost.`,
    draw: (widthPx) => draw(tracking, drawn, panels, widthPx),
  };
}

export function meanGainOf({ epochs }: TrackedUser): number | null {
  const gains = epochs.flatMap(({ gain }) => gain ?? []);
  return gains.length === 0 ? null : gains.reduce((sum, gain) => sum + gain / gains.length, 0);
}

function drawnUsers(served: readonly TrackedUser[]): TrackedUser[] {
  if (served.length <= MOST_DRAWN) return [...served];
  const worst = [...served].sort((a, b) => (meanGainOf(a) ?? 0) - (meanGainOf(b) ?? 0)).slice(0, MOST_DRAWN);
  return served.filter((user) => worst.includes(user));
}

function durationS({ users, startS, epochS }: TrackingData): number {
  return largest(users.map(({ epochs }) => epochs.at(-1)?.boardTimeS ?? startS)) - startS + epochS;
}

function draw(
  tracking: TrackingData,
  users: readonly TrackedUser[],
  panels: readonly Panel[],
  widthPx: number,
) {
  const compact = widthPx < 500;
  const colours = coloursOf(users.map((_, k) => `user ${k}`));
  const isAway = ({ state }: EpochRow) => state === 'lost' || state === 'given up';
  const names = users.map(({ ue }) => ue);
  const anyAway = users.some(({ epochs }) => epochs.some(isAway));
  const entries = anyAway ? [...names, LOST] : names;
  const top = legendHeightPx(entries, widthPx - 20) + 12;
  const panelPx = compact ? 130 : 170;
  const pitchPx = panelPx + 20;
  const timeS = ({ boardTimeS }: EpochRow) => boardTimeS - tracking.startS;
  const endS = durationS(tracking);
  return {
    heightPx: top + panels.length * pitchPx + 36,
    option: {
      legend: legend(entries, 10, 10),
      grid: panels.map((_, k) => ({
        left: 60,
        right: 16,
        top: top + k * pitchPx,
        height: panelPx,
        outerBoundsMode: 'none',
      })),
      xAxis: panels.map((_, k) =>
        valueAxis({
          label: k === panels.length - 1 ? 'Time since the first epoch (s)' : '',
          min: 0,
          max: endS,
          gridIndex: k,
          showTickLabels: k === panels.length - 1,
          labelGapPx: 26,
          customValues: roundTicks(0, endS, 'linear', compact ? 5 : 10),
        }),
      ),
      yAxis: panels.map(({ label, range }, k) =>
        valueAxis({
          label,
          gridIndex: k,
          labelGapPx: 42,
          splitNumber: 4,
          ...(range && { min: range[0], max: range[1], interval: (range[1] - range[0]) / 4 }),
        }),
      ),
      series: panels.flatMap(({ value }, k) => [
        ...users.map(({ ue, epochs }, u) => ({
          name: ue,
          type: 'line' as const,
          xAxisIndex: k,
          yAxisIndex: k,
          data: epochs.map((row) => [timeS(row), value(row)]),
          symbol: 'none',
          silent: true,
          lineStyle: { color: colours[u]!, width: 1.6 },
          itemStyle: { color: colours[u]! },
        })),
        ...(anyAway
          ? [
              {
                name: LOST,
                type: 'scatter' as const,
                xAxisIndex: k,
                yAxisIndex: k,
                data: users.flatMap(({ epochs }) =>
                  epochs.filter(isAway).map((row) => [timeS(row), value(row)]),
                ),
                symbol: 'circle',
                symbolSize: 4,
                silent: true,
                itemStyle: { color: COLOUR.red, opacity: 1 },
              },
            ]
          : []),
      ]),
    },
  };
}
