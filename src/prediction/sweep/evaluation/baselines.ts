/** What needs no network: searches by levels, the nearest beam, the most alike user of training, and trying everything. */
import { Random } from '../../../core/random.js';
import type { SweepSet } from '../data/sweep-set.js';
import type { SweepSetting } from '../sweep-setting.js';

/** What a way to choose beams says of every user. */
export interface Choice {
  readonly name: string;
  readonly title: string;
  /** Of each user: fine beams, the likeliest first; one, where it ranks none. */
  readonly ranked: readonly (readonly number[])[];
  /** Pilots of a user, without those that try what is ranked. */
  readonly numPilots: number;
}

export interface BaselineSetting {
  readonly setting: SweepSetting;
  readonly snrDb: number;
  readonly seed: number;
}

/**
 * @param powers of the coarse sweep, as the users measured it, [users, coarse].
 * @param known users of training, with their powers.
 */
export function baselinesOf(
  set: SweepSet,
  powers: Float64Array,
  known: { readonly set: SweepSet; readonly powers: Float64Array },
  { setting, snrDb, seed }: BaselineSetting,
): Choice[] {
  const users = Array.from({ length: set.numUsers }, (_, k) => k);
  const random = new Random(seed, 'baselines', 'noise');
  const heard = (user: number, beam: number) => noisyPower(set, user, beam, snrDb, random);
  const strongestOf = (user: number) =>
    strongest(powers.subarray(user * set.numCoarse, (user + 1) * set.numCoarse));
  const search = (around: readonly number[]) =>
    users.map((user) => [levelSearch(setting, strongestOf(user), around, (beam) => heard(user, beam))]);
  const numLevels = Math.log2(setting.fine[0] / setting.coarse[0]);
  return [
    {
      name: 'nearest',
      title: 'nearest fine beam',
      ranked: users.map((user) => [fineOf(setting, strongestOf(user))]),
      numPilots: set.numCoarse,
    },
    {
      name: 'hc4',
      title: 'hierarchical, 4 children',
      ranked: search([0, 1]),
      numPilots: set.numCoarse + 4 * numLevels,
    },
    {
      name: 'hc9',
      title: 'hierarchical, 3 x 3 around',
      ranked: search([-1, 0, 1]),
      numPilots: set.numCoarse + 9 * numLevels,
    },
    {
      name: '1-nn',
      title: 'most alike user of training',
      ranked: users.map((user) => [known.set.best[mostAlike(powers, user, set.numCoarse, known.powers)]!]),
      numPilots: set.numCoarse,
    },
    {
      name: 'exhaustive',
      title: 'all fine beams',
      ranked: users.map((user) => [
        strongest(Float64Array.from({ length: set.numFine }, (_, beam) => heard(user, beam))),
      ]),
      numPilots: set.numFine,
    },
  ];
}

/** Of a beam's slot: chi-squared of as many antennas and subcarriers, with what they receive in the middle of it. */
function noisyPower(
  { fine, numFine, numReceived }: SweepSet,
  user: number,
  beam: number,
  snrDb: number,
  random: Random,
): number {
  const scale = Math.sqrt(10 ** (-snrDb / 10) / 2);
  // Only the sum counts, so that all the power may come with one of them.
  let re = Math.sqrt(fine[user * numFine + beam]! * numReceived);
  let sum = 0;
  for (let k = 0; k < numReceived; k++) {
    sum += (re + scale * random.normal()) ** 2 + (scale * random.normal()) ** 2;
    re = 0;
  }
  return sum / numReceived;
}

/** The fine beam that points where a coarse one does. */
function fineOf({ coarse, fine }: SweepSetting, beam: number): number {
  const step = [fine[0] / coarse[0], fine[1] / coarse[1]] as const;
  return Math.floor(beam / coarse[1]) * step[0] * fine[1] + (beam % coarse[1]) * step[1];
}

/**
 * From the best coarse beam to grids twice as fine, until the finest: of each the beams with these steps from the one before.
 *
 * @param power as it is measured with a fine beam, which beams of coarser grids are, too.
 */
function levelSearch(
  { coarse, fine }: SweepSetting,
  first: number,
  around: readonly number[],
  power: (beam: number) => number,
): number {
  let [k, l] = [Math.floor(first / coarse[1]), first % coarse[1]];
  for (let side = coarse[0] * 2; side <= fine[0]; side *= 2) {
    const step = fine[0] / side;
    let most = -1;
    const [fromK, fromL] = [2 * k, 2 * l];
    for (const dk of around) {
      for (const dl of around) {
        const [ownK, ownL] = [fromK + dk, fromL + dl];
        if (ownK < 0 || ownL < 0 || ownK >= side || ownL >= side) continue;
        const found = power(ownK * step * fine[1] + ownL * step);
        if (found <= most) continue;
        [most, k, l] = [found, ownK, ownL];
      }
    }
  }
  return k * fine[1] + l;
}

function strongest(powers: ArrayLike<number>): number {
  let most = 0;
  for (let k = 1; k < powers.length; k++) if (powers[k]! > powers[most]!) most = k;
  return most;
}

/** The user whose levels, in dB against its strongest, differ the least. */
function mostAlike(powers: Float64Array, user: number, numCoarse: number, known: Float64Array): number {
  const own = levelsDb(powers, user, numCoarse);
  let least = Number.POSITIVE_INFINITY;
  let alike = 0;
  for (let other = 0; other * numCoarse < known.length; other++) {
    const levels = levelsDb(known, other, numCoarse);
    let sum = 0;
    for (let k = 0; k < numCoarse; k++) sum += (own[k]! - levels[k]!) ** 2;
    if (sum >= least) continue;
    least = sum;
    alike = other;
  }
  return alike;
}

function levelsDb(powers: Float64Array, user: number, numCoarse: number): Float64Array {
  const own = powers.subarray(user * numCoarse, (user + 1) * numCoarse);
  const most = own.reduce((a, b) => Math.max(a, b));
  return own.map((power) => 10 * Math.log10(power / most));
}
