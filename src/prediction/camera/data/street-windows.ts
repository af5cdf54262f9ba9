/** Windows of the small street scene, each of a pass of its own (docs/model.md eq. 110). */
import { blurredGrey, motionMask } from '../../../camera/motion-mask.js';
import { drawFrame, drawScene, SCENE_SIZE, sineOfColumn } from '../../../camera/street-scene.js';
import { beamOfSine } from '../../../codebook/angular.js';
import { Random } from '../../../core/random.js';
import { MaskStore } from './mask-store.js';
import { NUM_FRAMES, NUM_MASKS, NUM_SLOTS, type WindowSet } from './window-set.js';

/** A vehicle's middle at the current slot. */
const COLUMNS = [4, 52] as const;
/** Columns per frame. */
const SPEEDS = [1.2, 3.6] as const;
/** Of its change per frame, columns per frame squared. */
const ACCELERATION_DEVIATION = 0.04;
/** Of a measured best beam, in beams. */
const BEAM_DEVIATION = 0.35;

/** Windows of one purpose never change with those of another. */
export type StreetPurpose = 'training' | 'validation' | 'evaluation';

export interface StreetSetting {
  readonly numBeams: number;
  readonly seed: number;
  /** Pixels of a side: the scene's 56 unless given, or a multiple of them, in which its pixels are squares. */
  readonly size?: number | undefined;
}

export interface StreetOptions extends StreetSetting {
  readonly purpose: StreetPurpose;
  /** Number of the first, 0 unless given. */
  readonly firstWindow?: number;
  readonly numWindows: number;
}

/** Every window is drawn from the seed, the purpose and its own number alone. */
export function drawStreetWindows(options: StreetOptions): WindowSet {
  const { numWindows, seed, purpose, firstWindow = 0 } = options;
  const set = emptyStreet(options, numWindows);
  for (let k = 0; k < numWindows; k++) {
    drawWindow(set, k, new Random(seed, 'street', purpose, firstWindow + k));
  }
  return set;
}

/** Without masks, which come window after window. */
export function emptyStreet({ numBeams, size = SCENE_SIZE }: StreetSetting, numWindows: number): WindowSet {
  return {
    ...{ numWindows, numBeams, masks: new MaskStore(size) },
    passes: Int32Array.from({ length: numWindows }, (_, k) => k),
    maskPlaces: Int32Array.from({ length: numWindows * NUM_MASKS }, (_, k) => k),
    past: new Int32Array(numWindows * NUM_FRAMES),
    future: new Int32Array(numWindows * NUM_SLOTS),
  };
}

function drawWindow(set: WindowSet, k: number, random: Random): void {
  const { size } = set.masks;
  const columnAt = drawCourse(random);
  const scene = drawScene(random);
  const blurred = Array.from({ length: NUM_FRAMES }, (_, f) => {
    const t = f - (NUM_FRAMES - 1);
    const pixels = enlarged(drawFrame(scene, columnAt(t), t, random), size / SCENE_SIZE);
    return blurredGrey({ boardTimeS: t, width: size, height: size, channels: 1, pixels });
  });
  for (let m = 0; m < NUM_MASKS; m++) set.masks.add(motionMask(blurred[m]!, blurred[m + 1]!));
  const beamAt = (t: number) =>
    beamOfSine(sineOfColumn(columnAt(t)), set.numBeams, BEAM_DEVIATION * random.normal());
  for (let f = 0; f < NUM_FRAMES; f++) set.past[k * NUM_FRAMES + f] = beamAt(f - NUM_FRAMES);
  for (let s = 0; s < NUM_SLOTS; s++) set.future[k * NUM_SLOTS + s] = beamAt(s);
}

/** Each pixel as a square of `times` by `times`. */
function enlarged(pixels: Uint8Array, times: number): Uint8Array {
  if (times === 1) return pixels;
  const side = SCENE_SIZE * times;
  return Uint8Array.from(
    { length: side ** 2 },
    (_, k) => pixels[Math.floor(k / side / times) * SCENE_SIZE + Math.floor((k % side) / times)]!,
  );
}

/** Where the vehicle's middle is so many frames after the current slot. */
function drawCourse(random: Random): (t: number) => number {
  const uniform = ([least, most]: readonly [number, number]) => least + (most - least) * random.uniform();
  const column = uniform(COLUMNS);
  const speed = uniform(SPEEDS);
  const acceleration = ACCELERATION_DEVIATION * random.normal();
  const sign = random.uniform() < 0.5 ? -1 : 1;
  return (t) => column + sign * (speed * t + (acceleration * t * t) / 2);
}
