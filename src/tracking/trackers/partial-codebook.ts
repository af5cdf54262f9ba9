import { z } from 'zod';
import { ownHeard } from '../heard.js';
import { ProbeRounds } from '../probe-rounds.js';
import type { FoundUser, Prediction, Tracker, UserEpoch } from '../tracker.js';
import { trackerDefinition } from '../tracker-definition.js';

/** Of all swept codewords together, so that no confidence is ever reached and as many are probed as may be. */
const SWEPT = 0.5;

/**
 * Sweeps a part of the codebook as far as an epoch's probes go, and serves with the strongest of what was heard last of each. The
 * beam that the scheme found is one of them until the part was swept once, and no longer: the others of the codebook are not to
 * be had.
 */
class PartialCodebookTracker implements Tracker {
  readonly #columns: readonly number[];
  readonly #isPart: ReadonlySet<number>;
  readonly #users: { readonly powers: Map<number, number>; readonly rounds: ProbeRounds }[];

  constructor(columns: readonly number[], numUsers: number) {
    this.#columns = columns;
    this.#isPart = new Set(columns);
    this.#users = Array.from({ length: numUsers }, () => ({ powers: new Map(), rounds: new ProbeRounds() }));
  }

  found(user: number, { column }: FoundUser): void {
    const { powers } = this.#users[user]!;
    powers.clear();
    // Until something of the part was heard.
    powers.set(column, 0);
  }

  observe(epoch: readonly UserEpoch[]): void {
    for (const [k, { powers, rounds }] of this.#users.entries()) {
      const heard = ownHeard(epoch[k]!);
      rounds.heard(heard.map(({ column }) => column));
      for (const { column, power } of heard) powers.set(column, power);
      if (this.#columns.every((column) => powers.has(column))) {
        for (const column of powers.keys()) if (!this.#isPart.has(column)) powers.delete(column);
      }
    }
  }

  predict(): Prediction[] {
    return this.#users.map(({ powers, rounds }) => {
      const [best] = [...powers].sort(([a, p], [b, q]) => q - p || a - b);
      if (best === undefined) return null;
      const [column] = best;
      const others = this.#columns.filter((each) => each !== column);
      return [{ column, probability: SWEPT }, ...rounds.rank(others, SWEPT - 1e-9)].map(
        ({ column: each, probability }) => ({ column: each, probability: probability * SWEPT }),
      );
    });
  }
}

export const partialCodebookTracker = trackerDefinition({
  name: 'partial-codebook',
  title: 'Partial codebook',
  source: 'as in Qian et al. 2026',
  options: {
    /** |C_p|; probing.mostPerEpoch and probing.budget say how many of them are swept in an epoch. */
    codewords: z.int().min(1).max(100_000).default(256),
  },
  build: ({ codewords }, { codebook, numUsers }) => {
    const count = Math.min(codewords, codebook.numCodewords);
    // Evenly over directions before rings: a beam on the wrong ring brings more than one in the wrong direction.
    const columns = Array.from({ length: count }, (_, k) => {
      const at = Math.floor(((k + 0.5) * codebook.numCodewords) / count);
      return (at % codebook.numRings) * codebook.numAngles + Math.floor(at / codebook.numRings);
    });
    return new PartialCodebookTracker(columns, numUsers);
  },
});
