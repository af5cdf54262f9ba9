/** Where the users are and where they were found: the laboratory's floor seen from above, in metres. */
import { polarPointM } from '../../array/linear-array.js';
import { nearFieldBoundaryM } from '../../array/near-field.js';
import { legend, legendHeightPx, roundTicks, valueAxis } from '../drawing/axis.js';
import type { Figure } from '../drawing/chart.js';
import { COLOUR } from '../drawing/colour.js';
import { metres, plural } from '../drawing/number-format.js';
import { shown } from '../page/html.js';
import { nearFieldOverview } from './near-field-overview.js';
import type { RunData } from './run-data.js';

const SECTOR_RAD = Math.PI / 3;
/** Height of a ring's label with the air around it. */
const LABEL_PX = 17;

interface Marker {
  readonly ue: string;
  /** [across, ahead], m: y and x of the array's coordinates. Null where nobody knows. */
  readonly truth: readonly [number, number] | null;
  readonly found: readonly [number, number] | null;
  readonly foundAtInfinity: boolean;
  readonly angleRad: number;
}

/** Null when no user has a place to be drawn at. */
export function planView(run: RunData): Figure | null {
  const markers = markersOf(run);
  const drawn = markers.filter((marker) => marker.truth !== null || marker.found !== null);
  if (drawn.length === 0) return null;
  const numBoth = markers.filter((m) => m.truth !== null && m.found !== null).length;
  return {
    id: 'plan-view',
    title: 'Where the users are and where they were found',
    description:
      `Plan of the floor with the array at the bottom and its sector of plus and minus 60 degrees. ` +
      `${plural(drawn.length, 'user')}; for ${numBoth} both the true and the found place are known and joined by a line.`,
    draw: (widthPx) => draw(run, drawn, widthPx),
  };
}

function markersOf(run: RunData): Marker[] {
  return run.users.map((user) => {
    const estimate = run.estimates.get(user.ue);
    const truth = user.xM === null || user.yM === null ? null : ([user.yM, user.xM] as const);
    const found =
      estimate === undefined || !Number.isFinite(estimate.distanceM)
        ? null
        : floorPoint(estimate.distanceM, estimate.angleRad);
    const angleRad = truth === null ? (estimate?.angleRad ?? 0) : Math.atan2(truth[0], truth[1]);
    return {
      ue: user.ue,
      truth,
      found,
      foundAtInfinity: estimate !== undefined && !Number.isFinite(estimate.distanceM),
      angleRad,
    };
  });
}

function floorPoint(distanceM: number, angleRad: number): readonly [number, number] {
  const [xM, yM] = polarPointM(distanceM, angleRad);
  return [yM, xM];
}

function draw(run: RunData, markers: readonly Marker[], widthPx: number) {
  const compact = widthPx < 500;
  const points = markers.flatMap((m) => [m.truth, m.found].filter((point) => point !== null));
  const reachM = 1.1 * Math.max(0.1, ...points.map(([across, ahead]) => Math.hypot(across, ahead)));
  const { polar } = run.facts;
  const ringsM = polar === null ? [] : [...polar.ringDistancesM].filter((ring) => ring <= 1.02 * reachM);
  const boundary = polar === null ? null : curve((angle) => nearFieldBoundaryM(polar.array, angle, 'exact'));
  const lost = markers.filter((m) => m.foundAtInfinity);

  const left = compact ? 48 : 56;
  const right = compact ? 12 : 20;
  const plotPx = widthPx - left - right;
  const neededM = Math.max(0.45 * reachM, 1.25 * Math.max(...points.map(([across]) => Math.abs(across))));
  const tallestPx = compact ? 330 : 500;
  // One scale for both axes: wide enough for everybody, and not taller than a screen.
  const sideM = Math.max(neededM, (reachM * plotPx) / (2 * tallestPx));
  const plotHeightPx = Math.round((plotPx * reachM) / (2 * sideM));
  const boundaryInView = boundary?.some(([across, ahead]) => ahead <= reachM && Math.abs(across) <= sideM);
  const names = [
    ...(markers.some((m) => m.truth !== null) ? ['True position'] : []),
    'Found position',
    ...(ringsM.length > 0 ? ['Polar rings'] : []),
    ...(boundaryInView ? ['Near-field boundary'] : []),
  ];
  const top = legendHeightPx(names, widthPx - 20) + 14;
  const line = (name: string, data: unknown, style: object, extra: object = {}) => ({
    name,
    type: 'line' as const,
    data,
    symbol: 'none',
    silent: true,
    clip: true,
    lineStyle: style,
    itemStyle: { color: (style as { color: string }).color },
    ...extra,
  });

  const series: object[] = [
    line('Sector', [floorPoint(reachM * 1.2, -SECTOR_RAD), [0, 0], floorPoint(reachM * 1.2, SECTOR_RAD)], {
      color: COLOUR.muted,
      width: 1,
    }),
    ...ringsM.map((ringM) =>
      line(
        'Polar rings',
        curve((angle) => ringM * Math.cos(angle) ** 2),
        { color: COLOUR.sky, width: 1 },
        {
          markPoint: undefined,
          endLabel: { show: false },
        },
      ),
    ),
  ];
  if (boundaryInView) {
    series.push(line('Near-field boundary', boundary, { color: COLOUR.purple, width: 1.5, type: 'dashed' }));
  }
  const halfApertureM = polar === null ? 0 : polar.array.apertureM / 2;
  series.push({
    ...line(
      'Array',
      [
        [-Math.max(halfApertureM, sideM * 0.006), 0],
        [Math.max(halfApertureM, sideM * 0.006), 0],
      ],
      {
        color: COLOUR.ink,
        width: 6,
        cap: 'butt',
      },
    ),
    clip: false,
    z: 4,
  });
  for (const { truth, found } of markers) {
    if (truth === null || found === null) continue;
    series.push(line('Error', [truth, found], { color: COLOUR.red, width: 1.5 }, { z: 4 }));
  }
  series.push(
    {
      name: 'True position',
      type: 'scatter',
      data: markers.filter((m) => m.truth !== null).map((m) => ({ value: m.truth, name: m.ue })),
      symbol: 'circle',
      symbolSize: 13,
      silent: true,
      itemStyle: { color: 'none', borderColor: COLOUR.ink, borderWidth: 1.8, opacity: 1 },
      z: 5,
      label: {
        show: true,
        formatter: ({ name }: { name: string }) => shown(name, 24),
        position: 'right',
        distance: 7,
        color: COLOUR.ink,
        fontSize: 12,
      },
      labelLayout: { moveOverlap: 'shiftY' },
    },
    {
      name: 'Found position',
      type: 'scatter',
      data: markers.filter((m) => m.found !== null).map((m) => ({ value: m.found, name: m.ue })),
      symbol: 'diamond',
      symbolSize: 8,
      silent: true,
      itemStyle: { color: COLOUR.red, opacity: 1 },
      z: 6,
      ...(markers.every((m) => m.truth === null) && {
        label: { show: true, formatter: ({ name }: { name: string }) => shown(name, 24), position: 'right' },
      }),
    },
    ...(ringsM.length === 0
      ? []
      : [
          {
            name: 'ring labels',
            type: 'scatter',
            data: labelledRings(ringsM, (reachM * LABEL_PX) / plotHeightPx).map((ringM) => ({
              value: [0, ringM],
              name: metres(ringM),
            })),
            symbolSize: 0,
            silent: true,
            label: {
              show: true,
              formatter: ({ name }: { name: string }) => name,
              position: 'top',
              distance: 2,
              color: COLOUR.sky,
              fontSize: 11,
            },
          },
        ]),
  );
  if (lost.length > 0) {
    series.push({
      name: 'Found position',
      type: 'scatter',
      data: lost.map((m) => floorPoint(reachM * 0.97, m.angleRad)),
      symbol: 'triangle',
      symbolSize: 9,
      silent: true,
      itemStyle: { color: COLOUR.red },
    });
  }

  const inset =
    boundary === null || boundaryInView || compact
      ? null
      : nearFieldOverview(boundary, sideM, reachM, { rightPx: right, topPx: top + plotHeightPx - 118 });
  if (inset !== null) series.push(...inset.series);
  return {
    heightPx: top + plotHeightPx + 52,
    option: {
      legend: legend(names, 10, 10),
      grid: [
        { left, right, top, height: plotHeightPx, outerBoundsMode: 'none' },
        ...(inset === null ? [] : [inset.grid]),
      ],
      xAxis: [
        valueAxis({
          label: compact ? 'Along the array, y (m)' : 'Along the array, y (m); positive angles to the right',
          min: -sideM,
          max: sideM,
          labelGapPx: 30,
          splitLine: false,
          customValues: roundTicks(-sideM, sideM, 'linear', compact ? 5 : 9),
        }),
        ...(inset === null ? [] : [inset.xAxis]),
      ],
      yAxis: [
        valueAxis({
          label: 'Ahead of the array, x (m)',
          min: 0,
          max: reachM,
          labelGapPx: compact ? 30 : 36,
          splitLine: false,
          customValues: roundTicks(0, reachM, 'linear', 7),
        }),
        ...(inset === null ? [] : [inset.yAxis]),
      ],
      series,
    },
  };
}

/** Rings that can be labelled without their labels touching, from the outermost inwards. */
function labelledRings(ringsM: readonly number[], apartM: number): number[] {
  const labelled: number[] = [];
  for (const ringM of ringsM.toReversed()) {
    if (labelled.length === 0 || labelled.at(-1)! - ringM >= apartM) labelled.push(ringM);
  }
  return labelled;
}

function curve(distanceM: (angleRad: number) => number): (readonly [number, number])[] {
  return Array.from({ length: 61 }, (_, k) => {
    const angle = -SECTOR_RAD + (k / 60) * 2 * SECTOR_RAD;
    return floorPoint(distanceM(angle), angle);
  });
}
