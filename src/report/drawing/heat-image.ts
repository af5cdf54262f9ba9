/** Heat maps: a grid of values becomes a small PNG that a chart stretches over its axes. */
import { COLOUR } from './colour.js';
import { colourMap } from './colour-map.js';
import { encodeIndexedPng } from './png.js';

export interface HeatGrid {
  readonly numColumns: number;
  readonly numRows: number;
  /** Row 0 is at the bottom of the figure; NaN = nothing there. Shape [numRows * numColumns]. */
  readonly values: Float64Array;
}

export interface ValueRange {
  readonly low: number;
  readonly high: number;
}

const NUM_COLOURS = 240;
const MAP = colourMap(NUM_COLOURS);
/** Entry for cells without a value: mid grey, on light and dark alike. */
const EMPTY = NUM_COLOURS;
const PALETTE = [...MAP, [150, 150, 150] as const];

/** Data URI of the picture, low values dark, high values bright; values beyond the range get its end colours. */
export function heatImage(grid: HeatGrid, { low, high }: ValueRange): string {
  const { numColumns, numRows, values } = grid;
  const indices = new Uint8Array(numColumns * numRows);
  for (let row = 0; row < numRows; row++) {
    for (let column = 0; column < numColumns; column++) {
      const value = values[row * numColumns + column]!;
      const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
      indices[(numRows - 1 - row) * numColumns + column] = Number.isNaN(value)
        ? EMPTY
        : Math.round(share * (NUM_COLOURS - 1));
    }
  }
  const png = encodeIndexedPng(indices, numColumns, numRows, PALETTE);
  return `data:image/png;base64,${png.toString('base64')}`;
}

/** The colour map itself as a strip, low on the left. */
function colourStrip(): string {
  const values = Float64Array.from({ length: NUM_COLOURS }, (_, k) => k);
  return heatImage({ numColumns: NUM_COLOURS, numRows: 1, values }, { low: 0, high: NUM_COLOURS - 1 });
}

interface CoordApi {
  coord(point: readonly [number, number]): number[];
}

/** Series that stretches a picture from the lower left to the upper right point of its axes. */
export function imageSeries(
  image: string,
  from: readonly [number, number],
  to: readonly [number, number],
  axisIndex = 0,
) {
  return {
    type: 'custom' as const,
    xAxisIndex: axisIndex,
    yAxisIndex: axisIndex,
    silent: true,
    clip: false,
    data: [[from[0], from[1]]],
    renderItem: (_params: unknown, api: CoordApi) => {
      const [left, bottom] = api.coord(from) as [number, number];
      const [right, top] = api.coord(to) as [number, number];
      return {
        type: 'image' as const,
        style: { image, x: left, y: top, width: right - left, height: bottom - top },
      };
    },
  };
}

/** Strip with its two ends and a label, as graphic elements. */
export function colourBar(
  strip: { readonly leftPx: number; readonly topPx: number; readonly widthPx: number },
  low: string,
  label: string,
  high: string,
) {
  const { leftPx, topPx, widthPx } = strip;
  const text = (content: string, xPx: number, textAlign: 'left' | 'center' | 'right') => ({
    type: 'text' as const,
    style: { text: content, x: xPx, y: topPx + 14, fill: COLOUR.muted, fontSize: 11, textAlign },
  });
  return [
    {
      type: 'image' as const,
      style: { image: colourStrip(), x: leftPx, y: topPx, width: widthPx, height: 9 },
    },
    text(low, leftPx, 'left'),
    text(label, leftPx + widthPx / 2, 'center'),
    text(high, leftPx + widthPx, 'right'),
  ];
}
