/**
 * Throughput of a study of the DPC scheme on one core: per user, draw it and its channel, send its 78 pilots in noise,
 * find the noise-free best of the whole polar codebook. Held against the same study that evaluates the whole codebook
 * by a matrix-vector product in plain JavaScript, which then also answers the polar pilots. Time is processor time of this process,
 * so that what else the machine does takes less part in it.
 */
import { type ChannelEvaluator, channelVector } from '../src/channel/channel.js';
import type { Path } from '../src/channel/paths.js';
import type { Codeword } from '../src/codebook/codeword.js';
import type { PolarCodebook, PolarIndex } from '../src/codebook/polar.js';
import { codewordWeights } from '../src/codebook/weights.js';
import {
  type Complex,
  type ComplexVector,
  complexVector,
  magnitude,
  transposeProduct,
} from '../src/core/complex.js';
import { accuracySchema } from '../src/study/accuracy/accuracy-file.js';
import { Simulator } from '../src/study/accuracy/accuracy-simulator.js';
import { buildArray, buildPolar } from '../src/study/common/study-array.js';
import { type Benchmark, comparison, median, processorTimeS } from './benchmark.js';
import { partsOfStudy } from './dpc-parts.js';

const study = accuracySchema.parse({
  kind: 'accuracy',
  title: 'DPC study throughput',
  array: { elements: 512, carrier: '100 GHz', speedOfLight: 3e8 },
  schemes: ['dpc'],
  snr: ['15 dB'],
  users: { count: 1000, between: ['12 m', '80 m'] },
});

const NUM_ROUNDS = 15;
/** Users per round: about as long on either side. */
const FAST_USERS = 700;
const DIRECT_USERS = 10;

export const dpcStudy: Benchmark = {
  name: 'dpc-study',
  async run() {
    const simulator = new Simulator(study, false);
    const fast = (firstUser: number, numUsers: number) => {
      const { tallies } = simulator.run({ placeIndex: 0, firstUser, numUsers });
      return tallies[0]!.numCorrect;
    };
    const plain = new Simulator(study, false, (polar) => new PlainEvaluator(polar));
    const direct = (firstUser: number, numUsers: number) => {
      const { tallies } = plain.run({ placeIndex: 0, firstUser, numUsers });
      return tallies[0]!.numCorrect;
    };
    fast(1, FAST_USERS);
    if (fast(1, 2 * DIRECT_USERS) !== direct(1, 2 * DIRECT_USERS)) {
      throw new Error('the two ways of evaluating do not agree');
    }
    const fastPerS: number[] = [];
    const directPerS: number[] = [];
    // Alternating, so that whatever else the machine does hits both.
    for (let round = 0; round < NUM_ROUNDS; round++) {
      fastPerS.push(usersPerS(fast, 1 + round * FAST_USERS, FAST_USERS));
      directPerS.push(usersPerS(direct, 1 + round * DIRECT_USERS, DIRECT_USERS));
    }
    return [
      comparison({
        what: 'study of the DPC scheme, 512 elements, one core',
        value: median(fastPerS),
        unit: 'users/s',
        alternative: 'the whole codebook by matrix-vector products in plain JavaScript',
        alternativeValue: median(directPerS),
        target: { of: 'value', atLeast: 10_000 },
      }),
      ...partsOfStudy(
        study,
        buildPolar(buildArray(study.array, study.array.elements!), study.codebook),
        simulator,
      ),
    ];
  },
};

function usersPerS(
  run: (first: number, count: number) => number,
  firstUser: number,
  numUsers: number,
): number {
  const startS = processorTimeS();
  run(firstUser, numUsers);
  return numUsers / (processorTimeS() - startS);
}

/** Evaluates the whole codebook for every channel; polar pilots and the best codeword are then looked up. */
class PlainEvaluator implements ChannelEvaluator {
  readonly #polar: PolarCodebook;
  readonly #matrix: ComplexVector;
  readonly #received: ComplexVector;
  readonly #weightsOf = new Map<Codeword, ComplexVector>();
  #h: ComplexVector;

  constructor(polar: PolarCodebook) {
    this.#polar = polar;
    this.#matrix = codebookMatrix(polar);
    this.#received = complexVector(polar.numCodewords);
    this.#h = complexVector(polar.numAngles);
  }

  setChannel(paths: readonly Path[]): void {
    this.#h = channelVector(this.#polar.array, paths);
    multiply(this.#matrix, this.#h, this.#received);
  }

  receive(pilot: Codeword): Complex {
    if (pilot.label.kind === 'polar') {
      return elementAt(this.#received, this.#polar.column(pilot.label));
    }
    const weights = this.#weightsOf.get(pilot) ?? codewordWeights(pilot, this.#polar.array.carrierHz);
    this.#weightsOf.set(pilot, weights);
    return transposeProduct(this.#h, weights);
  }

  best(): PolarIndex {
    return this.#polar.indexOf(strongest(this.#received));
  }

  bestWithNoise(noise: ComplexVector): PolarIndex {
    const { re, im } = this.#received;
    return this.#polar.indexOf(
      strongest({ re: re.map((x, k) => x + noise.re[k]!), im: im.map((x, k) => x + noise.im[k]!) }),
    );
  }
}

/** Weights of all codewords, one after the other, as flat as plain JavaScript likes it. */
function codebookMatrix(polar: PolarCodebook): ComplexVector {
  const matrix = complexVector(polar.numCodewords * polar.numAngles);
  for (let column = 0; column < polar.numCodewords; column++) {
    const { re, im } = codewordWeights(polar.codeword(polar.indexOf(column)), polar.array.carrierHz);
    matrix.re.set(re, column * polar.numAngles);
    matrix.im.set(im, column * polar.numAngles);
  }
  return matrix;
}

function multiply(matrix: ComplexVector, h: ComplexVector, out: ComplexVector): void {
  const { re: wr, im: wi } = matrix;
  const { re: hr, im: hi } = h;
  const numElements = hr.length;
  let at = 0;
  for (let column = 0; column < out.re.length; column++) {
    let re = 0;
    let im = 0;
    for (let k = 0; k < numElements; k++, at++) {
      const a = hr[k]!;
      const b = hi[k]!;
      const c = wr[at]!;
      const d = wi[at]!;
      re += a * c - b * d;
      im += a * d + b * c;
    }
    out.re[column] = re;
    out.im[column] = im;
  }
}

function elementAt(vector: ComplexVector, k: number) {
  return { re: vector.re[k]!, im: vector.im[k]! };
}

function strongest(vector: ComplexVector): number {
  let best = 0;
  for (let k = 1; k < vector.re.length; k++) {
    if (magnitude(elementAt(vector, k)) > magnitude(elementAt(vector, best))) best = k;
  }
  return best;
}
