/** Values as colours of a picture, by the colour map of reports. */
import { colourMap } from '../../report/drawing/colour-map.js';

const NUM_COLOURS = 256;

/** Pixels as ImageData has them, little-endian: alpha, blue, green, red from the highest byte down. */
const PIXELS = Uint32Array.from(
  colourMap(NUM_COLOURS),
  ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0,
);

/** @param share from 0, dark, to 1, bright; NaN is nothing, and transparent. */
export function pixelOf(share: number): number {
  if (Number.isNaN(share)) return 0;
  return PIXELS[Math.max(0, Math.min(NUM_COLOURS - 1, Math.round(share * (NUM_COLOURS - 1))))]!;
}

/** A picture that is written pixel by pixel and drawn in one piece. */
export class Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array;
  readonly #canvas: HTMLCanvasElement;
  readonly #image: ImageData;
  readonly #context: CanvasRenderingContext2D;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.#canvas = document.createElement('canvas');
    this.#canvas.width = width;
    this.#canvas.height = height;
    this.#context = this.#canvas.getContext('2d')!;
    this.#image = this.#context.createImageData(width, height);
    this.pixels = new Uint32Array(this.#image.data.buffer);
  }

  /** What was written can be drawn from now on: these columns of it. */
  update(fromColumn = 0, numColumns = this.width): void {
    this.#context.putImageData(this.#image, 0, 0, fromColumn, 0, numColumns, this.height);
  }

  /**
   * Draws the columns from `firstColumn` on over the whole of the target, and those before it behind them: a ring of columns, the
   * oldest left.
   */
  drawOn(target: CanvasRenderingContext2D, firstColumn = 0, isSmooth = false): void {
    const { width, height } = target.canvas;
    target.imageSmoothingEnabled = isSmooth;
    target.clearRect(0, 0, width, height);
    const split = ((this.width - firstColumn) / this.width) * width;
    const right = this.width - firstColumn;
    target.drawImage(this.#canvas, firstColumn, 0, right, this.height, 0, 0, split, height);
    if (firstColumn > 0)
      target.drawImage(this.#canvas, 0, 0, firstColumn, this.height, split, 0, width - split, height);
  }
}

/** Draws a strip of the colour map with its ends in words. */
export function colourStrip(lowText: string, highText: string): HTMLElement {
  const picture = new Picture(NUM_COLOURS, 1);
  for (let k = 0; k < NUM_COLOURS; k++) picture.pixels[k] = PIXELS[k]!;
  picture.update();
  const canvas = document.createElement('canvas');
  canvas.width = NUM_COLOURS;
  canvas.height = 1;
  picture.drawOn(canvas.getContext('2d')!);
  const root = document.createElement('p');
  root.className = 'strip';
  root.append(lowText, canvas, highText);
  canvas.setAttribute('aria-hidden', 'true');
  return root;
}
