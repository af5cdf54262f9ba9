/** Curves of an accuracy study: one figure per case (and per SNR when accuracy is drawn over a place). */

import { degrees, metres } from '../common/format.js';
import type { Axis, LineFigure } from '../common/result.js';
import type { AccuracyRow } from './accuracy-rows.js';

interface Abscissa {
  readonly axis: Axis;
  /** Null where this axis does not apply to the row. */
  readonly of: (row: AccuracyRow) => number | null;
}

const ABSCISSAE: readonly Abscissa[] = [
  {
    axis: { label: 'Ring distance (m)', scale: 'linear' },
    of: ({ ringDistanceM }) => (typeof ringDistanceM === 'number' ? ringDistanceM : null),
  },
  {
    axis: { label: 'Angle (deg)', scale: 'linear' },
    of: ({ angleRad }) => (typeof angleRad === 'number' ? (angleRad * 180) / Math.PI : null),
  },
  { axis: { label: 'SNR (dB)', scale: 'linear' }, of: ({ snrDb }) => snrDb },
];

/** What a row's curve is drawn for, apart from its scheme and its place on the x axis. */
function panelOf(row: AccuracyRow, x: Abscissa): string {
  const parts = [
    row.case ?? '',
    x === ABSCISSAE[0] || row.ringDistanceM === null ? '' : `rings ${metres(row.ringDistanceM)} m`,
    x === ABSCISSAE[1] || row.angleRad === null ? '' : `angles ${degrees(row.angleRad)} deg`,
    x === ABSCISSAE[2] ? '' : row.snrDb === null ? 'no noise' : `SNR ${row.snrDb} dB`,
    `${row.numElements} elements`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** Empty when there are not two points to join. */
export function accuracyFigures(rows: readonly AccuracyRow[]): LineFigure[] {
  const x = ABSCISSAE.find(({ of }) => new Set(rows.map(of).filter((value) => value !== null)).size > 1);
  if (x === undefined) return [];
  const panels = new Map<string, AccuracyRow[]>();
  for (const row of rows) {
    const panel = panelOf(row, x);
    panels.set(panel, [...(panels.get(panel) ?? []), row]);
  }
  return [...panels].map(([panel, panelRows]) => ({
    kind: 'lines',
    title: panel,
    caption: 'Bands: 95 % intervals. Correct = the noise-free best codeword of the whole polar codebook.',
    x: x.axis,
    y: { label: 'Accuracy', scale: 'near-one' },
    series: [...new Set(panelRows.map((row) => row.scheme))].map((scheme) => ({
      name: scheme,
      points: panelRows
        .filter((row) => row.scheme === scheme && x.of(row) !== null)
        .map((row) => ({ x: x.of(row)!, y: row.accuracy, interval95: row.accuracyInterval95 }))
        .sort((a, b) => a.x - b.x),
    })),
  }));
}
