/** Points in a plane: foci of beams. */
import type { PointFigure } from '../../study/result.js';
import { legend, legendHeightPx, roundTicks, valueAxis } from '../drawing/axis.js';
import type { Figure } from '../drawing/chart.js';
import { colourMap, coloursOf } from '../drawing/colour.js';
import { colourBar } from '../drawing/heat-image.js';
import { significant, typographic } from '../drawing/number-format.js';
import { shown } from '../page/html.js';
import { axisKind, formatTickOf, tickLines } from './study-axis.js';

const SYMBOLS = ['circle', 'triangle', 'rect', 'diamond'];
const MAP = colourMap(64).map(([red, green, blue]) => `rgb(${red},${green},${blue})`);

export function pointFigure(figure: PointFigure, id: string): Figure {
  const numPoints = figure.groups.reduce((sum, group) => sum + group.points.length, 0);
  return {
    id,
    title: typographic(figure.title),
    description: `${numPoints} points over ${figure.x.label} and ${figure.y.label}. ${figure.caption}`,
    draw: (widthPx) => draw(figure, widthPx),
  };
}

function draw(figure: PointFigure, widthPx: number) {
  const compact = widthPx < 500;
  const left = compact ? 72 : 84;
  const right = 18;
  const byValue = figure.groups.length === 1;
  const names = figure.groups.map((group) => shown(typographic(group.name), 60));
  const colours = coloursOf(figure.groups.map((group) => group.name));
  const top = byValue ? 12 : legendHeightPx(names, widthPx - 20) + 12;
  const plotPx = widthPx - left - right;
  const plotHeightPx = Math.round(plotPx * (compact ? 0.85 : 0.55));
  const labelPx = 14 * tickLines(figure.x);
  const values = figure.groups.flatMap((group) => group.points.map((point) => point.value));
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const colourOf = (value: number) =>
    MAP[Math.min(MAP.length - 1, Math.floor(((value - least) / (most - least || 1)) * MAP.length))]!;
  return {
    heightPx: top + plotHeightPx + labelPx + 24 + (byValue ? 56 : 14),
    option: {
      ...(!byValue && { legend: legend(names, 10, 10) }),
      grid: { left, width: plotPx, top, height: plotHeightPx, outerBoundsMode: 'none' },
      xAxis: valueAxis({
        label: figure.x.label,
        scale: axisKind(figure.x),
        min: figure.xRange[0],
        max: figure.xRange[1],
        labelGapPx: labelPx + 14,
        customValues: roundTicks(...figure.xRange, axisKind(figure.x), compact ? 5 : 9),
        ...formatTickOf(figure.x),
      }),
      yAxis: valueAxis({
        label: figure.y.label,
        scale: axisKind(figure.y),
        min: figure.yRange[0],
        max: figure.yRange[1],
        labelGapPx: compact ? 46 : 54,
        customValues: roundTicks(...figure.yRange, axisKind(figure.y), 6),
        ...formatTickOf(figure.y),
      }),
      series: figure.groups.map((group, k) => ({
        name: names[k]!,
        type: 'scatter' as const,
        symbol: SYMBOLS[k % SYMBOLS.length]!,
        symbolSize: compact ? 3 : 4,
        silent: true,
        clip: true,
        itemStyle: { color: colours[k]! },
        data: group.points.map(({ x, y, value }) => ({
          value: [x, y],
          ...(byValue && { itemStyle: { color: colourOf(value) } }),
        })),
      })),
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
