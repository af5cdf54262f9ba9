/**
 * Curves of a rate study. What is neither on the x axis nor set by the scheme and its board makes a figure of its own per
 * case; curves differ in scheme, board, number of pilots and what else is swept of the board.
 */
import { largest, smallest } from '../../core/extremes.js';
import { plural } from '../../core/plural.js';
import { metres } from '../common/format.js';
import type { Axis, LineFigure, Series } from '../common/result.js';
import type { RateRow } from './rate-rows.js';

interface Abscissa {
  readonly axis: Axis;
  /** Null where this axis does not apply to the row. */
  readonly of: (row: RateRow) => number | null;
}

/** What curves differ in where it is not on the x axis. */
interface CurveAbscissa extends Abscissa {
  readonly named: (value: number) => string;
}

const PHASE_BITS: CurveAbscissa = {
  axis: { label: 'Phase bits', scale: 'linear' },
  named: (value) => plural(value, 'phase bit'),
  of: (row) => row.phaseBits,
};
const DELAY_BITS: CurveAbscissa = {
  axis: { label: 'Delay bits', scale: 'linear' },
  named: (value) => plural(value, 'delay bit'),
  of: (row) => row.delayBits,
};
const DELAY_ERROR: CurveAbscissa = {
  axis: { label: 'Delay error (ps rms)', scale: 'linear' },
  named: (value) => `${value} ps rms`,
  of: (row) => (row.hardware === null ? null : Number((1e12 * row.delayErrorS).toPrecision(6))),
};
const DISTANCE: Abscissa = {
  axis: { label: 'Distance (m)', scale: 'linear' },
  of: ({ distanceM }) => (typeof distanceM === 'number' ? distanceM : null),
};
const PILOTS: CurveAbscissa = {
  axis: { label: 'Pilots', scale: 'log' },
  named: (value) => plural(value, 'pilot'),
  of: ({ numPilots }) => numPilots,
};
const SNR: Abscissa = { axis: { label: 'SNR (dB)', scale: 'linear' }, of: ({ snrDb }) => snrDb };

const OF_BOARDS = [PHASE_BITS, DELAY_BITS, DELAY_ERROR];

/**
 * Where there are boards, each quantity of theirs that is swept has figures of its own; else there is one x axis.
 *
 * @param sectorM nearest and farthest distance that the codebooks cover; figures over distance mark them.
 * @param panels names of schemes that share figures, by the figures' name; schemes that none names are in all.
 */
export function rateFigures(
  rows: readonly RateRow[],
  sectorM: readonly [number, number],
  panels: Readonly<Record<string, readonly string[]>> = {},
): LineFigure[] {
  return panelsOf(rows, panels).map((figure) => {
    if (figure.x !== DISTANCE.axis) return figure;
    const xs = figure.series.flatMap(({ points }) => points.map(({ x }) => x));
    const edges = sectorM.filter((edgeM) => edgeM > smallest(xs) && edgeM < largest(xs));
    if (edges.length === 0) return figure;
    return { ...figure, edges, caption: `${figure.caption} Dotted: where the sector of the codebooks ends.` };
  });
}

function panelsOf(
  rows: readonly RateRow[],
  panels: Readonly<Record<string, readonly string[]>>,
): LineFigure[] {
  const named = new Set(Object.values(panels).flat());
  if (named.size === 0) return figuresOf(rows, '');
  return Object.entries(panels).flatMap(([name, ids]) =>
    figuresOf(
      rows.filter(({ id }) => ids.includes(id) || !named.has(id)),
      name,
    ),
  );
}

function figuresOf(rows: readonly RateRow[], panel: string): LineFigure[] {
  const swept = OF_BOARDS.filter((x) => sweeps(rows, x));
  if (swept.length > 0) {
    return swept.flatMap((x) =>
      figuresOver(
        rows.filter((row) => sweeps(namesakes(rows, row), x)),
        x,
        panel,
      ),
    );
  }
  const x = [DISTANCE, PILOTS, SNR].find((abscissa) => sweeps(rows, abscissa));
  return x === undefined ? [] : figuresOver(rows, x, panel);
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

function figuresOver(rows: readonly RateRow[], x: Abscissa, panel: string): LineFigure[] {
  return [...grouped(rows, (row) => titleOf(row, x, panel))].map(([title, panelRows]) => {
    const all = [...grouped(panelRows, nameOf)].flatMap(([name, curveRows]) => curvesOf(name, curveRows, x));
    const curves = x === PILOTS ? withDistantPointsAcross(all) : all;
    return {
      kind: 'lines',
      title,
      caption:
        'Mean rate of serving each user where the scheme says that it is, with an ideal beam. Bands: 95 % intervals of the mean.' +
        (panelRows.some((row) => row.boardRate !== null)
          ? ' “Served by the board”: with what the same board makes of that beam.'
          : ''),
      x: x.axis,
      y: { label: 'Rate (bit/s/Hz)', scale: 'linear' },
      series: [...curves, perfect(panelRows, x, curves)],
    };
  });
}

/** A curve per value of what is swept and not on the x axis; on boards another of what they serve with. */
function curvesOf(name: string, rows: readonly RateRow[], x: Abscissa): Series[] {
  const differing = [PILOTS, ...OF_BOARDS].filter((other) => other !== x && sweeps(rows, other));
  const suffixOf = (row: RateRow) => differing.map(({ named, of }) => `, ${named(of(row)!)}`).join('');
  return [...grouped(rows, suffixOf)].flatMap(([suffix, curveRows]) => {
    const curve = curveRows.filter((row) => x.of(row) !== null).sort((a, b) => x.of(a)! - x.of(b)!);
    const full = `${name}${suffix}`;
    const ideal: Series = {
      name: full,
      points: curve.map((row) => ({ x: x.of(row)!, y: row.meanRate, interval95: row.rateInterval95 })),
    };
    if (curve.every((row) => row.boardRate === null || row.boardRate === row.meanRate)) return [ideal];
    const board: Series = {
      name: `${full}, served by the board`,
      variantOf: full,
      points: curve.map((row) => ({ x: x.of(row)!, y: row.boardRate! })),
    };
    return [ideal, board];
  });
}

/** Of a scheme with one number of pilots, more than any curve has, a line across: the axis stays with the curves. */
function withDistantPointsAcross(all: readonly Series[]): Series[] {
  const curves = all.filter(({ points }) => points.length > 1);
  const xs = curves.flatMap(({ points }) => points.map((point) => point.x));
  const ends = [smallest(xs), largest(xs)] as const;
  return all.map((series) => {
    const { x, y } = series.points[0]!;
    if (x <= ends[1] || curves.includes(series)) return series;
    return {
      name: `${series.name}, ${PILOTS.named(x)}`,
      reference: true,
      points: ends.map((at) => ({ x: at, y })),
    };
  });
}

function perfect(rows: readonly RateRow[], x: Abscissa, curves: readonly Series[]): Series {
  const rates = new Map(rows.map((row) => [x.of(row)!, row.perfectRate]));
  const xs = new Set(curves.flatMap(({ points }) => points.map((point) => point.x)));
  return {
    name: 'perfect CSI',
    reference: true,
    points: [...xs].sort((a, b) => a - b).map((at) => ({ x: at, y: rates.get(at)! })),
  };
}

function titleOf(row: RateRow, x: Abscissa, panel: string): string {
  const parts = [
    panel,
    OF_BOARDS.some((of) => of === x) ? x.axis.label : '',
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
