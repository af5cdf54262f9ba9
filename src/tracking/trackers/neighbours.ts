import { z } from 'zod';
import type { PolarCodebook } from '../../codebook/polar.js';
import { strongestHeard } from '../heard.js';
import { ProbeRounds } from '../probe-rounds.js';
import type { FoundUser, Prediction, Tracker, UserEpoch } from '../tracker.js';
import { trackerDefinition } from '../tracker-definition.js';

/** That the last beam is still the best. No power says so, only that the generator is to probe the others: it is below any trust. */
const LAST = 0.4;

interface Options {
  readonly directions: number;
  readonly rings: number;
}

/** Tries the beams beside the last one, in turn, and takes the strongest. */
class NeighbourTracker implements Tracker {
  readonly #codebook: PolarCodebook;
  readonly #options: Options;
  readonly #users: { column: number | null; readonly rounds: ProbeRounds }[];

  constructor(codebook: PolarCodebook, numUsers: number, options: Options) {
    this.#codebook = codebook;
    this.#options = options;
    this.#users = Array.from({ length: numUsers }, () => ({ column: null, rounds: new ProbeRounds() }));
  }

  found(user: number, { column }: FoundUser): void {
    this.#users[user]!.column = column;
    this.#users[user]!.rounds.forget();
  }

  observe(epoch: readonly UserEpoch[]): void {
    for (const [k, user] of this.#users.entries()) {
      const strongest = strongestHeard(epoch[k]!);
      user.rounds.heard(epoch[k]!.pilots.map(({ column }) => column));
      if (user.column !== null && strongest !== null) user.column = strongest.column;
    }
  }

  predict(): Prediction[] {
    return this.#users.map(({ column, rounds }) =>
      column === null
        ? null
        : [{ column, probability: LAST }, ...rounds.rank(this.#beside(column), LAST - 1e-9)],
    );
  }

  #beside(column: number): number[] {
    const { numAngles, numRings } = this.#codebook;
    const { directions, rings } = this.#options;
    const [ring, angle] = [Math.floor(column / numAngles), column % numAngles];
    const beside: number[] = [];
    for (let r = Math.max(0, ring - rings); r <= Math.min(numRings - 1, ring + rings); r++) {
      const first = Math.max(0, angle - directions);
      for (let a = first; a <= Math.min(numAngles - 1, angle + directions); a++) {
        if (r !== ring || a !== angle) beside.push(r * numAngles + a);
      }
    }
    return beside;
  }
}

export const neighboursTracker = trackerDefinition({
  name: 'neighbours',
  title: 'Neighbour probing',
  source: 'local beam search',
  options: {
    /** How far beside the last beam, in directions and in rings. */
    directions: z.int().min(0).max(1000).default(1),
    rings: z.int().min(0).max(1000).default(1),
  },
  build: (options, { codebook, numUsers }) => new NeighbourTracker(codebook, numUsers, options),
});
