/**
 * What a calibration makes of its powers: phases and amplitudes of 512 elements out of 2,056 of them. Held against the same with plain
 * products of the Hadamard matrix.
 */

import { hadamard } from '../calibration/procedures/hadamard.js';
import { estimateHalf } from '../calibration/procedures/half-estimate.js';
import { interleavedHalves } from '../calibration/procedures/halves.js';
import { phaseSteps } from '../calibration/procedures/phase-steps.js';
import { LinearArray } from '../src/array/linear-array.js';
import { Random } from '../src/core/random.js';
import { powersOf } from '../src/sounding/powers.js';
import { type Benchmark, comparison, median } from './benchmark.js';

const NUM_ELEMENTS = 512;
const NUM_ROUNDS = 21;

export const calibrationEstimate: Benchmark = {
  name: 'calibration-estimate',
  async run() {
    const halves = interleavedHalves(NUM_ELEMENTS);
    const steps = phaseSteps(6, 4);
    const random = new Random('calibration bench');
    // A reference of 128 and what each row adds to it.
    const values = Float64Array.from({ length: 4 * 256 }, () => 128 + 8 * random.normal());
    const powers = { values, stride: 1, column: 0 };
    const fast = () => halves.map((half) => estimateHalf(half, steps, powers).response.re[7]!);
    const plain = () =>
      halves.map(({ rows, scramble }) => {
        const sums = Float64Array.from(scramble, (own, column) => {
          let [re, im] = [0, 0];
          for (let row = 0; row < rows.order; row++) {
            const sign = rows.sign(row, column) * own;
            for (let k = 0; k < 4; k++) {
              re += sign * steps.weightRe[k]! * values[row * 4 + k]!;
              im += sign * steps.weightIm[k]! * values[row * 4 + k]!;
            }
          }
          return re + im;
        });
        return sums[7]!;
      });
    const [value, alternativeValue] = [fast, plain].map((way) => medianMs(way));
    return [
      comparison({
        what: `phases and amplitudes of ${NUM_ELEMENTS} elements from 2,056 powers, p50`,
        value: value!,
        unit: 'ms',
        alternative: 'plain products with the matrix',
        alternativeValue: alternativeValue!,
        target: { of: 'value', atMost: 10 },
      }),
      {
        what: `all that a pass makes of its powers, from the last powers to the result, p50`,
        value: wholePassMs(),
        ...{ unit: 'ms', alternative: null, alternativeValue: null, ratio: null },
        target: { of: 'value', atMost: 10 },
      },
    ];
  },
};

function medianMs(run: () => unknown): number {
  return median(
    Array.from({ length: NUM_ROUNDS }, () => {
      const start = performance.now();
      run();
      return performance.now() - start;
    }),
  );
}

/** From the last powers to the result. */
function wholePassMs(): number {
  const array = new LinearArray({ numElements: NUM_ELEMENTS, carrierHz: 28e9 });
  const board = {
    ...{
      model: 'bench',
      numElements: NUM_ELEMENTS,
      phaseBits: 6,
      amplitudeBits: 0,
      lineBits: 0,
      delayLinesS: null,
    },
    ...{ delayBits: 0, delayLsbS: 0, delayRangeS: 0 },
  };
  const random = new Random('calibration bench, whole');
  return median(
    Array.from({ length: NUM_ROUNDS }, () => {
      const sounding = hadamard({ array, board, placeM: [10, 2] });
      let step = sounding.next();
      let lastMs = 0;
      while (!step.done) {
        const powers = powersOf(
          Float64Array.from(step.value, () => 128 + 8 * random.normal()),
          1,
          0.01,
        );
        const start = performance.now();
        step = sounding.next(powers);
        lastMs = performance.now() - start;
      }
      return lastMs;
    }),
  );
}
