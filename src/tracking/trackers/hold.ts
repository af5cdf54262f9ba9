import { z } from 'zod';
import type { FoundUser, Prediction, Tracker } from '../tracker.js';
import { trackerDefinition } from '../tracker-definition.js';

/** Keeps the beam that the scheme found, for so long. */
class HoldTracker implements Tracker {
  readonly #holdS: number;
  readonly #found: ({ readonly column: number; readonly timeS: number } | null)[];

  constructor(numUsers: number, holdS: number) {
    this.#holdS = holdS;
    this.#found = Array.from({ length: numUsers }, () => null);
  }

  found(user: number, { column }: FoundUser, timeS: number): void {
    this.#found[user] = { column, timeS };
  }

  observe(): void {}

  predict(timeS: number): Prediction[] {
    return this.#found.map((found) =>
      found === null || timeS - found.timeS >= this.#holdS
        ? null
        : [{ column: found.column, probability: 1 }],
    );
  }
}

export const holdTracker = trackerDefinition({
  name: 'hold',
  title: 'Hold',
  source: 'limited feedback, as in Qian et al. 2026',
  options: {
    /** Epochs after which a user is trained anew; never unless given. */
    epochs: z.int().min(1).max(1_000_000).optional(),
  },
  build: ({ epochs }, { numUsers, epochS }) =>
    // Half an epoch less, so that no rounding adds one.
    new HoldTracker(numUsers, epochs === undefined ? Number.POSITIVE_INFINITY : (epochs - 0.5) * epochS),
});
