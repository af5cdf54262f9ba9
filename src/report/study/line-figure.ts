/** Curves of a study with their 95 % intervals. */
import { largest, smallest } from '../../core/extremes.js';
import type { Axis, LineFigure, Series } from '../../study/common/result.js';
import { schemeTitle } from '../../training/scheme-label.js';
import {
  axisEnds,
  legend,
  legendHeightPx,
  roundTicks,
  tickText,
  valueAxis,
  withEnds,
} from '../drawing/axis.js';
import type { Figure } from '../drawing/chart.js';
import { COLOUR, coloursOf } from '../drawing/colour.js';
import { fixed, typographic } from '../drawing/number-format.js';
import { shown } from '../page/html.js';
import { axisKind } from './study-axis.js';

/** Above this many points, curves carry no markers. */
const MOST_MARKERS = 40;
/** Lines of the variants of one scheme, in their order. */
const STROKES = ['solid', [2, 3], [9, 4], [9, 3, 2, 3], [14, 3, 2, 3, 2, 3]] as const;
/** Curves as near as this share of the axis hide each other. */
const HIDING = 0.006;
const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond', 'roundRect'];

export function lineFigure(figure: LineFigure, id: string): Figure {
  const names = figure.series.map((series) => typographic(schemeTitle(series.name)));
  return {
    id,
    title: typographic(schemeTitle(figure.title)),
    description:
      `${figure.y.label} over ${figure.x.label}, ${names.length} curves: ${names.map((name) => shown(name, 60)).join(', ')}. ` +
      figure.caption,
    draw: (widthPx) => draw(figure, widthPx),
  };
}

/** y as it is drawn. `near-one` spreads what is close to 1, as the paper's figures do. */
function drawn(value: number, scale: Axis['scale']): number {
  return scale === 'near-one' ? 1 - (1 - Math.min(1, value)) ** 0.6 : value;
}

function draw(figure: LineFigure, widthPx: number) {
  const compact = widthPx < 500;
  const names = figure.series.map((series) => typographic(schemeTitle(series.name)));
  const bases = figure.series.map(({ name, variantOf }) => variantOf ?? name);
  const distinct = [...new Set(bases)];
  const palette = coloursOf(distinct);
  const colours = bases.map((base) => palette[distinct.indexOf(base)]!);
  /** Variants of one scheme share its colour; their lines differ. */
  const stroke = (k: number) =>
    figure.series[k]!.reference === true
      ? 'dashed'
      : STROKES[colours.slice(0, k).filter((c) => c === colours[k]).length % STROKES.length]!;
  const marked = ({ reference, points }: Series) =>
    reference !== true && figure.plane !== true && points.length <= MOST_MARKERS;
  const left = compact ? 74 : 80;
  const right = 18;
  const top = legendHeightPx(names, widthPx - 20) + 12;
  const plotHeightPx = compact ? 230 : 340;
  const y = (value: number) => drawn(value, figure.y.scale);
  const band = figure.series.map((series, k) => intervalBand(series, y, colours[k]!));
  const hiders = figure.plane === true ? figure.series.map(() => 0) : numHiding(figure, y);
  const xs = figure.series.flatMap((series) => series.points.map((point) => point.x));
  const [low, high] = axisEnds(xs, axisKind(figure.x));
  return {
    heightPx: top + plotHeightPx + 50,
    option: {
      legend: {
        ...legend(names, 10, 10),
        // As the curves: without a marker where they have none.
        data: names.map((name, k) => ({
          name,
          lineStyle: { color: colours[k]!, width: 2, type: stroke(k) },
          ...(!marked(figure.series[k]!) && { itemStyle: { opacity: 0 } }),
        })),
      },
      grid: { left, right, top, height: plotHeightPx, outerBoundsMode: 'none' },
      xAxis: valueAxis({
        label: figure.x.label,
        scale: figure.x.scale === 'log' ? 'log' : 'linear',
        ...(xs.length > 0 && { min: low, max: high }),
        labelGapPx: 28,
        splitLine: false,
        ...(xs.length > 0 && { customValues: ticksOf(xs, figure, compact) }),
      }),
      yAxis: yAxis(figure, compact),
      series: [
        ...band.flat(),
        ...edgeLines(figure.edges ?? []),
        ...figure.series.map((series, k) => ({
          name: names[k]!,
          type: 'line' as const,
          data: series.points.map((point) => [point.x, y(point.y)]),
          symbol: series.reference === true ? 'none' : SYMBOLS[distinct.indexOf(bases[k]!) % SYMBOLS.length]!,
          symbolSize: (compact ? 5 : 7) + 2 * hiders[k]!,
          showSymbol: marked(series),
          showAllSymbol: true,
          silent: true,
          z: 3,
          lineStyle: {
            color: colours[k]!,
            width: series.reference === true ? 1.4 : 2 + 2 * hiders[k]!,
            type: stroke(k),
          },
          itemStyle: { color: colours[k]! },
        })),
      ],
    },
  };
}

/** Ticks at the points themselves where they are few: they are what was measured. Else round numbers. */
function ticksOf(xs: readonly number[], { x: axis, plane }: LineFigure, compact: boolean): number[] {
  const distinct = [...new Set(xs)].sort((a, b) => a - b);
  if (plane !== true && distinct.length <= (compact ? 7 : 12)) return distinct;
  const kind = axisKind(axis);
  const [low, high] = axisEnds(distinct, kind);
  return withEnds(roundTicks(low, high, kind, compact ? 5 : 9), low, high, kind);
}

/** How many later curves lie on each, four at most: it is drawn that much wider, so that it shows on both sides of them. */
function numHiding(figure: LineFigure, y: (value: number) => number): number[] {
  const drawnYs = figure.series.flatMap(({ points }) => points.map((point) => y(point.y)));
  const near = HIDING * (largest(drawnYs) - smallest(drawnYs));
  const maps = figure.series.map(({ points }) => new Map(points.map((point) => [point.x, y(point.y)])));
  return maps.map((own, k) => {
    const hiding = maps.slice(k + 1).filter((other) => {
      const hidden = [...own].filter(([x, value]) => Math.abs((other.get(x) ?? Infinity) - value) <= near);
      return hidden.length > own.size / 3;
    });
    return own.size > MOST_MARKERS ? 0 : Math.min(4, hiding.length);
  });
}

function yAxis(figure: LineFigure, compact: boolean) {
  const base = { label: figure.y.label, labelGapPx: compact ? 34 : 44 };
  if (figure.y.scale !== 'near-one') {
    return valueAxis({ ...base, scale: figure.y.scale === 'log' ? 'log' : 'linear' });
  }
  const lowest = Math.min(
    1,
    ...figure.series.flatMap((series) => series.points.map((p) => p.interval95?.[0] ?? p.y)),
  );
  const ticks = [0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1];
  const first = ticks.findLast((tick) => tick <= lowest) ?? 0;
  const shownTicks = ticks.filter((tick) => tick >= first);
  const accuracyOf = new Map(shownTicks.map((tick) => [drawn(tick, 'near-one'), tick]));
  return {
    ...valueAxis({
      ...base,
      min: drawn(first, 'near-one'),
      max: 1,
      customValues: [...accuracyOf.keys()],
      formatTick: (value) => {
        const accuracy = accuracyOf.get(value);
        return accuracy === undefined ? fixed(1 - (1 - value) ** (1 / 0.6), 2) : tickText(accuracy);
      },
    }),
  };
}

/** Behind the curves, over the whole height. */
function edgeLines(edges: readonly number[]): object[] {
  if (edges.length === 0) return [];
  return [
    {
      type: 'line' as const,
      silent: true,
      data: [],
      z: 1,
      markLine: {
        silent: true,
        symbol: 'none',
        animation: false,
        label: { show: false },
        lineStyle: { color: COLOUR.muted, width: 1, type: [1, 3] },
        data: edges.map((x) => ({ xAxis: x })),
      },
    },
  ];
}

/** A band between the bounds as one closed shape, so that it needs no stacking. */
function intervalBand(series: Series, y: (value: number) => number, colour: string): object[] {
  const points = series.points.filter((point) => point.interval95 !== undefined);
  if (points.length === 0) return [];
  const low = points.map((point) => [point.x, y(point.interval95![0])] as const);
  const high = points.map((point) => [point.x, y(point.interval95![1])] as const);
  if (points.length < 2) return [];
  return [
    {
      type: 'custom' as const,
      silent: true,
      clip: true,
      z: 1,
      data: [[points[0]!.x, low[0]![1]]],
      renderItem: (_params: unknown, api: { coord(point: readonly [number, number]): number[] }) => ({
        type: 'polygon' as const,
        shape: { points: [...low, ...high.toReversed()].map((point) => api.coord(point)) },
        style: { fill: colour, opacity: 0.18 },
      }),
    },
  ];
}
