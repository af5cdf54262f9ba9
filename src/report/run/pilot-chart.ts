/** Received power of one user's pilots in the order sent: how the search closed in. */

import type { PolarCodebook } from '../../codebook/polar.js';
import { largest, smallest } from '../../core/extremes.js';
import { legend, legendHeightPx, valueAxis } from '../drawing/axis.js';
import type { Figure } from '../drawing/chart.js';
import { COLOUR } from '../drawing/colour.js';
import { decibels, metres, plural } from '../drawing/number-format.js';
import { textWidthPx } from '../drawing/text-width.js';
import { shown } from '../page/html.js';
import { groupPilots, type PilotGroup, pilotName } from './pilot-groups.js';
import { measuredPilots, type RunData, type SlotRecord } from './run-data.js';

/** Above this, pilots are lines without markers: nobody could tell the markers apart. */
const MOST_MARKERS = 400;

/** Null when nothing was measured for this user. */
export function pilotChart(run: RunData, ue: string, figureNumber: number): Figure | null {
  const pilots = measuredPilots(run.slots, ue);
  if (pilots.length === 0) return null;
  const groups = groupPilots(pilots);
  const chosenKey = run.estimates.get(ue)?.codewordKey ?? null;
  const powerDb = powerScale(pilots);
  const numLevels = groups.filter((group) => group.kind === 'level').length;
  const chosenAt = lastIndexOfKey(pilots, chosenKey);
  const chosen = chosenAt < 0 ? null : pilots[chosenAt]!;
  const description =
    `Received power of ${plural(pilots.length, 'pilot')} of user ${shown(ue, 64)} in the order sent` +
    (numLevels > 0 ? `, ${numLevels} levels of the hierarchical search first` : '') +
    (chosen === null
      ? '; no codeword was chosen.'
      : `; chosen: ${pilotName(chosen.label)}, pilot ${chosenAt + 1} with ${decibels(powerDb.of(chosen))}.`);
  return {
    id: `pilots-${figureNumber}`,
    title: `Received power per pilot of user ${shown(ue, 64)}`,
    description,
    draw: (widthPx) => draw(pilots, groups, chosenAt, powerDb, run.facts.polar, widthPx),
  };
}

interface PowerScale {
  readonly label: string;
  readonly of: (slot: SlotRecord) => number;
}

/** Over the noise floor where the UE knows one; else under the strongest pilot. */
function powerScale(pilots: readonly SlotRecord[]): PowerScale {
  const hasNoise = pilots.every((pilot) => pilot.power!.noiseFloor > 0);
  const strongest = largest(pilots.map((pilot) => pilot.power!.received));
  const floor = strongest * 1e-9;
  return {
    label: hasNoise ? 'Power (dB over noise)' : 'Power (dB under strongest)',
    of: ({ power }) =>
      10 * Math.log10(Math.max(power!.received, floor) / (hasNoise ? power!.noiseFloor : strongest)),
  };
}

function lastIndexOfKey(pilots: readonly SlotRecord[], key: string | null): number {
  return pilots.findLastIndex((pilot) => pilot.codewordKey === key);
}

function draw(
  pilots: readonly SlotRecord[],
  groups: readonly PilotGroup[],
  chosenAt: number,
  powerDb: PowerScale,
  polar: PolarCodebook | null,
  widthPx: number,
) {
  const compact = widthPx < 500;
  const left = 60;
  const right = 12;
  const plotPx = widthPx - left - right;
  const values = pilots.map((pilot) => powerDb.of(pilot));
  const low = Math.floor((smallest(values) - 1) / 10) * 10;
  const high = Math.ceil((largest(values) + 2) / 10) * 10;
  const point = (k: number) => [k + 1, values[k]!];
  const many = pilots.length > MOST_MARKERS;

  const levels = groups.filter((group) => group.kind === 'level');
  const rest = groups.filter((group) => group.kind !== 'level');
  const winners = levels.map((group) => group.first - 1 + group.strongest);
  const isWinner = new Set(winners);
  const losers = levels.flatMap((group) =>
    group.pilots.map((_, k) => group.first - 1 + k).filter((k) => !isWinner.has(k)),
  );

  const names = [
    ...(levels.length > 0 ? ['Stronger of its level', 'Weaker'] : []),
    ...(rest.length > 0 ? [rest[0]!.kind === 'ring' ? 'Candidates of a ring' : 'Pilots of a batch'] : []),
    ...(chosenAt >= 0 ? ['Chosen codeword'] : []),
  ];
  const top = legendHeightPx(names, widthPx - 20) + 28;
  const plotHeightPx = compact ? 180 : 210;

  const series: object[] = [
    {
      type: 'line',
      data: [],
      silent: true,
      markArea: { silent: true, data: bands(groups, polar, plotPx / pilots.length, compact) },
    },
  ];
  if (levels.length > 0) {
    series.push(
      {
        type: 'line',
        data: winners.map(point),
        symbol: 'none',
        silent: true,
        lineStyle: { color: COLOUR.blue, width: 1.2, opacity: 0.6 },
      },
      scatter('Weaker', losers.map(point), {
        color: COLOUR.paper,
        borderColor: COLOUR.blue,
        borderWidth: 1.4,
      }),
      scatter('Stronger of its level', winners.map(point), { color: COLOUR.blue }),
    );
  }
  for (const group of rest) {
    series.push({
      name: names.find((name) => name.startsWith('Candidates') || name.startsWith('Pilots'))!,
      type: 'line',
      data: group.pilots.map((_, k) => point(group.first - 1 + k)),
      symbol: many ? 'none' : 'circle',
      symbolSize: compact ? 3.5 : 5,
      showAllSymbol: true,
      silent: true,
      itemStyle: { color: COLOUR.green },
      lineStyle: { color: COLOUR.green, width: many ? 0.7 : 1 },
      ...(many && { sampling: 'minmax' }),
    });
  }
  if (chosenAt >= 0) {
    series.push({
      ...scatter('Chosen codeword', [point(chosenAt)], { color: COLOUR.red }),
      symbol: 'diamond',
      symbolSize: 12,
      z: 6,
    });
  }

  return {
    heightPx: top + plotHeightPx + 50,
    option: {
      legend: legend(names, 10, 10),
      grid: { left, right, top, height: plotHeightPx, outerBoundsMode: 'none' },
      xAxis: {
        ...valueAxis({
          label: 'Pilot',
          min: 0.5,
          max: pilots.length + 0.5,
          labelGapPx: 26,
          splitLine: false,
          ...pilotTicks(pilots.length, plotPx),
        }),
      },
      yAxis: valueAxis({ label: powerDb.label, min: low, max: high, labelGapPx: 38 }),
      series,
    },
  };
}

function scatter(name: string, data: number[][], itemStyle: object) {
  return {
    name,
    type: 'scatter' as const,
    data,
    symbol: 'circle',
    symbolSize: 8,
    silent: true,
    itemStyle: { opacity: 1, ...itemStyle },
    z: 4,
  };
}

/** Every second group is shaded; each carries its name where there is room for it. */
function bands(
  groups: readonly PilotGroup[],
  polar: PolarCodebook | null,
  pilotPx: number,
  compact: boolean,
) {
  return groups.map((group, k) => {
    const roomPx = (group.last - group.first + 1) * pilotPx;
    return [
      {
        xAxis: group.first - 0.5,
        name: bandName(group, polar, roomPx, compact),
        itemStyle: { color: k % 2 === 0 ? COLOUR.band : 'transparent' },
        label: { position: 'top', color: COLOUR.muted, fontSize: 11, distance: 4 },
      },
      { xAxis: group.last + 0.5 },
    ];
  });
}

function bandName(group: PilotGroup, polar: PolarCodebook | null, roomPx: number, compact: boolean): string {
  const distanceM =
    group.kind === 'ring' && polar !== null && group.number <= polar.numRings
      ? polar.ringDistanceM(group.number)
      : null;
  const candidates =
    group.kind === 'ring'
      ? [
          ...(distanceM === null ? [] : [`ring ${group.number}: ${metres(distanceM)}`]),
          `ring ${group.number}`,
          ...(compact ? [] : [`r${group.number}`]),
        ]
      : group.kind === 'level'
        ? [`level ${group.number}`, `${group.number}`]
        : [`batch ${group.number}`];
  return candidates.find((text) => textWidthPx(text, 11) + 4 <= roomPx) ?? '';
}

function pilotTicks(numPilots: number, plotPx: number) {
  const most = Math.max(2, Math.floor(plotPx / 60));
  const step =
    [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((s) => numPilots / s <= most) ?? 10_000;
  return {
    // The axis starts half a pilot before the first, so ticks are put where whole tens are.
    customValues: Array.from({ length: Math.floor(numPilots / step) }, (_, k) => (k + 1) * step),
  };
}
