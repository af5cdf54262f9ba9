/** Curves of a rate study: one figure per case of what is neither on the x axis nor a curve. */
import { metres } from './format.js';
import type { RateRow } from './rate-rows.js';
import type { Axis, LineFigure, Series } from './result.js';

interface Abscissa {
  readonly axis: Axis;
  /** Null where this axis does not apply to the row. */
  readonly of: (row: RateRow) => number | null;
}

const PHASE_BITS: Abscissa = {
  axis: { label: 'Phase bits', scale: 'linear' },
  of: (row) => row.phaseBits,
};
const DELAY_BITS: Abscissa = {
  axis: { label: 'Delay bits', scale: 'linear' },
  of: (row) => row.delayBits,
};
const DELAY_ERROR: Abscissa = {
  axis: { label: 'Delay error (ps rms)', scale: 'linear' },
  of: (row) => (row.hardware === null ? null : Number((1e12 * row.delayErrorS).toPrecision(6))),
};
const DISTANCE: Abscissa = {
  axis: { label: 'Distance (m)', scale: 'linear' },
  of: ({ distanceM }) => (typeof distanceM === 'number' ? distanceM : null),
};
const PILOTS: Abscissa = { axis: { label: 'Pilots', scale: 'log' }, of: ({ numPilots }) => numPilots };
const SNR: Abscissa = { axis: { label: 'SNR (dB)', scale: 'linear' }, of: ({ snrDb }) => snrDb };

/** Where there are boards, each quantity of theirs that is swept has figures of its own; else there is one x axis. */
export function rateFigures(rows: readonly RateRow[]): LineFigure[] {
  const swept = [PHASE_BITS, DELAY_BITS, DELAY_ERROR].filter((x) => sweeps(rows, x));
  if (swept.length > 0) {
    return swept.flatMap((x) =>
      figuresOver(
        rows.filter((row) => sweeps(namesakes(rows, row), x)),
        x,
      ),
    );
  }
  const x = [DISTANCE, PILOTS, SNR].find((abscissa) => sweeps(rows, abscissa));
  return x === undefined ? [] : figuresOver(rows, x);
}

/** Whether some curve has more than one point over the axis. */
function sweeps(rows: readonly RateRow[], { of }: Abscissa): boolean {
  const values = new Map<string, Set<number>>();
  for (const row of rows) {
    const value = of(row);
    if (value === null) continue;
    const name = nameOf(row);
    values.set(name, (values.get(name) ?? new Set()).add(value));
  }
  return [...values.values()].some((set) => set.size > 1);
}

function namesakes(rows: readonly RateRow[], row: RateRow): RateRow[] {
  return rows.filter((other) => nameOf(other) === nameOf(row));
}

function nameOf({ id, hardware }: RateRow): string {
  return hardware === null ? id : `${id}, ${hardware}`;
}

function figuresOver(rows: readonly RateRow[], x: Abscissa): LineFigure[] {
  return [...grouped(rows, (row) => panelOf(row, x))].map(([title, panelRows]) => ({
    kind: 'lines',
    title,
    caption:
      'Mean rate of serving each user where the scheme says that it is, with an ideal beam. Bands: 95 % intervals of the mean.' +
      (panelRows.some((row) => row.boardRate !== null)
        ? ' “Served by the board”: with what the same board makes of that beam.'
        : ''),
    x: x.axis,
    y: { label: 'Rate (bit/s/Hz)', scale: 'linear' },
    series: [...grouped(panelRows, nameOf)]
      .flatMap(([name, curveRows]) => curvesOf(name, curveRows, x))
      .concat(perfect(panelRows, x)),
  }));
}

/** A curve per number of pilots where pilots are not on the x axis; on boards another of what they serve with. */
function curvesOf(name: string, rows: readonly RateRow[], x: Abscissa): Series[] {
  const counts = x === PILOTS ? [null] : [...new Set(rows.map(({ numPilots }) => numPilots))];
  return counts.flatMap((count) => {
    const curve = rows
      .filter((row) => (count === null || row.numPilots === count) && x.of(row) !== null)
      .sort((a, b) => x.of(a)! - x.of(b)!);
    const full = counts.length === 1 ? name : `${name}, ${count} pilots`;
    const ideal: Series = {
      name: full,
      points: curve.map((row) => ({ x: x.of(row)!, y: row.meanRate, interval95: row.rateInterval95 })),
    };
    if (curve.every((row) => row.boardRate === null || row.boardRate === row.meanRate)) return [ideal];
    const board: Series = {
      name: `${full}, served by the board`,
      points: curve.map((row) => ({ x: x.of(row)!, y: row.boardRate! })),
    };
    return [ideal, board];
  });
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
    x === PHASE_BITS || x === DELAY_BITS || x === DELAY_ERROR ? x.axis.label : '',
    x === DISTANCE ? '' : `users at ${metres(row.distanceM)} m`,
    x === SNR ? '' : `SNR ${row.snrDb} dB`,
  ];
  const title = parts.filter((part) => part !== '').join(', ');
  return title.charAt(0).toUpperCase() + title.slice(1);
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
