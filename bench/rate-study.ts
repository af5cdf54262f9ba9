/**
 * Throughput of a rate study on one core: per user at 15 dB, three TD-PS pilots of 256 elements on 1024 subcarriers through
 * spherical waves and noise, the matched filter's answer on 1024 × 10 points, and the rate of the beam that serves it. Held
 * against the same study with the sum over elements written out and the whole grid searched for every user.
 */
import { DirectSum } from '../src/channel/wideband/direct-sum.js';
import { rateSchema } from '../src/study/rate/rate-file.js';
import { RateSimulator } from '../src/study/rate/rate-simulator.js';
import { type Benchmark, comparison, median } from './benchmark.js';

const studyWith = (search: 'coarse-to-fine' | 'full') =>
  rateSchema.parse({
    kind: 'rate',
    title: 'throughput',
    array: {
      elements: 256,
      carrier: '30 GHz',
      bandwidth: '5 GHz',
      subcarriers: 1024,
      speedOfLight: 3e8,
      sector: { angle: '60 deg', distance: ['5 m', '30 m'] },
    },
    snr: '15 dB',
    schemes: {
      'TD-PS': {
        name: 'tdps',
        pilots: 3,
        delayParameters: ['349/11', '-427/800'],
        phaseParameters: [-30, '1859/3200'],
        estimator: { name: 'matched-filter', directions: 1024, rings: 10, refine: false, search },
      },
    },
  });

const NUM_ROUNDS = 9;
/** Users per round: about as long on either side. */
const FAST_USERS = 100;
const DIRECT_USERS = 3;

export const rateStudy: Benchmark = {
  name: 'rate-study',
  async run() {
    const fast = new RateSimulator(studyWith('coarse-to-fine'));
    const direct = new RateSimulator(studyWith('full'), (_, band) => new DirectSum(band));
    const sumRate = (simulator: RateSimulator, firstUser: number, numUsers: number) =>
      simulator.run({ placeIndex: 0, firstUser, numUsers })[0]!.sumRate;
    // Builds the dictionaries, too.
    const difference = sumRate(fast, 1, 2 * DIRECT_USERS) - sumRate(direct, 1, 2 * DIRECT_USERS);
    if (Math.abs(difference) > 1e-6) {
      throw new Error(`the two ways of evaluating do not agree: ${difference} bit/s/Hz apart`);
    }
    const fastPerS: number[] = [];
    const directPerS: number[] = [];
    // Alternating, so that whatever else the machine does hits both.
    for (let round = 0; round < NUM_ROUNDS; round++) {
      fastPerS.push(usersPerS(() => sumRate(fast, 1 + round * FAST_USERS, FAST_USERS), FAST_USERS));
      directPerS.push(usersPerS(() => sumRate(direct, 1 + round * DIRECT_USERS, DIRECT_USERS), DIRECT_USERS));
    }
    return [
      comparison({
        what: 'rate study, TD-PS with the matched filter at 15 dB, 256 elements, 1024 subcarriers, one core',
        value: median(fastPerS),
        unit: 'users/s',
        alternative: 'the sum over elements written out and the whole grid searched',
        alternativeValue: median(directPerS),
        target: { of: 'ratio', atLeast: 10 },
      }),
    ];
  },
};

function usersPerS(run: () => void, numUsers: number): number {
  const startMs = performance.now();
  run();
  return (numUsers * 1e3) / (performance.now() - startMs);
}
