/** Frames for a tracker: decoded, of its size and at its pace, with an account of what was wrong with them. */
import { BeamloopError } from '../core/errors.js';
import { resizedFrame } from './decode.js';
import type { Frame } from './frame.js';
import { type FrameSource, MOST_KEPT, type SourcePicture } from './frame-source.js';

export interface FeedOptions {
  /** Pixels of a side. */
  readonly size: number;
  /** Between frames, s. */
  readonly intervalS: number;
  /** Usual, from when a picture is taken until it is there, s. */
  readonly latencyS: number;
}

/** Pictures, by what became of them. */
export interface FrameCounts {
  /** That were shown. */
  readonly shown: number;
  /** Of them, so many came later than they should. */
  readonly late: number;
  /** That should have come and did not. */
  readonly missing: number;
  /** That were of another size than the one before: what moved between the two nobody can tell. */
  readonly wrongSize: number;
  readonly broken: number;
  /** That came faster than they are looked at, or were old when they were looked at. */
  readonly skipped: number;
}

export interface ShownFrame {
  readonly frame: Frame;
  /** Whether it shows the same view as the frame before, one interval later. */
  readonly follows: boolean;
  /** As it came. */
  readonly taken: SourcePicture;
  readonly isLate: boolean;
}

/** Shares of the interval: frames that are nearer than the first are one too many, those farther apart than the second leave a gap. */
const NEAREST = 0.7;
const FARTHEST = 1.5;

export class FrameFeed {
  readonly #source: FrameSource;
  readonly #options: FeedOptions;
  readonly #counts = { shown: 0, late: 0, missing: 0, wrongSize: 0, broken: 0, skipped: 0 };
  #lastS: number | null = null;
  #lastSize: readonly [number, number] | null = null;

  constructor(source: FrameSource, options: FeedOptions) {
    this.#source = source;
    this.#options = options;
  }

  get counts(): FrameCounts {
    const { broken, skipped } = this.#source.lost;
    const own = this.#counts;
    return { ...own, broken: own.broken + broken, skipped: own.skipped + skipped };
  }

  /**
   * What is to be shown before board time `byS`, oldest first.
   *
   * @throws what the source throws.
   */
  async take(byS: number): Promise<ShownFrame[]> {
    const { size, intervalS, latencyS } = this.#options;
    const taken = await this.#source.take(byS);
    this.#counts.skipped += Math.max(0, taken.length - MOST_KEPT);
    const shown: ShownFrame[] = [];
    for (const each of taken.slice(-MOST_KEPT)) {
      const { boardTimeS } = each;
      const sinceS = this.#lastS === null ? intervalS : boardTimeS - this.#lastS;
      if (sinceS < NEAREST * intervalS) {
        this.#counts.skipped++;
        continue;
      }
      let made: Awaited<ReturnType<typeof resizedFrame>>;
      try {
        made = await resizedFrame(each, size);
      } catch (error) {
        if (!(error instanceof BeamloopError)) throw error;
        this.#counts.broken++;
        continue;
      }
      const isGap = sinceS > FARTHEST * intervalS;
      if (isGap) this.#counts.missing += Math.round(sinceS / intervalS) - 1;
      const { frame, width, height } = made;
      const isSameSize =
        this.#lastSize === null || (this.#lastSize[0] === width && this.#lastSize[1] === height);
      if (!isSameSize) this.#counts.wrongSize++;
      const isLate = byS - boardTimeS > latencyS + FARTHEST * intervalS;
      if (isLate) this.#counts.late++;
      this.#counts.shown++;
      shown.push({ frame, follows: this.#lastS !== null && isSameSize && !isGap, taken: each, isLate });
      this.#lastS = boardTimeS;
      this.#lastSize = [width, height];
    }
    return shown;
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}
