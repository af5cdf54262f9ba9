/** Where the users of a planar array are and where they were found, as directions in its own frame. */
import { legend, legendHeightPx, roundTicks, valueAxis } from '../../drawing/axis.js';
import type { Figure } from '../../drawing/chart.js';
import { plural } from '../../drawing/number-format.js';
import { type UserMark, userLabels, userMarkNames, userMarks } from '../../drawing/user-marks.js';
import { isMany } from '../many-users.js';
import type { RunData } from '../run-data.js';
import { foundDirection, trueSeen } from './planar-run.js';

const DEG = Math.PI / 180;
/** Beyond the outermost mark, degrees. */
const MARGIN = 5;

/** Null for linear arrays, and when there is no direction to draw. */
export function directionsChart(run: RunData): Figure | null {
  const array = run.facts.planar?.array;
  if (array === undefined) return null;
  const marks = run.users.map((user): UserMark => {
    const estimate = run.estimates.get(user.ue);
    const truth = trueSeen(array, user);
    const found = estimate === undefined ? null : foundDirection(estimate);
    return {
      ue: user.ue,
      truth: truth && [truth.azimuthRad / DEG, truth.elevationRad / DEG],
      found: found && [found.azimuthRad / DEG, found.elevationRad / DEG],
    };
  });
  const drawn = marks.filter(({ truth, found }) => truth !== null || found !== null);
  if (drawn.length === 0) return null;
  return {
    id: 'directions',
    title: 'Directions of the users as the array sees them',
    description: `Azimuth and elevation of ${plural(drawn.length, 'user')}; where both are known, the true and the found direction are joined by a line.`,
    draw: (widthPx) => draw(drawn, isMany(run), widthPx),
  };
}

function draw(marks: readonly UserMark[], many: boolean, widthPx: number) {
  const points = marks.flatMap(({ truth, found }) => [truth, found].filter((point) => point !== null));
  const range = (axis: 0 | 1): readonly [number, number] => {
    const values = points.map((point) => point[axis]);
    const low = values.reduce((a, b) => Math.min(a, b)) - MARGIN;
    const high = values.reduce((a, b) => Math.max(a, b)) + MARGIN;
    return [Math.max(-90, Math.floor(low)), Math.min(90, Math.ceil(high))];
  };
  const compact = widthPx < 500;
  const leftPx = 58;
  const rightPx = compact ? 12 : 20;
  const plotPx = widthPx - leftPx - rightPx;
  const heightPx = compact ? 220 : 300;
  const area = { widthPx: plotPx, heightPx, xRange: range(0), yRange: range(1) };
  const names = userMarkNames(marks);
  const top = legendHeightPx(names, widthPx - 20) + 14;
  const axis = (label: string, [min, max]: readonly [number, number], numTicks: number) =>
    valueAxis({
      label,
      min,
      max,
      labelGapPx: 36,
      splitLine: false,
      customValues: roundTicks(min, max, 'linear', numTicks),
    });
  return {
    heightPx: top + heightPx + 52,
    option: {
      legend: legend(names, 10, 10),
      grid: [{ left: leftPx, right: rightPx, top, height: heightPx, outerBoundsMode: 'none' }],
      xAxis: [axis('Azimuth (°)', area.xRange, compact ? 5 : 9)],
      yAxis: [axis('Elevation (°)', area.yRange, 7)],
      series: [...userMarks(marks), ...(many ? [] : [userLabels(marks, area, compact ? 14 : 24)])],
    },
  };
}

export const DIRECTIONS_CAPTION =
  'Azimuth and elevation in the array’s own frame: from its broadside, tilt and boresight taken off. Rings: true directions; diamonds: found directions, ' +
  'joined by a line.';
