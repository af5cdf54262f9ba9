/** Where pictures come from: a folder, a camera on the network, an emulated camera. */
import type { Frame } from './frame.js';

/** A picture as it came, dated on the board's clock. */
export interface SourcePicture {
  /** When it was taken, s of board time. */
  readonly boardTimeS: number;
  /** Pixels, or the bytes of a file (JPEG, PNG, …). */
  readonly picture: Omit<Frame, 'boardTimeS'> | Uint8Array;
  /** Of its file, as the source names it; null where there is none. */
  readonly file: string | null;
}

export interface FrameSource {
  /** Of what it delivers, for people. */
  readonly name: string;
  /**
   * What has come by a time and was not taken before, oldest first. Sources keep few pictures: whoever takes late gets the newest.
   *
   * @param byS board time, s.
   */
  take(byS: number): Promise<readonly SourcePicture[]>;
  /** Pictures that the source itself had to give up, by why. */
  readonly lost: { readonly broken: number; readonly skipped: number };
  close(): Promise<void>;
}

/** Pictures that a source or a feed keeps at most. */
export const MOST_KEPT = 16;
