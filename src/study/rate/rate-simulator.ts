/** Trains and serves users of a rate study, one after the other. Runs in a worker thread or in the main one. */

import type { Band } from '../../array/band.js';
import { rateOverBand } from '../../channel/wideband/rate.js';
import type { SubcarrierSum } from '../../channel/wideband/response.js';
import { createSubcarrierSum } from '../../channel/wideband/subcarrier-sum.js';
import type { Codeword } from '../../codebook/codeword.js';
import type { UserJob } from '../../fan-out/user-job.js';
import { type Powers, powersOf } from '../../sounding/powers.js';
import { runSounding, type Sounded } from '../../sounding/run-sounding.js';
import type { PilotBatch } from '../../sounding/sounding.js';
import type { SearchStatistics } from '../../training/estimators/point-estimator.js';
import type { Estimate } from '../../training/scheme.js';
import { buildSetting, type WidebandSetting } from '../common/wideband-setting.js';
import { RateAir, type Scale } from './rate-air.js';
import { type RateBench, RateBenches } from './rate-bench.js';
import type { RateStudy } from './rate-file.js';
import { IDEAL_BOARD } from './rate-hardware.js';
import { type RatePlace, ratePlaces, rateUser } from './rate-setting.js';

/** Sums over the users of a job, of one scheme at one SNR. */
export interface RateTally {
  readonly placeIndex: number;
  readonly schemeIndex: number;
  readonly snrIndex: number;
  numUsers: number;
  numPilots: number;
  /** With the ideal serving beam, and its square. */
  sumRate: number;
  sumSquaredRate: number;
  /** With what the board makes of the serving beam. */
  sumBoardRate: number;
  /** Users whose mean power gain over the band is at least half of a perfectly focused beam's. */
  numWithin3Db: number;
  /** Searches of the estimator's dictionary, and those that had to search all of it. */
  numSearches: number;
  numFullSearches: number;
}

/** Mean power gain that counts as focused on the user. */
const HALF_POWER = 0.5;

const NO_SEARCHES: SearchStatistics = { estimates: 0, fullSearches: 0 };

/** Power gain per subcarrier of serving with a beam as it is meant, and as the board radiates it. */
interface Served {
  readonly gains: Float64Array;
  readonly boardGains: Float64Array;
}

type SumOf = (numElements: number, band: Band) => SubcarrierSum;

export class RateSimulator {
  readonly #study: RateStudy;
  readonly #sumOf: SumOf;
  readonly #setting: WidebandSetting;
  readonly #places: readonly RatePlace[];
  readonly #schemes: RateBenches;
  /** Of one board at a time: dictionaries are large, and jobs come board by board. */
  #benches: readonly RateBench[] = [];
  #hardwareIndex: number | null = null;
  #air: RateAir;

  /** @param sumOf how the air is evaluated; a benchmark may have it done another way. */
  constructor(study: RateStudy, sumOf: SumOf = createSubcarrierSum) {
    this.#sumOf = sumOf;
    this.#study = study;
    this.#setting = buildSetting(study);
    this.#places = ratePlaces(study);
    this.#schemes = new RateBenches(study, this.#setting);
    this.#air = this.#newAir();
  }

  run({ placeIndex, firstUser, numUsers }: UserJob): RateTally[] {
    const { seed, snr } = this.#study;
    const place = this.#places[placeIndex]!;
    this.#turnTo(place);
    const tallies = this.#benches.flatMap((_, schemeIndex) =>
      snr.map((_, snrIndex) => emptyTally(placeIndex, schemeIndex, snrIndex)),
    );
    for (let number = firstUser; number < firstUser + numUsers; number++) {
      this.#air.setUser(rateUser(this.#study, place, number), seed, 'noise', number);
      const served = new Map<string, Served>();
      for (const tally of tallies) {
        const bench = this.#benches[tally.schemeIndex]!;
        const snrDb = snr[tally.snrIndex]!;
        const before = searchesOf(bench);
        const { result: estimate, numPilots } = this.#train(bench, snrDb);
        const after = searchesOf(bench);
        // Boards differ from scheme to scheme, the ideal one does not.
        const { key } = estimate.codeword;
        const name = bench.board === IDEAL_BOARD ? key : `${tally.schemeIndex}/${key}`;
        const { gains, boardGains } = served.get(name) ?? this.#serve(bench, estimate.codeword);
        served.set(name, { gains, boardGains });
        const rate = rateOf(gains, snrDb);
        tally.numUsers += 1;
        tally.numPilots += numPilots;
        tally.sumRate += rate;
        tally.sumSquaredRate += rate * rate;
        tally.sumBoardRate += boardGains === gains ? rate : rateOf(boardGains, snrDb);
        tally.numWithin3Db += Number(meanOf(gains) >= HALF_POWER);
        tally.numSearches += after.estimates - before.estimates;
        tally.numFullSearches += after.fullSearches - before.fullSearches;
      }
    }
    return tallies;
  }

  #turnTo({ hardware, hardwareIndex }: RatePlace): void {
    if (this.#hardwareIndex === hardwareIndex) return;
    this.#hardwareIndex = hardwareIndex;
    this.#benches = this.#schemes.before(hardware);
    this.#air = this.#newAir();
  }

  #newAir(): RateAir {
    const { array, band } = this.#setting;
    const sum = this.#sumOf(array.numElements, band);
    return new RateAir({ ...this.#setting, model: this.#study.air, sum });
  }

  #train(bench: RateBench, snrDb: number): Sounded<Estimate> {
    const scale = scaleOf(this.#study.pilotSnr ?? snrDb);
    return runSounding(bench.factory.start(), (pilots) => this.#measure(bench, pilots, scale));
  }

  /** Studies know the powers of signal and noise, as a link budget would tell them. */
  #measure({ factory, board }: RateBench, pilots: PilotBatch, scale: Scale): Powers {
    const { band, onlySubcarrier } = factory;
    const noiseFloor = scale.noise ** 2;
    const fullGainPower = scale.signal ** 2;
    const radiate = (codeword: Codeword) => board.radiate(codeword);
    if (onlySubcarrier !== null) {
      const powers = this.#air.powersAt(onlySubcarrier, pilots, scale, radiate);
      return powersOf(powers, 1, noiseFloor, fullGainPower);
    }
    const powers = this.#air.powers(pilots, scale, radiate);
    return powersOf(powers, band!.numSubcarriers, noiseFloor, fullGainPower);
  }

  #serve({ board }: RateBench, codeword: Codeword): Served {
    const gains = this.#air.gains(codeword);
    return { gains, boardGains: board === IDEAL_BOARD ? gains : this.#air.gains(board.radiate(codeword)) };
  }
}

function searchesOf({ factory }: RateBench): SearchStatistics {
  return factory.searches() ?? NO_SEARCHES;
}

/** (1/M) sum of log2(1 + SNR |g_m|^2), bit/s/Hz (docs/model.md eq. 76). */
function rateOf(gains: Float64Array, snrDb: number): number {
  const snr = 10 ** (snrDb / 10);
  return rateOverBand(gains.length, (m) => snr * gains[m]!);
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
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
    sumBoardRate: 0,
    numWithin3Db: 0,
    numSearches: 0,
    numFullSearches: 0,
  };
}
