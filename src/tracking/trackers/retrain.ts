import { z } from 'zod';
import type { FoundUser, Prediction, Tracker } from '../tracker.js';
import { trackerDefinition } from '../tracker-definition.js';

interface Found {
  readonly column: number;
  readonly timeS: number;
}

/** Has each user trained in every epoch, and serves it by what was found so long ago. */
class RetrainTracker implements Tracker {
  readonly #lateS: number;
  readonly #epochS: number;
  /** Oldest first, none that is older than what serves. */
  readonly #found: Found[][];

  constructor(numUsers: number, lateEpochs: number, epochS: number) {
    this.#lateS = lateEpochs * epochS;
    this.#epochS = epochS;
    this.#found = Array.from({ length: numUsers }, () => []);
  }

  found(user: number, { column }: FoundUser, timeS: number): void {
    this.#found[user]!.push({ column, timeS });
  }

  observe(): void {}

  predict(timeS: number): Prediction[] {
    const isBy = (found: Found, byS: number) => found.timeS <= byS + this.#epochS / 2;
    return this.#found.map((found) => {
      while (found.length > 1 && isBy(found[1]!, timeS - this.#lateS)) found.shift();
      const last = found.at(-1);
      // Of this epoch there is nothing yet.
      if (last === undefined || isBy(last, timeS - this.#epochS)) return null;
      return [{ column: found[0]!.column, probability: 1 }];
    });
  }
}

export const retrainTracker = trackerDefinition({
  name: 'retrain',
  title: 'Retrain',
  source: 'unlimited feedback, as in Qian et al. 2026',
  options: {
    /** Epochs until what was found serves: with 1 the last epoch's beam is held for this one. */
    lateEpochs: z.int().min(0).max(1000).default(0),
  },
  build: ({ lateEpochs }, { numUsers, epochS }) => new RetrainTracker(numUsers, lateEpochs, epochS),
});
