/** Curves of a tracking study: gain, sum rate and NMSE over whatever its points vary in. */
import { grouped } from '../common/grouped.js';
import type { Axis, LineFigure } from '../common/result.js';
import type { TrackingRow } from './tracking-rows.js';

const ABSCISSAE: readonly { readonly axis: Axis; readonly of: (row: TrackingRow) => number | null }[] = [
  { axis: { label: 'SNR (dB)', scale: 'linear' }, of: ({ snrDb }) => snrDb },
  { axis: { label: 'Epoch (ms)', scale: 'log' }, of: ({ epochS }) => 1e3 * epochS },
  { axis: { label: 'Speed (m/s)', scale: 'linear' }, of: ({ speedMPerS }) => speedMPerS },
  {
    axis: { label: 'Error of a sensed coordinate, rms (m)', scale: 'linear' },
    of: ({ sensorPositionM }) => sensorPositionM,
  },
  { axis: { label: 'Users served at the same time', scale: 'linear' }, of: ({ numTogether }) => numTogether },
];

interface Ordinate {
  readonly title: string;
  readonly label: string;
  readonly of: (row: TrackingRow) => number;
  readonly interval95?: (row: TrackingRow) => readonly [number, number];
}

const ORDINATES: readonly Ordinate[] = [
  {
    title: 'Gain',
    label: 'Gain against the best codeword',
    of: ({ gain }) => gain,
    interval95: ({ gainInterval95 }) => gainInterval95,
  },
  {
    title: 'Sum rate',
    label: 'Sum rate (bit/s/Hz)',
    of: ({ sumRate }) => sumRate,
    interval95: ({ sumRateInterval95 }) => sumRateInterval95,
  },
  { title: 'NMSE', label: 'NMSE of the codewords', of: ({ nmse }) => nmse },
];

/** Over the first thing that varies; empty when nothing does. What else varies gets a figure for each value. */
export function trackingFigures(rows: readonly TrackingRow[]): LineFigure[] {
  const varying = ABSCISSAE.filter(({ of }) => new Set(rows.map(of)).size > 1);
  const [x, ...others] = varying;
  if (x === undefined) return [];
  const panelOf = (row: TrackingRow) =>
    others.map(({ axis, of }) => `${axis.label} ${of(row) ?? 'none'}`).join(', ');
  return [...grouped(rows, panelOf)].flatMap(([panel, ofPanel]) =>
    ORDINATES.map(
      ({ title, label, of, interval95 }): LineFigure => ({
        kind: 'lines',
        title: panel === '' ? title : `${title}, ${panel}`,
        caption: interval95 === undefined ? '' : 'Bands: 95 % intervals over groups of users.',
        x: x.axis,
        y: { label, scale: 'linear' },
        series: [...grouped(ofPanel, ({ id }) => id)].map(([name, ofTracker]) => ({
          name,
          points: ofTracker
            .filter((row) => x.of(row) !== null)
            .map((row) => ({
              x: x.of(row)!,
              y: of(row),
              ...(interval95 && { interval95: interval95(row) }),
            }))
            .sort((a, b) => a.x - b.x),
        })),
      }),
    ),
  );
}
