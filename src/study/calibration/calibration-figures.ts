/** Curves of a study of calibrations: what is left, and what it costs, over whatever its points vary in; the joint bound beside each. */
import { grouped } from '../common/grouped.js';
import type { Axis, LineFigure, Series } from '../common/result.js';
import type { CalibrationRow } from './calibration-rows.js';

interface Abscissa {
  readonly axis: Axis;
  readonly of: (row: CalibrationRow) => number;
}

const ABSCISSAE: readonly Abscissa[] = [
  { axis: { label: 'SNR (dB)', scale: 'linear' }, of: ({ snrDb }) => snrDb },
  { axis: { label: 'Receiver beside its place (m)', scale: 'linear' }, of: ({ asideM }) => asideM },
  { axis: { label: 'Elements', scale: 'log' }, of: ({ numElements }) => numElements },
  { axis: { label: 'Phase bits', scale: 'linear' }, of: ({ phaseBits }) => phaseBits },
];

interface Ordinate {
  readonly title: string;
  readonly label: string;
  readonly of: (row: CalibrationRow) => number | null;
  readonly bound: (row: CalibrationRow) => number | null;
  readonly caption: string;
}

const BOUND =
  'Dashed: the joint Cramer-Rao bound of the phases and amplitudes of all elements in the same slots.';

const ORDINATES: readonly Ordinate[] = [
  {
    title: 'Phase error left',
    label: 'Phase error left, rms (deg)',
    of: ({ residualDeg }) => residualDeg,
    bound: ({ boundDeg }) => boundDeg,
    caption: BOUND,
  },
  {
    title: 'Gain lost',
    label: 'Gain of a focused beam below a perfect one (dB)',
    of: ({ lossDb }) => lossDb,
    bound: ({ boundDeg }) => lossOf(boundDeg),
    caption: `${BOUND} Here: what phase errors of its size lose.`,
  },
  {
    title: 'Delay error left',
    label: 'Delay error left, rms (ps)',
    of: ({ delayResidualPs }) => delayResidualPs,
    bound: ({ delayBoundPs }) => delayBoundPs,
    caption: 'Dashed: what the joint bound of the phases at all subcarriers allows.',
  },
];

/** Normal errors of so many degrees rms leave exp(-sigma^2) of the power. */
function lossOf(errorDeg: number): number {
  return (10 / Math.LN10) * ((errorDeg * Math.PI) / 180) ** 2;
}

/** Over the first thing that varies; empty when nothing does. What else varies gets a figure for each value. */
export function calibrationFigures(rows: readonly CalibrationRow[]): LineFigure[] {
  const varying = ABSCISSAE.filter(({ of }) => new Set(rows.map(of)).size > 1);
  const [x, ...others] = varying;
  if (x === undefined) return [];
  const names = (['errors', 'receiver'] as const).filter(
    (key) => new Set(rows.map((row) => row[key])).size > 1,
  );
  const panelOf = (row: CalibrationRow) =>
    [...others.map(({ axis, of }) => `${axis.label} ${of(row)}`), ...names.map((key) => row[key])].join(', ');
  return [...grouped(rows, panelOf)].flatMap(([panel, ofPanel]) =>
    ORDINATES.filter(({ of }) => ofPanel.some((row) => of(row) !== null)).map(
      (ordinate): LineFigure => ({
        kind: 'lines',
        title: panel === '' ? ordinate.title : `${ordinate.title}, ${panel}`,
        caption: ordinate.caption,
        x: x.axis,
        y: { label: ordinate.label, scale: 'log' },
        series: [...grouped(ofPanel, ({ id }) => id)].flatMap(([name, ofProcedure]) => [
          { name, points: pointsOver(x, ofProcedure, ordinate.of) },
          { name: `bound of ${name}`, points: pointsOver(x, ofProcedure, ordinate.bound), reference: true },
        ]),
      }),
    ),
  );
}

function pointsOver(x: Abscissa, rows: readonly CalibrationRow[], of: Ordinate['of']): Series['points'] {
  return rows
    .flatMap((row) => {
      const y = of(row);
      // A logarithmic axis has no place for less.
      return y !== null && y > 0 ? [{ x: x.of(row), y }] : [];
    })
    .sort((a, b) => a.x - b.x);
}
