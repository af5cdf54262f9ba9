/** Curves of a rate study: one figure per case of what is not on the x axis. */
import { metres } from './format.js';
import type { RateRow } from './rate-rows.js';
import type { Axis, LineFigure, Series } from './result.js';

interface Abscissa {
  readonly axis: Axis;
  /** Null where this axis does not apply to the row. */
  readonly of: (row: RateRow) => number | null;
}

const ABSCISSAE = {
  distance: {
    axis: { label: 'Distance (m)', scale: 'linear' },
    of: ({ distanceM }) => (typeof distanceM === 'number' ? distanceM : null),
  },
  pilots: { axis: { label: 'Pilots', scale: 'log' }, of: ({ numPilots }) => numPilots },
  snr: { axis: { label: 'SNR (dB)', scale: 'linear' }, of: ({ snrDb }) => snrDb },
} as const satisfies Record<string, Abscissa>;

/** Empty when there are not two points to join. */
export function rateFigures(rows: readonly RateRow[]): LineFigure[] {
  const x = abscissaOf(rows);
  if (x === null) return [];
  const panels = new Map<string, RateRow[]>();
  for (const row of rows) {
    const panel = panelOf(row, x);
    panels.set(panel, [...(panels.get(panel) ?? []), row]);
  }
  return [...panels].map(([panel, panelRows]) => ({
    kind: 'lines',
    title: panel,
    caption:
      'Mean rate of serving each user where the scheme says that it is. Bands: 95 % intervals of the mean.',
    x: x.axis,
    y: { label: 'Rate (bit/s/Hz)', scale: 'linear' },
    series: [...new Set(panelRows.map(({ id }) => id)).values()]
      .flatMap((id) =>
        curvesOf(
          id,
          panelRows.filter((row) => row.id === id),
          x,
        ),
      )
      .concat(perfect(panelRows, x)),
  }));
}

/** Distance where there are several, else pilots where a scheme is tried with several numbers of them, else SNR. */
function abscissaOf(rows: readonly RateRow[]): Abscissa | null {
  const { distance, pilots, snr } = ABSCISSAE;
  const several = (values: readonly (number | null)[]) =>
    new Set(values.filter((value) => value !== null)).size > 1;
  if (several(rows.map(distance.of))) return distance;
  const sweepsPilots = [...new Set(rows.map(({ id }) => id))].some((id) =>
    several(rows.filter((row) => row.id === id).map(pilots.of)),
  );
  if (sweepsPilots) return pilots;
  return several(rows.map(snr.of)) ? snr : null;
}

/** A curve per scheme, or per number of pilots of it where pilots are not on the x axis. */
function curvesOf(id: string, rows: readonly RateRow[], x: Abscissa): Series[] {
  const counts = x === ABSCISSAE.pilots ? [null] : [...new Set(rows.map(({ numPilots }) => numPilots))];
  return counts.map((count) => ({
    name: counts.length === 1 ? id : `${id}, ${count} pilots`,
    points: rows
      .filter((row) => count === null || row.numPilots === count)
      .map((row) => ({ x: x.of(row)!, y: row.meanRate, interval95: row.rateInterval95 }))
      .sort((a, b) => a.x - b.x),
  }));
}

function perfect(rows: readonly RateRow[], x: Abscissa): Series {
  const rates = new Map(rows.map((row) => [x.of(row)!, row.perfectRate]));
  return {
    name: 'perfect CSI',
    reference: true,
    points: [...rates].sort(([a], [b]) => a - b).map(([at, y]) => ({ x: at, y })),
  };
}

function panelOf(row: RateRow, x: Abscissa): string {
  const parts = [
    x === ABSCISSAE.distance ? '' : `${metres(row.distanceM)} m`,
    x === ABSCISSAE.snr ? '' : `SNR ${row.snrDb} dB`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}
