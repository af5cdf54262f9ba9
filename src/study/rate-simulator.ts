/** Trains and serves users of a rate study, one after the other. Runs in a worker thread or in the main one. */
import { createSubcarrierSum } from '../channel/wideband/subcarrier-sum.js';
import type { Codeword } from '../codebook/codeword.js';
import { PolarCodebook } from '../codebook/polar.js';
import { createScheme, type SchemeChoice, type SchemeFactory } from '../training/registry.js';
import { runScheme, type Training } from '../training/run-scheme.js';
import { type PilotBatch, type Powers, powersOf } from '../training/scheme.js';
import { RateAir, type Scale } from './rate-air.js';
import type { RateStudy } from './rate-file.js';
import {
  buildSetting,
  type RatePlace,
  type RateScheme,
  type RateSetting,
  ratePlaces,
  rateSchemes,
  rateUser,
} from './rate-setting.js';
import type { UserJob } from './user-job.js';

/** Sums over the users of a job, of one scheme at one SNR. */
export interface RateTally {
  readonly placeIndex: number;
  readonly schemeIndex: number;
  readonly snrIndex: number;
  numUsers: number;
  numPilots: number;
  sumRate: number;
  sumSquaredRate: number;
  /** Users whose mean power gain over the band is at least half of a perfectly focused beam's. */
  numWithin3Db: number;
}

/** Mean power gain that counts as focused on the user. */
const HALF_POWER = 0.5;

/** What serving with a beam yields. */
interface Served {
  /** Power gain per subcarrier. */
  readonly gains: Float64Array;
  readonly meanGain: number;
}

export class RateSimulator {
  readonly #study: RateStudy;
  readonly #places: readonly RatePlace[];
  readonly #schemes: readonly RateScheme[];
  readonly #factories: readonly SchemeFactory[];
  readonly #air: RateAir;

  constructor(study: RateStudy) {
    const setting = buildSetting(study);
    this.#study = study;
    this.#places = ratePlaces(study);
    this.#schemes = rateSchemes(study);
    this.#factories = this.#schemes.map(({ choice }) => createFactory(choice, setting));
    this.#air = new RateAir({
      ...setting,
      model: study.air,
      sum: createSubcarrierSum(setting.array.numElements, setting.band),
      radiate: (codeword) => codeword,
    });
  }

  run({ placeIndex, firstUser, numUsers }: UserJob): RateTally[] {
    const { seed, snr } = this.#study;
    const tallies = this.#schemes.flatMap((_, schemeIndex) =>
      snr.map((_, snrIndex) => emptyTally(placeIndex, schemeIndex, snrIndex)),
    );
    for (let number = firstUser; number < firstUser + numUsers; number++) {
      this.#air.setUser(rateUser(this.#study, this.#places[placeIndex]!, number), seed, 'noise', number);
      const served = new Map<string, Served>();
      for (const tally of tallies) {
        const snrDb = snr[tally.snrIndex]!;
        const { estimate, numPilots } = this.#train(this.#factories[tally.schemeIndex]!, snrDb);
        const known = served.get(estimate.codeword.key);
        const { gains, meanGain } = known ?? this.#serve(estimate.codeword);
        if (known === undefined) served.set(estimate.codeword.key, { gains, meanGain });
        const rate = meanRate(gains, snrDb);
        tally.numUsers += 1;
        tally.numPilots += numPilots;
        tally.sumRate += rate;
        tally.sumSquaredRate += rate * rate;
        tally.numWithin3Db += Number(meanGain >= HALF_POWER);
      }
    }
    return tallies;
  }

  #train(factory: SchemeFactory, snrDb: number): Training {
    const scale = scaleOf(this.#study.pilotSnr ?? snrDb);
    return runScheme(factory.start(), (pilots) => this.#measure(factory, pilots, scale));
  }

  /** Studies know the powers of signal and noise, as a link budget would tell them. */
  #measure({ band, onlySubcarrier }: SchemeFactory, pilots: PilotBatch, scale: Scale): Powers {
    const noiseFloor = scale.noise ** 2;
    const fullGainPower = scale.signal ** 2;
    if (onlySubcarrier !== null) {
      return powersOf(this.#air.powersAt(onlySubcarrier, pilots, scale), 1, noiseFloor, fullGainPower);
    }
    return powersOf(this.#air.powers(pilots, scale), band!.numSubcarriers, noiseFloor, fullGainPower);
  }

  #serve(codeword: Codeword): Served {
    const gains = this.#air.gains(codeword);
    return { gains, meanGain: gains.reduce((sum, gain) => sum + gain, 0) / gains.length };
  }
}

/** @throws BAD_ARGUMENT when the scheme does not fit array and band. */
export function createFactory(choice: SchemeChoice, setting: RateSetting): SchemeFactory {
  // Wideband schemes take nothing but the array from it.
  const polar = new PolarCodebook(setting.array, { numRings: 1 });
  return createScheme(choice, polar, setting);
}

/** (1/M) sum of log2(1 + SNR |g_m|^2), bit/s/Hz (docs/model.md eq. 73). */
function meanRate(gains: Float64Array, snrDb: number): number {
  const snr = 10 ** (snrDb / 10);
  let sum = 0;
  for (let m = 0; m < gains.length; m++) sum += Math.log2(1 + snr * gains[m]!);
  return sum / gains.length;
}

/** Noise of variance 1, or none and a signal of 1. */
function scaleOf(snrDb: number): Scale {
  return Number.isFinite(snrDb) ? { signal: 10 ** (snrDb / 20), noise: 1 } : { signal: 1, noise: 0 };
}

function emptyTally(placeIndex: number, schemeIndex: number, snrIndex: number): RateTally {
  return {
    placeIndex,
    schemeIndex,
    snrIndex,
    numUsers: 0,
    numPilots: 0,
    sumRate: 0,
    sumSquaredRate: 0,
    numWithin3Db: 0,
  };
}
