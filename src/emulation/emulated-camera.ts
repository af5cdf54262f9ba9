/** A camera beside the emulated array: it sees the emulated users as vehicles on the drawn street, a pedestrian and noise. */
import type { PlaceM } from '../array/antenna-array.js';
import { type FrameSource, MOST_KEPT, type SourcePicture } from '../camera/frame-source.js';
import { columnOfSine, drawFrame, drawScene, SCENE_SIZE, type Scene } from '../camera/street-scene.js';
import { Random } from '../core/random.js';

export interface EmulatedCameraOptions {
  /** Where the user is at a board time, s. */
  readonly placeAt: (boardTimeS: number) => PlaceM;
  readonly intervalS: number;
  /** From when a picture is taken until it is there, s. */
  readonly latencyS: number;
  readonly seed: number;
}

export class EmulatedCamera implements FrameSource {
  readonly name = 'emulated';
  readonly lost = { broken: 0, skipped: 0 };
  readonly #options: EmulatedCameraOptions;
  readonly #scene: Scene;
  #next = 0;

  constructor(options: EmulatedCameraOptions) {
    this.#options = options;
    this.#scene = drawScene(new Random(options.seed, 'camera'));
  }

  /** Frame k is taken at k intervals of board time, and depends on nothing but that. */
  async take(byS: number): Promise<SourcePicture[]> {
    const { intervalS, latencyS } = this.#options;
    const end = Math.floor((byS - latencyS) / intervalS + 1e-9) + 1;
    // Nobody looks at those from before the run.
    const first = Math.max(this.#next, end - MOST_KEPT);
    this.#next = Math.max(this.#next, end);
    return Array.from({ length: Math.max(0, end - first) }, (_, k) => this.#taken(first + k));
  }

  async close(): Promise<void> {}

  #taken(number: number): SourcePicture {
    const { intervalS, seed, placeAt } = this.#options;
    const boardTimeS = number * intervalS;
    const [xM, yM] = placeAt(boardTimeS);
    // Behind the array nothing is seen.
    const column = xM <= 0 ? null : columnOfSine(yM / Math.hypot(xM, yM));
    const random = new Random(seed, 'camera', number);
    const pixels = drawFrame(this.#scene, column, number, random);
    const picture = { width: SCENE_SIZE, height: SCENE_SIZE, channels: 1, pixels } as const;
    return { boardTimeS, picture, file: null };
  }
}
