/**
 * The best codeword of a tracker's codebook: 256 directions on 8 rings for 512 elements at 60 GHz, users uniform by area from 3 to
 * 200 m. By screening with folded FFTs, against the whole codebook by matrix-vector products.
 */
import { LinearArray } from '../src/array/linear-array.js';
import type { ChannelEvaluator } from '../src/channel/channel.js';
import { DirectEvaluator } from '../src/channel/direct-evaluator.js';
import { createEvaluator } from '../src/channel/evaluator.js';
import { drawPaths, drawPosition, type Path, type UserRegion } from '../src/channel/paths.js';
import { PolarCodebook } from '../src/codebook/polar.js';
import { Random } from '../src/core/random.js';
import { type Benchmark, comparison, median } from './benchmark.js';

const NUM_USERS = 20_000;
/** That the whole codebook is evaluated for. */
const NUM_DIRECT = 1000;
const NUM_ROUNDS = 10;

const REGION: UserRegion = { ringDistanceM: [3, 200], angleRad: [-Math.PI / 3, Math.PI / 3] };

export const bestCodeword: Benchmark = {
  name: 'best-codeword',
  async run() {
    const array = new LinearArray({ numElements: 512, carrierHz: 60e9 });
    const codebook = new PolarCodebook(array, {
      numRings: 8,
      numAngles: 256,
      withInfinity: false,
      name: 'tracking',
    });
    const channels = Array.from({ length: NUM_USERS }, (_, user) => {
      const random = new Random(60, 'user', user);
      const statistics = { numScatterers: 2, ricianFactorDb: 17 };
      return drawPaths(drawPosition(REGION, random), REGION, statistics, random);
    });
    const fast = createEvaluator(codebook);
    const direct = new DirectEvaluator(codebook);
    bestOf(fast, codebook, channels.slice(0, 500));
    const fastPerS: number[] = [];
    const directPerS: number[] = [];
    let numEqual = 0;
    for (let round = 0; round < NUM_ROUNDS; round++) {
      const first = (round * NUM_USERS) / NUM_ROUNDS;
      const found = timed(() =>
        bestOf(fast, codebook, channels.slice(first, first + NUM_USERS / NUM_ROUNDS)),
      );
      fastPerS.push(found.result.length / found.tookS);
      const asked = channels.slice(first, first + NUM_DIRECT / NUM_ROUNDS);
      const all = timed(() => bestOf(direct, codebook, asked));
      directPerS.push(asked.length / all.tookS);
      numEqual += all.result.filter((column, k) => column === found.result[k]).length;
    }
    return [
      comparison({
        what: 'best of 2048 codewords, 512 elements, 3 paths, one core',
        value: median(fastPerS),
        unit: 'users/s',
        alternative: 'the whole codebook by sums over elements in plain JavaScript',
        alternativeValue: median(directPerS),
        target: { of: 'ratio', atLeast: 15 },
      }),
      {
        what: `the same codeword by both ways, of ${NUM_DIRECT} users`,
        value: (100 * numEqual) / NUM_DIRECT,
        unit: '%',
        alternative: null,
        alternativeValue: null,
        ratio: null,
        target: { of: 'value', atLeast: 100 },
      },
    ];
  },
};

function bestOf(evaluator: ChannelEvaluator, codebook: PolarCodebook, channels: readonly Path[][]): number[] {
  return channels.map((paths) => {
    evaluator.setChannel(paths);
    return codebook.column(evaluator.best());
  });
}

function timed<T>(work: () => T): { readonly result: T; readonly tookS: number } {
  const startMs = performance.now();
  const result = work();
  return { result, tookS: (performance.now() - startMs) / 1e3 };
}
