/** What was found of each element, with its interval. */
import type { CalibrationTable } from '../../../calibration/calibration-table.js';
import { legend, legendHeightPx, valueAxis } from '../drawing/axis.js';
import type { Figure } from '../drawing/chart.js';
import { COLOUR } from '../drawing/colour.js';
import { line, type Point, scatter } from '../drawing/marks.js';

const DEGREES = 180 / Math.PI;
const HEIGHT_PX = 240;
const NAMES = ['Found', '95 % interval', 'Does not follow'] as const;

interface ElementValues {
  readonly id: string;
  readonly title: string;
  readonly label: string;
  /** Of elements that follow: value, least and most; shape [numElements], null for the others. */
  readonly values: readonly (readonly [number, number, number] | null)[];
}

export function phaseChart(table: CalibrationTable): Figure {
  const { phaseErrorRad, phaseIntervalRad } = table;
  return elementChart({
    id: 'element-phases',
    title: 'Phase error of every element',
    label: 'Phase error (°)',
    values: ofFollowing(table, (n) => {
      const value = phaseErrorRad[n]! * DEGREES;
      const interval = (phaseIntervalRad?.[n] ?? 0) * DEGREES;
      return [value, value - interval, value + interval];
    }),
  });
}

/** Null for a table that says nothing of amplitudes. */
export function gainChart(table: CalibrationTable): Figure | null {
  const { gain, gainInterval } = table;
  if (gain === null) return null;
  const dB = (ratio: number) => 20 * Math.log10(Math.max(ratio, 1e-2));
  return elementChart({
    id: 'element-gains',
    title: 'Amplitude of every element',
    label: 'Against the mean power (dB)',
    values: ofFollowing(table, (n) => {
      const interval = gainInterval?.[n] ?? 0;
      return [dB(gain[n]!), dB(gain[n]! - interval), dB(gain[n]! + interval)];
    }),
  });
}

function ofFollowing(
  { dead, stuck, phaseErrorRad }: CalibrationTable,
  of: (n: number) => readonly [number, number, number],
) {
  const silent = new Set([...dead, ...stuck]);
  return Array.from(phaseErrorRad, (_, n) => (silent.has(n) ? null : of(n)));
}

function elementChart({ id, title, label, values }: ElementValues): Figure {
  const told = values.flatMap((value) => (value === null ? [] : [value]));
  const silent = values.flatMap((value, n) => (value === null ? [n + 1] : []));
  const most = told.reduce((a, [value]) => Math.max(a, Math.abs(value)), 0);
  return {
    id,
    title,
    description:
      `${label} of ${values.length} elements, up to ${most.toFixed(1)} either way. ` +
      (silent.length === 0 ? 'All follow.' : `Elements ${silent.join(', ')} do not follow.`),
    draw: (widthPx) => {
      const names = NAMES.slice(0, silent.length === 0 ? 2 : 3);
      const top = legendHeightPx(names, widthPx - 20) + 12;
      const found: Point[] = values.flatMap((value, n) =>
        value === null ? [] : [[n + 1, value[0]] as Point],
      );
      const intervals = values.flatMap((value, n) =>
        value === null
          ? []
          : [
              [n + 1, value[1]],
              [n + 1, value[2]],
              [null, null],
            ],
      );
      return {
        heightPx: top + HEIGHT_PX + 48,
        option: {
          legend: legend(names, 10, 10),
          grid: { left: 62, right: 16, top, height: HEIGHT_PX, outerBoundsMode: 'none' },
          xAxis: valueAxis({ label: 'Element', min: 1, max: values.length }),
          yAxis: valueAxis({ label, labelGapPx: 42 }),
          series: [
            line(NAMES[1], intervals, { color: COLOUR.orange, width: 1.2 }),
            scatter(NAMES[0], found, 'circle', values.length > 200 ? 3 : 5, { color: COLOUR.blue }),
            scatter(
              NAMES[2],
              silent.map((element) => [element, 0] as const),
              'diamond',
              9,
              { color: COLOUR.red },
            ),
          ],
        },
      };
    },
  };
}
