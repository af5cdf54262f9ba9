/** Values on a grid with lines over them: beam patterns of a study. */
import type { Axis, HeatFigure } from '../../study/common/result.js';
import { axisEnds, legend, legendHeightPx, roundTicks, valueAxis, withEnds } from '../drawing/axis.js';
import type { Figure } from '../drawing/chart.js';
import { colourBar, heatImage, imageSeries } from '../drawing/heat-image.js';
import { significant, typographic } from '../drawing/number-format.js';
import { shown } from '../page/html.js';
import { axisKind, formatTickOf, tickLines } from './study-axis.js';

/** A value that is drawn out of a wide spread of decibels: below this share of the cells everything is one colour. */
const DARKEST_QUANTILE = 0.02;

export function heatFigure(figure: HeatFigure, id: string): Figure {
  return {
    id,
    title: typographic(figure.title),
    description: `${figure.valueLabel} as colours over ${figure.x.label} and ${figure.y.label}. ${figure.caption}`,
    draw: (widthPx) => draw(figure, widthPx),
  };
}

/** The grid as a picture and what its ends stand for. */
function picture(figure: HeatFigure) {
  const { xs, ys, values } = figure;
  const cells = Float64Array.from(values.flatMap((row) => row.map((value) => value ?? Number.NaN)));
  const sorted = cells.filter((value) => Number.isFinite(value)).sort();
  const lowest = sorted[Math.floor(sorted.length * DARKEST_QUANTILE)] ?? 0;
  const highest = sorted.at(-1) ?? 1;
  const range =
    figure.range === undefined
      ? { low: lowest, high: highest > lowest ? highest : lowest + 1 }
      : { low: figure.range[0], high: figure.range[1] };
  return {
    image: heatImage({ numColumns: xs.length, numRows: ys.length, values: cells }, range),
    range,
    clipped: (sorted[0] ?? 0) < range.low,
  };
}

/** First and last edge of the cells around these centres. */
function edges(centres: readonly number[], scale: Axis['scale']): readonly [number, number] {
  const first = centres[0]!;
  const last = centres.at(-1)!;
  if (centres.length < 2) return [first - 0.5, last + 0.5];
  if (scale === 'log') {
    const ratio = Math.sqrt(centres[1]! / first);
    return [first / ratio, last * ratio];
  }
  const half = (centres[1]! - first) / 2;
  return axisEnds([first - half, last + half], 'linear');
}

function draw(figure: HeatFigure, widthPx: number) {
  const compact = widthPx < 500;
  const left = (compact ? 74 : 72) + (figure.y.scale === 'ring' ? 12 : 0);
  const right = 18;
  const names = figure.outlines.map((outline) => shown(outline.name, 60));
  const top = names.length === 0 ? 12 : legendHeightPx(names, widthPx - 20) + 12;
  const [x0, x1] = edges(figure.xs, figure.x.scale);
  const [y0, y1] = edges(figure.ys, figure.y.scale);
  const isMap = figure.x.scale === 'linear' && figure.y.scale === 'linear' && sameUnit(figure.x, figure.y);
  const [plotPx, plotHeightPx] = plotSize(
    widthPx - left - right,
    isMap ? (y1 - y0) / (x1 - x0) : null,
    compact,
  );
  const { image, range, clipped } = picture(figure);
  const labelPx = 14 * tickLines(figure.x);
  return {
    heightPx: top + plotHeightPx + labelPx + 38 + 46,
    option: {
      ...(names.length > 0 && { legend: legend(names, 10, 10) }),
      grid: { left, width: plotPx, top, height: plotHeightPx, outerBoundsMode: 'none' },
      xAxis: valueAxis({
        label: figure.x.label,
        scale: axisKind(figure.x),
        min: x0,
        max: x1,
        labelGapPx: labelPx + 14,
        splitLine: false,
        customValues: withEnds(
          roundTicks(x0, x1, axisKind(figure.x), compact ? 5 : 9),
          x0,
          x1,
          axisKind(figure.x),
        ),
        ...formatTickOf(figure.x),
      }),
      yAxis: valueAxis({
        label: figure.y.label,
        scale: axisKind(figure.y),
        min: y0,
        max: y1,
        labelGapPx: left - (compact ? 34 : 28),
        splitLine: false,
        customValues: withEnds(roundTicks(y0, y1, axisKind(figure.y), 6), y0, y1, axisKind(figure.y)),
        ...formatTickOf(figure.y),
      }),
      series: [
        imageSeries(image, [x0, y0], [x1, y1]),
        // Lines are seen on bright cells by their dark rim.
        ...figure.outlines.map((outline) => ({
          type: 'line' as const,
          data: outline.points.map((point) => [...point]),
          symbol: 'none',
          silent: true,
          clip: true,
          lineStyle: { color: '#1b1030', width: 4, opacity: 0.65 },
        })),
        ...figure.outlines.map((outline, k) => ({
          name: names[k]!,
          type: 'line' as const,
          data: outline.points.map((point) => [...point]),
          symbol: outline.points.length === 1 ? 'circle' : 'none',
          symbolSize: 8,
          silent: true,
          clip: true,
          lineStyle: { ...OUTLINE[k % OUTLINE.length]!, width: 1.6 },
          itemStyle: { color: OUTLINE[k % OUTLINE.length]!.color },
        })),
      ],
      graphic: colourBar(
        {
          leftPx: left,
          topPx: top + plotHeightPx + labelPx + 42,
          widthPx: Math.min(340, Math.max(200, plotPx)),
        },
        `${clipped ? '≤ ' : ''}${significant(range.low)}`,
        shown(typographic(figure.valueLabel), compact ? 26 : 60),
        significant(range.high),
      ),
    },
  };
}

/** Lines over dark and bright cells alike. */
const OUTLINE = [
  { color: '#ff6a3d', type: 'dashed' },
  { color: '#ff7fd0', type: 'solid' },
  { color: '#ff7fd0', type: 'dotted' },
] as const;

/** Width and height, px; a map (same unit both ways) keeps its proportions and is not taller than a screen. */
function plotSize(roomPx: number, aspect: number | null, compact: boolean): [number, number] {
  if (aspect === null) return [roomPx, Math.round(roomPx * (compact ? 0.85 : 0.55))];
  const tallestPx = compact ? 420 : 600;
  const plotPx = Math.min(roomPx, Math.round(tallestPx / aspect));
  return [plotPx, Math.round(plotPx * aspect)];
}

/** `x (m)` and `y (m)`, `x / D` and `y / D`. */
function sameUnit(x: Axis, y: Axis): boolean {
  const unit = ({ label }: Axis) => /(\([^)]*\)|\/ *\S+)\s*$/.exec(label)?.[1];
  return unit(x) !== undefined && unit(x) === unit(y);
}
