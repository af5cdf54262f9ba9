/** From sums over users to the rows of a rate study. */
import { splitOf } from '../../training/registry.js';
import type { SchemeChoice } from '../../training/scheme-definition.js';
import { schemeLabel } from '../../training/scheme-label.js';
import { pointOrRange } from '../common/point-or-range.js';
import type { StudyRow } from '../common/result.js';
import { buildSetting } from '../common/wideband-setting.js';
import type { RateStudy } from './rate-file.js';
import { ratePlaces, rateSchemes } from './rate-setting.js';
import type { RateTally } from './rate-simulator.js';

/** One scheme with one number of pilots at one SNR and place; the rows that `beamloop study --json` prints. */
export interface RateRow extends StudyRow {
  /** The scheme's name in the study file. */
  readonly id: string;
  readonly scheme: string;
  /** Label of the board; null where the file names none. */
  readonly hardware: string | null;
  /** Null = as the codewords want them. */
  readonly phaseBits: number | null;
  readonly delayBits: number | null;
  /** Rms of delays, s. */
  readonly delayErrorS: number;
  /** One distance, or the smallest and largest. */
  readonly distanceM: number | readonly number[];
  /** Longest delay that the pilots ask of an element, s; null for schemes without delays. */
  readonly delayRangeS: number | null;
  /** After beamforming. */
  readonly snrDb: number;
  readonly numPilots: number;
  readonly numUes: number;
  /** Mean over users and subcarriers of serving the estimate, bit/s/Hz. */
  readonly meanRate: number;
  readonly rateInterval95: readonly [number, number];
  /** Mean rate of what the board makes of the serving beam, bit/s/Hz; null where the file names no board. */
  readonly boardRate: number | null;
  /** With a perfectly focused beam at the same SNR, bit/s/Hz. */
  readonly perfectRate: number;
  /** 1 - meanRate / perfectRate. */
  readonly loss: number;
  readonly lossInterval95: readonly [number, number];
  readonly boardLoss: number | null;
  /** Share of users whose mean gain over the band is within 3 dB of a perfectly focused beam's. */
  readonly within3Db: number;
  /** Share of the estimator's searches that had to go through its whole dictionary; null where it has none. */
  readonly fullSearches: number | null;
}

/** Columns that say which point a row is; the others are results. The label follows from the name and the pilots. */
export const RATE_KEYS = [
  'id',
  'hardware',
  'phaseBits',
  'delayBits',
  'delayErrorS',
  'distanceM',
  'snrDb',
  'numPilots',
];

/** Two-sided 97.5 % point of the standard normal distribution. */
const Z = 1.959963984540054;

/** Adds up the tallies of jobs as they come, in the order in which their keys first came. */
export class RateSums {
  readonly #sums = new Map<string, RateTally>();

  add(tallies: readonly RateTally[]): void {
    for (const tally of tallies) {
      const key = `${tally.placeIndex}/${tally.schemeIndex}/${tally.snrIndex}`;
      const sum = this.#sums.get(key);
      if (sum === undefined) this.#sums.set(key, { ...tally });
      else add(sum, tally);
    }
  }

  all(): RateTally[] {
    return [...this.#sums.values()];
  }
}

/** One of each sum, in their order: places, schemes, SNRs. */
export function rateRows(study: RateStudy, sums: readonly RateTally[]): RateRow[] {
  const places = ratePlaces(study);
  const schemes = rateSchemes(study);
  const delayRanges = schemes.map(({ choice }) => delayRangeS(study, choice));
  return sums.map((sum) => {
    const { id, choice } = schemes[sum.schemeIndex]!;
    const { hardware, distanceM } = places[sum.placeIndex]!;
    const snrDb = study.snr[sum.snrIndex]!;
    const boardRate = hardware === null ? null : sum.sumBoardRate / sum.numUsers;
    const perfectRate = Math.log2(1 + 10 ** (snrDb / 10));
    const meanRate = sum.sumRate / sum.numUsers;
    const rateInterval95 = meanInterval95(sum, perfectRate);
    const lossOf = (rate: number) => 1 - rate / perfectRate;
    return {
      id,
      scheme: schemeLabel(choice),
      hardware: hardware?.label ?? null,
      phaseBits: hardware?.phaseBits ?? null,
      delayBits: hardware?.delayBits ?? null,
      delayErrorS: hardware?.delayErrorS ?? 0,
      distanceM: pointOrRange(distanceM),
      delayRangeS: delayRanges[sum.schemeIndex]!,
      snrDb,
      numPilots: sum.numPilots / sum.numUsers,
      numUes: sum.numUsers,
      meanRate,
      rateInterval95,
      boardRate,
      perfectRate,
      loss: lossOf(meanRate),
      lossInterval95: [lossOf(rateInterval95[1]), lossOf(rateInterval95[0])],
      boardLoss: boardRate === null ? null : lossOf(boardRate),
      within3Db: sum.numWithin3Db / sum.numUsers,
      fullSearches: sum.numSearches === 0 ? null : sum.numFullSearches / sum.numSearches,
    };
  });
}

function delayRangeS(study: RateStudy, choice: SchemeChoice): number | null {
  const split = splitOf(choice);
  if (split === null) return null;
  const setting = buildSetting(study);
  const { pilots } = split.codebook(setting.array, setting);
  return pilots.reduce((most, { codeword }) => codeword.delayS!.reduce((a, b) => Math.max(a, b), most), 0);
}

function add(sum: RateTally, tally: RateTally): void {
  sum.numUsers += tally.numUsers;
  sum.numPilots += tally.numPilots;
  sum.sumRate += tally.sumRate;
  sum.sumSquaredRate += tally.sumSquaredRate;
  sum.sumBoardRate += tally.sumBoardRate;
  sum.numWithin3Db += tally.numWithin3Db;
  sum.numSearches += tally.numSearches;
  sum.numFullSearches += tally.numFullSearches;
}

/** Of the mean, by the normal distribution, within what rates can be; one user says nothing. */
function meanInterval95({ numUsers, sumRate, sumSquaredRate }: RateTally, most: number): [number, number] {
  if (numUsers < 2) return [0, most];
  const mean = sumRate / numUsers;
  const variance = Math.max(0, sumSquaredRate - numUsers * mean * mean) / (numUsers - 1);
  const half = Z * Math.sqrt(variance / numUsers);
  return [Math.max(0, mean - half), Math.max(mean, Math.min(most, mean + half))];
}
