/** Masks of motion between pictures of a data set: each picture is decoded once where windows come in order. */
import { resizedFrame } from '../../../camera/decode.js';
import { type Blurred, blurredGrey, motionMask } from '../../../camera/motion-mask.js';
import { BeamloopError } from '../../../core/errors.js';
import type { Pictures } from '../../datasets/pictures.js';
import type { Problems } from '../../datasets/problems.js';
import type { MaskStore } from './mask-store.js';
import { NUM_FRAMES } from './window-set.js';

interface Seen {
  readonly blurred: Blurred;
  /** Of the picture before it was resized. */
  readonly size: string;
}

/** Pictures that are kept as they are decoded: those of a window and as many after it. */
const MOST_KEPT = 2 * NUM_FRAMES;
const LEFT_OUT = 'windows with it are left out';

export class PairMasks {
  readonly #pictures: Pictures;
  readonly #store: MaskStore;
  readonly #problems: Problems;
  readonly #places = new Map<string, number | null>();
  /** The last that were decoded, oldest first; null for those that are broken. */
  readonly #seen = new Map<string, Seen | null>();

  constructor(pictures: Pictures, store: MaskStore, problems: Problems) {
    this.#pictures = pictures;
    this.#store = store;
    this.#problems = problems;
  }

  /** Places of the masks between neighbours; null where a picture is missing or broken. */
  async of(names: readonly (string | null)[]): Promise<number[] | null> {
    const places: (number | null)[] = [];
    for (let k = 1; k < names.length; k++) places.push(await this.#between(names[k - 1]!, names[k]!));
    return places.includes(null) ? null : (places as number[]);
  }

  async #between(before: string | null, after: string | null): Promise<number | null> {
    if (before === null || after === null) return null;
    const key = `${before}\n${after}`;
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const [a, b] = [await this.#see(before), await this.#see(after)];
    let place: number | null = null;
    if (a !== null && b !== null) {
      if (a.size === b.size) place = this.#store.add(motionMask(a.blurred, b.blurred));
      else this.#problems.add('pictures of another size follow', after, LEFT_OUT);
    }
    this.#places.set(key, place);
    return place;
  }

  async #see(name: string): Promise<Seen | null> {
    const known = this.#seen.get(name);
    if (known !== undefined) return known;
    const seen = await this.#decode(name);
    this.#seen.set(name, seen);
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > MOST_KEPT) this.#seen.delete(oldest!);
    return seen;
  }

  async #decode(name: string): Promise<Seen | null> {
    const picture = await this.#pictures.read(name);
    if (picture === null) {
      this.#problems.add('a picture is not there any more', name, LEFT_OUT);
      return null;
    }
    try {
      const { frame, width, height } = await resizedFrame(
        { boardTimeS: 0, picture, file: name },
        this.#store.size,
      );
      return { blurred: blurredGrey(frame), size: `${width} x ${height}` };
    } catch (error) {
      if (!(error instanceof BeamloopError)) throw error;
      this.#problems.add('a picture cannot be decoded', name, LEFT_OUT);
      return null;
    }
  }
}
