/** What a way to choose beams is worth to the users of a place. */
import { type MeanWithInterval, meanWithInterval } from '../../evaluation/intervals.js';
import type { Weights } from '../../learning/weights.js';
import type { SweepSet } from '../data/sweep-set.js';
import { likeliest, sweepPass } from '../forward/sweep-pass.js';
import { type SweepModelFile, sizesOf, titleOf } from '../model-file.js';
import type { Choice } from './baselines.js';

/** Beams that a network is asked for, and that are tried with pilots of their own. */
const NUM_TRIED = 3;
const NEARLY_DB = 1;

export interface PlaceScores {
  /** How often the first beam is the best of all. */
  readonly top1: MeanWithInterval;
  readonly top3: MeanWithInterval | null;
  /** How often the first, and the best of those that are tried, is within 1 dB of the best of all. */
  readonly first: MeanWithInterval;
  readonly tried: MeanWithInterval | null;
  /** With the first beam, bit/s/Hz (docs/model.md eq. 133). */
  readonly rate: MeanWithInterval;
}

/** By the forward pass that a scheme uses. */
export function choiceOf(
  { model, weights }: { readonly model: SweepModelFile; readonly weights: Weights },
  set: SweepSet,
  powers: Float64Array,
): Choice {
  const pass = sweepPass(sizesOf(model), set.numCoarse, weights);
  const ranked = Array.from({ length: set.numUsers }, (_, user) => {
    const own = powers.subarray(user * set.numCoarse, (user + 1) * set.numCoarse);
    return likeliest(pass.scores(own, set.sectors[user]), NUM_TRIED);
  });
  return { name: 'sweep', title: titleOf(model), ranked, numPilots: set.numCoarse };
}

/** Intervals are over users. */
export function placeScores(
  { best, fine, numFine, numUsers }: SweepSet,
  { ranked }: Choice,
  { array, snr: snrDb }: Pick<SweepModelFile, 'array' | 'snr'>,
  seed: number,
): PlaceScores {
  const share = 10 ** (-NEARLY_DB / 10);
  const power = (user: number, beam: number) => fine[user * numFine + beam]!;
  const isNear = (user: number, beam: number) => power(user, beam) >= share * power(user, best[user]!);
  const mean = (of: (user: number) => number) =>
    meanWithInterval(
      Float64Array.from({ length: numUsers }, (_, user) => of(user)),
      seed,
    );
  const ranks = ranked[0]!.length > 1;
  const ofAll = 10 ** (snrDb / 10) / (array.rows * array.columns);
  return {
    top1: mean((user) => Number(ranked[user]![0] === best[user])),
    top3: ranks ? mean((user) => Number(ranked[user]!.includes(best[user]!))) : null,
    first: mean((user) => Number(isNear(user, ranked[user]![0]!))),
    tried: ranks ? mean((user) => Number(ranked[user]!.some((beam) => isNear(user, beam)))) : null,
    rate: mean((user) => Math.log2(1 + ofAll * power(user, ranked[user]![0]!))),
  };
}
