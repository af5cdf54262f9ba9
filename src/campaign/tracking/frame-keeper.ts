/** Keeps the pictures that a tracker was shown beside the recording, so that a model can be trained on them. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SourcePicture } from '../../camera/frame-source.js';
import { sharp } from '../../camera/sharp.js';
import { makeFolder, writing } from '../../core/writing.js';

/** In the recording's folder. */
const FOLDER = 'frames';

export class FrameKeeper {
  readonly #folder: string;
  #writing: Promise<unknown>;
  #failure: unknown = null;

  constructor(recordingFolder: string) {
    this.#folder = path.join(recordingFolder, FOLDER);
    this.#writing = this.#watched(makeFolder('The pictures', this.#folder));
  }

  /**
   * Nobody waits for it: an epoch is about to begin.
   *
   * @returns the picture's file, from the recording's folder; the same whenever the same frame is kept again.
   * @throws FILE_UNWRITABLE where one of those before could not be written.
   */
  keep({ picture, boardTimeS, file }: SourcePicture): string {
    if (this.#failure !== null) throw this.#failure;
    const isEncoded = picture instanceof Uint8Array;
    const ending = isEncoded ? path.extname(file ?? '.jpg').toLowerCase() : '.png';
    const name = `frame_${String(Math.round(1e6 * boardTimeS)).padStart(12, '0')}${ending}`;
    const bytes = isEncoded ? Promise.resolve(picture) : encoded(picture);
    const place = path.join(this.#folder, name);
    const before = this.#writing;
    this.#writing = this.#watched(
      writing('The pictures', this.#folder, async () => {
        await before;
        await writeFile(place, await bytes);
      }),
    );
    return path.join(FOLDER, name);
  }

  /** @throws FILE_UNWRITABLE. */
  async close(): Promise<void> {
    await this.#writing;
    if (this.#failure !== null) throw this.#failure;
  }

  #watched(promise: Promise<unknown>): Promise<unknown> {
    return promise.catch((error) => {
      this.#failure ??= error;
    });
  }
}

function encoded({ pixels, width, height, channels }: Exclude<SourcePicture['picture'], Uint8Array>) {
  return sharp()(pixels, { raw: { width, height, channels } }).png().toBuffer();
}
