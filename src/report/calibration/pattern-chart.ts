/** The focused beam over directions, with the table and without it. */

import type { FocusPattern } from '../../campaign/calibration/focus-pattern.js';
import { largest } from '../../core/extremes.js';
import { legend, legendHeightPx, valueAxis } from '../drawing/axis.js';
import type { Figure } from '../drawing/chart.js';
import { COLOUR } from '../drawing/colour.js';
import { line } from '../drawing/marks.js';

const DEGREES = 180 / Math.PI;
const HEIGHT_PX = 300;
const LEAST_DB = -40;
const NAMES = ['Without the table', 'With the table', 'Without errors'] as const;

export function patternChart({ angleRad, beforeDb, afterDb, perfectDb }: FocusPattern): Figure {
  const points = (levels: readonly number[]) =>
    angleRad.map((rad, k) => [rad * DEGREES, Math.max(levels[k]!, LEAST_DB)]);
  const most = (levels: readonly number[]) => largest(levels).toFixed(1);
  return {
    id: 'focused-beam',
    title: 'The beam that is focused on the UE',
    description: `Its most is ${most(beforeDb)} dB without the table and ${most(afterDb)} dB with it, against all elements in phase.`,
    draw: (widthPx) => {
      const top = legendHeightPx(NAMES, widthPx - 20) + 12;
      return {
        heightPx: top + HEIGHT_PX + 48,
        option: {
          legend: legend(NAMES, 10, 10),
          grid: { left: 62, right: 16, top, height: HEIGHT_PX, outerBoundsMode: 'none' },
          xAxis: valueAxis({
            label: 'Direction, at the distance of the UE (°)',
            min: Math.round(angleRad[0]! * DEGREES),
            max: Math.round(angleRad.at(-1)! * DEGREES),
          }),
          yAxis: valueAxis({ label: 'Power (dB)', min: LEAST_DB, max: 0, labelGapPx: 42 }),
          series: [
            line(NAMES[2], points(perfectDb), { color: COLOUR.muted, width: 1, type: 'dashed' }),
            line(NAMES[0], points(beforeDb), { color: COLOUR.orange, width: 1.2 }),
            line(NAMES[1], points(afterDb), { color: COLOUR.blue, width: 1.8 }),
          ],
        },
      };
    },
  };
}
