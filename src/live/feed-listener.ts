/** Somebody who is told what a run does. */
import type { LiveMessage } from './messages.js';

export interface FeedListener {
  /** Whether a frame would wait behind others: it is left out then. */
  readonly isBehind: boolean;
  tell(message: LiveMessage): void;
  /** Whether it was never asked about this before; it counts as told from now on. */
  isNew(hash: string, most: number): boolean;
}
