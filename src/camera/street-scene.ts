/**
 * A street as a small camera beside the array sees it: a still background, one vehicle, a pedestrian, noise. Windows for training and
 * the emulated camera are drawn alike. Columns go with the sine of the direction (docs/model.md eq. 110).
 */
import type { Random } from '../core/random.js';
import type { Frame } from './frame.js';

/** Pixels of a side. */
export const SCENE_SIZE = 56;
const MIDDLE = SCENE_SIZE / 2;
/** Sine of the direction at the edge of the picture. */
const EDGE_SINE = 0.9;
const BACKGROUND = 0.3;
const NOISE = 0.01;
const PEDESTRIAN = { width: 3, height: 6, brightness: 0.7, deviation: 0.5 } as const;

/** What does not change while the camera looks at one vehicle. */
export interface Scene {
  /** Shape [56, 56], 0 to 1. */
  readonly background: Float32Array;
  readonly vehicle: {
    readonly width: number;
    readonly height: number;
    readonly brightness: number;
    /** Of its upper edge. */
    readonly row: number;
  };
  readonly pedestrian: {
    readonly row: number;
    readonly column: number;
    /** Columns per frame. */
    readonly speed: number;
  };
}

/** Of a vehicle's middle in a picture, from the sine of its direction. */
export function columnOfSine(sine: number): number {
  return MIDDLE + (MIDDLE * sine) / EDGE_SINE;
}

export function sineOfColumn(column: number): number {
  return (EDGE_SINE * (column - MIDDLE)) / MIDDLE;
}

export function drawScene(random: Random): Scene {
  const whole = (least: number, most: number) => least + random.integer(most - least + 1);
  const width = whole(4, 8);
  const height = whole(3, 5);
  return {
    vehicle: { width, height, brightness: 0.6 + 0.4 * random.uniform(), row: whole(31, 37) },
    pedestrian: {
      row: whole(8, 19 - PEDESTRIAN.height + 1),
      column: SCENE_SIZE * random.uniform(),
      speed: PEDESTRIAN.deviation * random.normal(),
    },
    background: drawBackground(random),
  };
}

function drawBackground(random: Random): Float32Array {
  return Float32Array.from({ length: SCENE_SIZE ** 2 }, () => BACKGROUND * random.uniform());
}

/**
 * @param column of the middle of the vehicle; null where there is none.
 * @param frameNumber that moves the pedestrian on.
 * @param random of the pixels' noise.
 * @returns pixels of a grey frame, shape [56, 56].
 */
export function drawFrame(
  { background, vehicle, pedestrian }: Scene,
  column: number | null,
  frameNumber: number,
  random: Random,
): Frame['pixels'] {
  const image = background.slice();
  const { row, speed } = pedestrian;
  // It walks round and round.
  const walked = pedestrian.column + speed * frameNumber;
  paint(image, { ...PEDESTRIAN, row, column: ((walked % SCENE_SIZE) + SCENE_SIZE) % SCENE_SIZE });
  if (column !== null) paint(image, { ...vehicle, column });
  return Uint8Array.from(image, (value) => {
    const noisy = value + NOISE * random.normal();
    return Math.round(255 * Math.min(1, Math.max(0, noisy)));
  });
}

interface Box {
  readonly width: number;
  readonly height: number;
  readonly brightness: number;
  readonly row: number;
  /** Of its middle. */
  readonly column: number;
}

/** Pixels that a box covers in part take a part of its brightness. */
function paint(image: Float32Array, { width, height, brightness, row, column }: Box): void {
  const [left, right] = [column - width / 2, column + width / 2];
  for (let x = Math.max(0, Math.floor(left)); x < Math.min(SCENE_SIZE, Math.ceil(right)); x++) {
    const share = Math.min(x + 1, right) - Math.max(x, left);
    for (let y = row; y < row + height; y++) {
      const at = y * SCENE_SIZE + x;
      image[at] = image[at]! + share * (brightness - image[at]!);
    }
  }
}
