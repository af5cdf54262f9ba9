/** Where the users are and where they were found: the laboratory's floor seen from above, in metres. */

import { nearFieldBoundaryM } from '../../array/near-field.js';
import type { PlanarArray } from '../../array/planar-array.js';
import { largest } from '../../core/extremes.js';
import { legend, legendHeightPx, roundTicks, valueAxis } from '../drawing/axis.js';
import type { Figure } from '../drawing/chart.js';
import { COLOUR } from '../drawing/colour.js';
import { colourMap } from '../drawing/colour-map.js';
import { colourBar } from '../drawing/heat-image.js';
import { line, type Point, scatter } from '../drawing/marks.js';
import { fixed, plural } from '../drawing/number-format.js';
import { userLabels, userMarkNames } from '../drawing/user-marks.js';
import { errorHalfWidths, isMany } from './many-users.js';
import { nearFieldOverview } from './near-field-overview.js';
import {
  arrayLine,
  floorPoint,
  type Marker,
  markSeries,
  type Plan,
  placeRingLabels,
  ringLabels,
} from './plan-series.js';
import { angleFromAbove, foundDirection, fromAbove } from './planar/planar-run.js';
import { isWideband, type RunData } from './run-data.js';

const ASTRAY = 'Not found or far off';
/** Of the map of many users. */
const CELL_PX = 16;
/** Of the polar codebook; schemes of the whole band have a sector of their own. */
const POLAR_SECTOR_RAD = Math.PI / 3;

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
      `Plan of the floor with the array at the bottom and its sector of plus and minus ` +
      `${fixed((sectorOf(run).maxAngleRad * 180) / Math.PI, 0)} degrees. ` +
      `${plural(drawn.length, 'user')}; for ${numBoth} both the true and the found place are known and joined by a line.`,
    draw: (widthPx) => draw(run, drawn, widthPx),
  };
}

function markersOf(run: RunData): Marker[] {
  const { planar } = run.facts;
  return run.users.map((user) => {
    if (planar !== null) return planarMarker(run, planar.array, user);
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

/** What a planar array found is a direction: it stands at the edge, where the array looks being ahead. */
function planarMarker(run: RunData, array: PlanarArray, user: RunData['users'][number]): Marker {
  const estimate = run.estimates.get(user.ue);
  const { xM, yM } = user;
  return {
    ue: user.ue,
    truth: xM === null || yM === null ? null : fromAbove(array, xM, yM),
    found: null,
    foundAtInfinity: estimate !== undefined,
    angleRad: estimate === undefined ? 0 : angleFromAbove(array, foundDirection(estimate)),
  };
}

function draw(run: RunData, markers: readonly Marker[], widthPx: number) {
  const compact = widthPx < 500;
  const plan = layOut(markers, widthPx);
  const { sideM, reachM } = plan;
  const { polar, planar } = run.facts;
  const { maxAngleRad, distanceM } = sectorOf(run);
  const curve = (distanceAtM: (angleRad: number) => number) => curveWithin(maxAngleRad, distanceAtM);
  // Schemes of the whole band do not use the polar codebook.
  const ringsM =
    polar === null || isWideband(run)
      ? []
      : [...polar.ringDistancesM].filter((ring) => ring <= 1.02 * reachM);
  const boundary = polar === null ? null : curve((angle) => nearFieldBoundaryM(polar.array, angle, 'exact'));
  const boundaryInView = boundary?.some(([across, ahead]) => ahead <= reachM && Math.abs(across) <= sideM);
  const names = [
    ...(!isMany(run)
      ? userMarkNames(markers)
      : run.users.some((user) => isAstray(run, user))
        ? [ASTRAY]
        : []),
    ...(ringsM.length > 0 ? ['Polar rings'] : []),
    ...(boundaryInView ? ['Near-field boundary'] : []),
  ];
  const top = legendHeightPx(names, widthPx - 20) + 14;
  const inset =
    boundary === null || boundaryInView || compact
      ? null
      : nearFieldOverview(boundary, sideM, reachM, {
          rightPx: plan.rightPx,
          topPx: top + plan.heightPx - 118,
        });
  const many = isMany(run) ? densityOf(run, markers, plan) : null;
  const rings = placeRingLabels(ringsM, many === null ? markers : [], plan);
  const grey = { color: COLOUR.muted, width: 1 };
  return {
    heightPx: top + plan.heightPx + 52 + (many === null ? 0 : 34),
    option: {
      legend: legend(names, 10, 10),
      grid: [
        { left: plan.leftPx, right: plan.rightPx, top, height: plan.heightPx, outerBoundsMode: 'none' },
        ...(inset === null ? [] : [inset.grid]),
      ],
      xAxis: [
        valueAxis({
          label: compact ? 'Along the array, y (m)' : 'Along the array, y (m); positive angles to the right',
          min: -sideM,
          max: sideM,
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
          labelGapPx: 36,
          splitLine: false,
          customValues: roundTicks(0, reachM, 'linear', 7),
        }),
        ...(inset === null ? [] : [inset.yAxis]),
      ],
      ...(many !== null && {
        graphic: colourBar(
          { leftPx: plan.leftPx, topPx: top + plan.heightPx + 52, widthPx: Math.min(300, plan.widthPx) },
          '1',
          'Users in a cell',
          String(many.most),
        ),
      }),
      series: [
        ...(many === null ? [] : [many.cells]),
        line(
          'Sector',
          [floorPoint(reachM * 1.2, -maxAngleRad), [0, 0], floorPoint(reachM * 1.2, maxAngleRad)],
          grey,
        ),
        ...distanceM.map((endM) =>
          line(
            'Sector',
            curve(() => endM),
            grey,
          ),
        ),
        ...ringsM.map((ringM) =>
          line(
            'Polar rings',
            curve((angle) => ringM * Math.cos(angle) ** 2),
            { color: COLOUR.sky, width: 1 },
          ),
        ),
        ...(boundaryInView
          ? [line('Near-field boundary', boundary, { color: COLOUR.purple, width: 1.5, type: 'dashed' })]
          : []),
        arrayLine(((polar ?? planar)?.array.spanM[0] ?? 0) / 2, sideM),
        ringLabels(rings),
        ...(many === null
          ? [
              ...markSeries(markers, reachM),
              userLabels(
                markers,
                plan,
                compact ? 14 : 24,
                rings.map(({ box }) => box),
              ),
            ]
          : [many.astray]),
        ...(inset === null ? [] : inset.series),
      ],
    },
  };
}

function isAstray(run: RunData, user: RunData['users'][number]): boolean {
  const errors = errorHalfWidths(run, user);
  return !run.estimates.has(user.ue) || (errors !== null && largest(errors) > 1);
}

/** Cells of the floor by how many users are in them, and the users that were not found, or far off. */
function densityOf(run: RunData, markers: readonly Marker[], { sideM, widthPx }: Plan) {
  const cellM = (2 * sideM * CELL_PX) / widthPx;
  const counts = new Map<string, { readonly at: Point; count: number }>();
  for (const { truth, found } of markers) {
    const at = truth ?? found;
    if (at === null) continue;
    const cell = [Math.floor(at[0] / cellM), Math.floor(at[1] / cellM)] as const;
    const known = counts.get(cell.join('/'));
    if (known !== undefined) known.count++;
    else counts.set(cell.join('/'), { at: [(cell[0] + 0.5) * cellM, (cell[1] + 0.5) * cellM], count: 1 });
  }
  const most = [...counts.values()].reduce((max, { count }) => Math.max(max, count), 1);
  const map = colourMap(most + 1);
  const far = run.users.flatMap((user) => {
    const astray = isAstray(run, user);
    const at = markers.find(({ ue }) => ue === user.ue)?.truth ?? null;
    return astray && at !== null ? [at] : [];
  });
  const cells = {
    type: 'scatter' as const,
    symbol: 'rect',
    symbolSize: CELL_PX - 1,
    silent: true,
    data: [...counts.values()].map(({ at, count }) => ({
      value: at,
      itemStyle: { color: `rgb(${map[count]!.join(',')})`, opacity: 1 },
    })),
  };
  return {
    most,
    cells,
    astray: scatter(ASTRAY, far, 'circle', 9, {
      color: 'none',
      borderColor: COLOUR.red,
      borderWidth: 2,
    }),
  };
}

/** One scale for both axes: wide enough for everybody, and not taller than a screen. */
function layOut(markers: readonly Marker[], figurePx: number): Plan {
  const compact = figurePx < 500;
  const points = markers.flatMap((m) => [m.truth, m.found].filter((point) => point !== null));
  const reachM = 1.1 * Math.max(0.1, largest(points.map(([across, ahead]) => Math.hypot(across, ahead))));
  const leftPx = 58;
  const rightPx = compact ? 12 : 20;
  const widthPx = figurePx - leftPx - rightPx;
  const neededM = Math.max(
    0.45 * reachM,
    1.25 * Math.max(0, largest(points.map(([across]) => Math.abs(across)))),
  );
  const sideM = Math.max(neededM, (reachM * widthPx) / (2 * (compact ? 330 : 500)));
  return {
    leftPx,
    rightPx,
    widthPx,
    heightPx: Math.round((widthPx * reachM) / (2 * sideM)),
    sideM,
    reachM,
    xRange: [-sideM, sideM],
    yRange: [0, reachM],
  };
}

/** Where the pilots of the scheme look; `distanceM` is empty where they look at all distances. */
export function sectorOf(run: RunData): {
  readonly maxAngleRad: number;
  readonly distanceM: readonly number[];
} {
  const { sector } = run.facts;
  return isWideband(run) && sector !== null ? sector : { maxAngleRad: POLAR_SECTOR_RAD, distanceM: [] };
}

function curveWithin(maxAngleRad: number, distanceM: (angleRad: number) => number): Point[] {
  return Array.from({ length: 61 }, (_, k) => {
    const angle = (k / 30 - 1) * maxAngleRad;
    return floorPoint(distanceM(angle), angle);
  });
}
