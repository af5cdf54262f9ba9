/** Users of sectors as a network learns of them: what the coarse sweep brings them, and which fine beam is the best. */

/** All of one sector's frame but `sectors`. */
export interface SweepSet {
  readonly numUsers: number;
  /** Beams of the coarse sweep. */
  readonly numCoarse: number;
  /** Beams that are chosen from. */
  readonly numFine: number;
  /** Antennas of the receiver times subcarriers. */
  readonly numReceived: number;
  /**
   * Received with each beam of the coarse sweep, without noise: real and imaginary parts, [users, coarse, received, 2]. Of each user
   * the channel's elements have a mean square of 1.
   */
  readonly coarse: Float32Array;
  /** Mean received power with each fine beam, without noise, [users, fine]. */
  readonly fine: Float32Array;
  /** The strongest of the fine beams, the first on a tie, [users]. */
  readonly best: Int32Array;
  /** Whose sector the user is in, from 0, [users]. */
  readonly sectors: Uint8Array;
  /** Where the user is, x and y in the frame of its sector, m, [users, 2]. */
  readonly ownM: Float32Array;
  /** The same in the world's. */
  readonly worldM: Float32Array;
}

/** Some of the users. */
export function usersOf(set: SweepSet, users: readonly number[]): SweepSet {
  const rows = <T extends Float32Array | Int32Array | Uint8Array>(of: T): T => {
    const size = of.length / set.numUsers;
    const made = new (of.constructor as new (length: number) => T)(users.length * size);
    users.forEach((user, k) => {
      made.set(of.subarray(user * size, (user + 1) * size), k * size);
    });
    return made;
  };
  const { coarse, fine, best, sectors, ownM, worldM } = set;
  return {
    ...{ ...set, numUsers: users.length },
    ...{ coarse: rows(coarse), fine: rows(fine), best: rows(best), sectors: rows(sectors) },
    ...{ ownM: rows(ownM), worldM: rows(worldM) },
  };
}

/** Several sets with the same beams and receivers as one. */
export function together(sets: readonly SweepSet[]): SweepSet {
  const joined = <T extends Float32Array | Int32Array | Uint8Array>(of: (set: SweepSet) => T): T => {
    const parts = sets.map(of);
    const Made = parts[0]!.constructor as new (length: number) => T;
    const made = new Made(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      made.set(part, at);
      at += part.length;
    }
    return made;
  };
  return {
    ...sets[0]!,
    numUsers: sets.reduce((sum, { numUsers }) => sum + numUsers, 0),
    coarse: joined(({ coarse }) => coarse),
    fine: joined(({ fine }) => fine),
    best: joined(({ best }) => best),
    sectors: joined(({ sectors }) => sectors),
    ownM: joined(({ ownM }) => ownM),
    worldM: joined(({ worldM }) => worldM),
  };
}
