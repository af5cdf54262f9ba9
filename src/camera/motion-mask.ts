/** Where something moved between two frames: all that the networks see of them (docs/model.md eq. 107 to 109). */
import type { Frame } from './frame.js';

/** Of red, green and blue in grey. */
const GREY = [0.2125, 0.7154, 0.0721] as const;
/** The filter ends four of its standard deviations from its centre. */
const BLUR_RADIUS = 4;
/** Share of a pair's largest difference above which something has moved. */
const MOVED = 0.1;
/** Frames that differ by less everywhere show nothing but noise. */
const STILL = 1e-3;

/** 1 at distance 0; they sum to 1 over [-radius, radius]. Standard deviation of one pixel. */
const BLUR = blurOf(1, BLUR_RADIUS);

/** A frame in grey, blurred: shape [size, size], 0 to 1. */
export type Blurred = Float32Array;

/** @param frame square, of the size that is wanted. */
export function blurredGrey({ width, height, channels, pixels }: Frame): Blurred {
  const grey = new Float32Array(width * height);
  if (channels === 1) for (let k = 0; k < grey.length; k++) grey[k] = pixels[k]! / 255;
  else {
    const [red, green, blue] = GREY;
    for (let k = 0; k < grey.length; k++) {
      const at = 3 * k;
      grey[k] = (red * pixels[at]! + green * pixels[at + 1]! + blue * pixels[at + 2]!) / 255;
    }
  }
  const across = new Float32Array(grey.length);
  blurLines(grey, across, { lines: height, length: width, lineStep: width, step: 1 });
  blurLines(across, grey, { lines: width, length: height, lineStep: 1, step: width });
  return grey;
}

/**
 * Ones where the frames differ by more than a tenth of their largest difference, zeros elsewhere.
 *
 * @returns shape [size, size]
 */
export function motionMask(before: Blurred, after: Blurred): Uint8Array {
  const mask = new Uint8Array(after.length);
  let most = 0;
  for (let k = 0; k < mask.length; k++) most = Math.max(most, Math.abs(after[k]! - before[k]!));
  if (most < STILL) return mask;
  const least = MOVED * most;
  for (let k = 0; k < mask.length; k++) mask[k] = Math.abs(after[k]! - before[k]!) > least ? 1 : 0;
  return mask;
}

interface Lines {
  readonly lines: number;
  readonly length: number;
  readonly lineStep: number;
  readonly step: number;
}

/** Pixels beyond an edge are like the edge's. */
function blurLines(from: Float32Array, to: Float32Array, { lines, length, lineStep, step }: Lines): void {
  const padded = new Float32Array(length + 2 * BLUR_RADIUS);
  for (let line = 0; line < lines; line++) {
    const first = line * lineStep;
    for (let k = 0; k < padded.length; k++) {
      const inside = Math.min(length - 1, Math.max(0, k - BLUR_RADIUS));
      padded[k] = from[first + inside * step]!;
    }
    for (let k = 0; k < length; k++) {
      let sum = 0;
      for (let tap = 0; tap < BLUR.length; tap++) sum += BLUR[tap]! * padded[k + tap]!;
      to[first + k * step] = sum;
    }
  }
}

function blurOf(deviation: number, radius: number): Float64Array {
  const taps = Float64Array.from({ length: 2 * radius + 1 }, (_, k) =>
    Math.exp(-((k - radius) ** 2) / (2 * deviation ** 2)),
  );
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
}
