/** Scores of one tracker on one group, epoch by epoch (docs/model.md eq. 92). */
import { noiseVariance } from '../../channel/channel.js';
import type { Codeword } from '../../codebook/codeword.js';
import type { PolarCodebook } from '../../codebook/polar.js';
import { codewordWeights } from '../../codebook/weights.js';
import type { Complex, ComplexVector } from '../../core/complex.js';
import type { EpochPlan } from '../../tracking/epoch-plan.js';
import type { GroupScore } from './tracking-tally.js';

export interface ScoreSetting {
  readonly trackerIndex: number;
  readonly pointIndex: number;
  readonly codebook: PolarCodebook;
  readonly snrDb: number;
}

const NUM_RANKED = 3;

export class EpochScores {
  readonly #setting: ScoreSetting;
  readonly #noise: number;
  readonly #sums = {
    gain: 0,
    top1: 0,
    top3: 0,
    nmse: 0,
    sumRate: 0,
    probes: 0,
    trainingPilots: 0,
    unserved: 0,
  };
  #numEpochs = 0;
  #numUsers = 0;
  #plan!: EpochPlan;

  constructor(setting: ScoreSetting) {
    this.#setting = setting;
    this.#noise = noiseVariance(setting.snrDb);
  }

  begin(plan: EpochPlan): void {
    this.#plan = plan;
    this.#numUsers = plan.users.length;
  }

  /**
   * @param best column of the best codeword of the moment.
   * @param hear what the user receives of a codeword, without noise.
   */
  user(user: number, best: number, hear: (codeword: Codeword) => Complex): void {
    const { users } = this.#plan;
    const sums = this.#sums;
    const { column, prediction, probes } = users[user]!;
    sums.probes += probes.length;
    if (column === null) {
      sums.unserved++;
      // The error of no beam at all is the beam.
      sums.nmse++;
      return;
    }
    const powerOf = (of: number) => {
      const { re, im } = hear(this.#codeword(of));
      return re * re + im * im;
    };
    const own = powerOf(column);
    sums.gain += own / powerOf(best);
    sums.top1 += Number(column === best);
    const ranked = [
      column,
      ...(prediction ?? []).map((each) => each.column).filter((each) => each !== column),
    ];
    sums.top3 += Number(ranked.slice(0, NUM_RANKED).includes(best));
    sums.nmse += column === best ? 0 : squaredDistance(this.#weights(column), this.#weights(best));
    let interference = this.#noise;
    for (const [k, other] of users.entries()) {
      if (k !== user && other.column !== null) interference += powerOf(other.column);
    }
    sums.sumRate += Math.log2(1 + own / interference);
  }

  end(): void {
    this.#numEpochs++;
    this.#sums.trainingPilots += this.#plan.pilots.filter(({ purpose }) => purpose === 'train').length;
  }

  mean(): GroupScore {
    const { trackerIndex, pointIndex } = this.#setting;
    const numSamples = this.#numEpochs * this.#numUsers;
    const { sumRate, ...perUser } = this.#sums;
    return {
      trackerIndex,
      pointIndex,
      sumRate: sumRate / this.#numEpochs,
      ...(Object.fromEntries(
        Object.entries(perUser).map(([name, sum]) => [name, sum / numSamples]),
      ) as typeof perUser),
    };
  }

  #codeword(column: number): Codeword {
    const { codebook } = this.#setting;
    return codebook.codeword(codebook.indexOf(column));
  }

  #weights(column: number): ComplexVector {
    return codewordWeights(this.#codeword(column), this.#setting.codebook.array.carrierHz);
  }
}

/** Of vectors of norm 1: the error relative to the first. */
function squaredDistance(a: ComplexVector, b: ComplexVector): number {
  let sum = 0;
  for (let n = 0; n < a.re.length; n++) sum += (a.re[n]! - b.re[n]!) ** 2 + (a.im[n]! - b.im[n]!) ** 2;
  return sum;
}
