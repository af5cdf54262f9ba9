/**
 * Throughput of a study of the DPC scheme on one core: per user, draw it and its channel, send its 78 pilots in noise,
 * find the noise-free best of the whole polar codebook. Held against the same study that evaluates the whole codebook
 * by a matrix-vector product in plain JavaScript, which then also answers the polar pilots.
 */
import { channelVector, noiseVariance } from '../src/channel/channel.js';
import type { Codeword } from '../src/codebook/codeword.js';
import type { PolarCodebook } from '../src/codebook/polar.js';
import { codewordWeights } from '../src/codebook/weights.js';
import { type ComplexVector, complexVector, magnitude, transposeProduct } from '../src/core/complex.js';
import { accuracySchema } from '../src/study/accuracy-file.js';
import { studyUser } from '../src/study/drawn-users.js';
import { buildArray, buildPolar } from '../src/study/file-sections.js';
import { placesOf } from '../src/study/places.js';
import { Simulator } from '../src/study/simulator.js';
import { createScheme } from '../src/training/registry.js';
import { runScheme } from '../src/training/run-scheme.js';
import { type Benchmark, comparison } from './benchmark.js';

const study = accuracySchema.parse({
  kind: 'accuracy',
  title: 'DPC study throughput',
  array: { elements: 512, carrier: 100e9, speedOfLight: 3e8 },
  schemes: ['dpc'],
  snr: [15],
  users: { count: 1000, between: [12, 80] },
});
const [place] = placesOf(study);

const NUM_ROUNDS = 15;
/** Users per round: about as long on either side. */
const FAST_USERS = 250;
const DIRECT_USERS = 10;

export const dpcStudy: Benchmark = {
  name: 'dpc-study',
  async run() {
    const simulator = new Simulator(study, false);
    const fast = (firstUser: number, numUsers: number) => {
      const { tallies } = simulator.run({ placeIndex: 0, firstUser, numUsers });
      return tallies[0]!.numCorrect;
    };
    const direct = directStudy();
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
        target: { of: 'ratio', atLeast: 20 },
      }),
    ];
  },
};

function usersPerS(
  run: (first: number, count: number) => number,
  firstUser: number,
  numUsers: number,
): number {
  const startMs = performance.now();
  run(firstUser, numUsers);
  return (numUsers * 1e3) / (performance.now() - startMs);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** The study without the fast evaluator; returns how many of the users were trained correctly. */
function directStudy(): (firstUser: number, numUsers: number) => number {
  const array = buildArray(study.array, 512);
  const polar = buildPolar(array, study.codebook);
  const startScheme = createScheme(study.schemes[0]!, polar);
  const matrix = codebookMatrix(polar);
  const received = complexVector(polar.numCodewords);
  const weightsOf = new Map<Codeword, ComplexVector>();
  const deviation = Math.sqrt(noiseVariance(15));

  return (firstUser, numUsers) => {
    let numCorrect = 0;
    for (let number = firstUser; number < firstUser + numUsers; number++) {
      const user = studyUser(study, place!, 0, number);
      const h = channelVector(array, user.paths);
      multiply(matrix, h, received);
      const { estimate } = runScheme(startScheme(), (pilot) => {
        const { re, im } =
          pilot.label.kind === 'polar'
            ? elementAt(received, polar.column(pilot.label))
            : transposeProduct(h, weights(pilot));
        const noise = user.unitNoise(pilot.key);
        return (re + deviation * noise.re) ** 2 + (im + deviation * noise.im) ** 2;
      });
      if (estimate.codeword === polar.codeword(polar.indexOf(strongest(received)))) numCorrect++;
    }
    return numCorrect;
  };

  function weights(pilot: Codeword): ComplexVector {
    const known = weightsOf.get(pilot) ?? codewordWeights(pilot, array.carrierHz);
    weightsOf.set(pilot, known);
    return known;
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
