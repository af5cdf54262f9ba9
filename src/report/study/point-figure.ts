/** Points in a plane: foci of beams. */
import type { PointFigure } from '../../study/common/result.js';
import { legend, legendHeightPx, roundTicks, valueAxis } from '../drawing/axis.js';
import type { Figure } from '../drawing/chart.js';
import { COLOUR, coloursOf } from '../drawing/colour.js';
import { colourMap } from '../drawing/colour-map.js';
import { colourBar } from '../drawing/heat-image.js';
import { significant, typographic } from '../drawing/number-format.js';
import { type PlotArea, pixelIn } from '../drawing/user-marks.js';
import { shown } from '../page/html.js';
import { axisKind, formatTickOf, tickLines } from './study-axis.js';

const SYMBOLS = ['circle', 'triangle', 'rect', 'diamond'];
/** More groups than this nobody can tell apart by colour. */
const MOST_GROUPS = 6;
/** Dots nearer to another of their group than this share of their size lie on it. */
const COVERED = 0.6;
const MAP = colourMap(64).map(([red, green, blue]) => `rgb(${red},${green},${blue})`);

export function pointFigure(figure: PointFigure, id: string): Figure {
  const numPoints = figure.groups.reduce((sum, group) => sum + group.points.length, 0);
  return {
    id,
    title: typographic(figure.title),
    description: `${numPoints} points over ${figure.x.label} and ${figure.y.label}. ${figure.caption}`,
    draw: (widthPx) => drawPoints(figure, widthPx),
  };
}

/** What is drawn over the points, which step back for it. */
export interface PointOverlay {
  /** Of its series, for the legend. */
  readonly names: readonly string[];
  readonly series: (area: PlotArea) => readonly object[];
}

export function drawPoints(figure: PointFigure, widthPx: number, overlay: PointOverlay | null = null) {
  const compact = widthPx < 500;
  const left = compact ? 86 : 90;
  const right = 18;
  const byValue = figure.groups.length === 1 || figure.groups.length > MOST_GROUPS;
  const names = figure.groups.map((group) => shown(typographic(group.name), 60));
  const colours = coloursOf(figure.groups.map((group) => group.name));
  const inLegend = [...(overlay?.names ?? []), ...(byValue ? [] : names)];
  const top = inLegend.length === 0 ? 12 : legendHeightPx(inLegend, widthPx - 20) + 12;
  const plotPx = widthPx - left - right;
  const plotHeightPx = Math.round(plotPx * (compact ? 0.85 : 0.55));
  const { xRange, yRange } = figure;
  const area: PlotArea = { widthPx: plotPx, heightPx: plotHeightPx, xRange, yRange };
  const symbolSize = compact ? 3 : 4;
  const labelPx = 14 * tickLines(figure.x);
  const values = figure.groups.flatMap((group) => group.points.map((point) => point.value));
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const colourOf = (value: number) =>
    MAP[Math.min(MAP.length - 1, Math.floor(((value - least) / (most - least || 1)) * MAP.length))]!;
  return {
    heightPx: top + plotHeightPx + labelPx + 24 + (byValue ? 56 : 14),
    option: {
      ...(inLegend.length > 0 && { legend: legend(inLegend, 10, 10) }),
      grid: { left, width: plotPx, top, height: plotHeightPx, outerBoundsMode: 'none' },
      xAxis: valueAxis({
        label: figure.x.label,
        scale: axisKind(figure.x),
        min: xRange[0],
        max: xRange[1],
        labelGapPx: labelPx + 14,
        customValues: roundTicks(...xRange, axisKind(figure.x), compact ? 5 : 9),
        ...formatTickOf(figure.x),
      }),
      yAxis: valueAxis({
        label: figure.y.label,
        scale: axisKind(figure.y),
        min: yRange[0],
        max: yRange[1],
        labelGapPx: compact ? 46 : 54,
        customValues: roundTicks(...yRange, axisKind(figure.y), 6),
        ...formatTickOf(figure.y),
      }),
      series: [
        ...figure.groups.map((group, k) => ({
          name: names[k]!,
          type: 'scatter' as const,
          symbol: byValue ? 'circle' : SYMBOLS[k % SYMBOLS.length]!,
          symbolSize,
          silent: true,
          clip: true,
          itemStyle: { color: colours[k]!, ...(overlay !== null && !byValue && { opacity: 0.5 }) },
          data: uncovered(group.points, area, COVERED * symbolSize).map(({ x, y, value }) => ({
            value: [x, y],
            // The map's darkest end would be lost on a dark page, its lightest on a light one: the edge is seen on both.
            ...(byValue && {
              itemStyle: { color: colourOf(value), borderColor: COLOUR.muted, borderWidth: 0.5 },
            }),
          })),
        })),
        ...frameLines(figure.frame),
        ...(overlay?.series(area) ?? []),
      ],
      ...(byValue && {
        graphic: colourBar(
          {
            leftPx: left,
            topPx: top + plotHeightPx + labelPx + 32,
            widthPx: Math.min(340, Math.max(200, plotPx)),
          },
          significant(least),
          shown(typographic(figure.valueLabel), compact ? 26 : 60),
          significant(most),
        ),
      }),
    },
  };
}

function frameLines(frame: PointFigure['frame']): object[] {
  if (frame === undefined) return [];
  const [[left, right], [low, high]] = [frame.x, frame.y];
  return [
    {
      type: 'line' as const,
      silent: true,
      symbol: 'none',
      lineStyle: { color: COLOUR.ink, width: 1.2, type: 'dashed' as const },
      data: [
        [left, low],
        [right, low],
        [right, high],
        [left, high],
        [left, low],
      ],
    },
  ];
}

/** One point of those that would lie on one another: a beam's thousands of foci may be one line. */
function uncovered<T extends { readonly x: number; readonly y: number }>(
  points: readonly T[],
  area: PlotArea,
  cellPx: number,
): T[] {
  const taken = new Set<string>();
  return points.filter(({ x, y }) => {
    const px = pixelIn(area, [x, y]);
    const cell = `${Math.floor(px.x / cellPx)}/${Math.floor(px.y / cellPx)}`;
    return !taken.has(cell) && taken.add(cell);
  });
}
