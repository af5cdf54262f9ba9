/**
 * What a look at a board's beams costs before a run: gain losses of TD-PS pilots over all subcarriers. Held against both
 * beams' weights written out at every frequency. The board waits meanwhile, so it has to be short.
 */

import { codewordWeights } from '../src/codebook/weights.js';
import { Random } from '../src/core/random.js';
import { gainLossesDb } from '../src/realisation/gain-loss.js';
import type { Radiated } from '../src/realisation/realised.js';
import { type Benchmark, comparison, processorTimeS } from './benchmark.js';
import { evaluationCodebook } from './evaluation-codebook.js';

const NUM_ROUNDS = 5;

export const gainLoss: Benchmark = {
  name: 'gain-loss',
  async run() {
    const { band, pilots } = evaluationCodebook();
    const random = new Random(1, 'gain-loss bench');
    const beams = pilots.map(({ codeword }): [Radiated, Radiated] => [
      codeword,
      { ...codeword, delayS: codeword.delayS!.map((delayS) => delayS + 1e-12 * random.normal()) },
    ]);
    const ways = [gainLossesDb, writtenOut];
    const [[fast], [slow]] = ways.map((way) => beams.map((pair) => way(...pair, band.frequenciesHz))) as [
      Float64Array[],
      Float64Array[],
    ];
    const off = fast!.reduce((most, lossDb, m) => Math.max(most, Math.abs(lossDb - slow![m]!)), 0);
    if (!(off < 1e-7)) throw new Error(`two ways of evaluating differ by ${off} dB`);
    const [value, alternativeValue] = ways.map((way) =>
      leastMs(() => beams.map((pair) => way(...pair, band.frequenciesHz))),
    );
    return [
      comparison({
        what: 'gain losses of 3 pilots, 256 elements, 1024 subcarriers, one core',
        value: value!,
        unit: 'ms',
        alternative: 'the weights written out',
        alternativeValue: alternativeValue!,
        // A board sends again what is not acknowledged for 20 ms.
        target: { of: 'value', atMost: 20 },
      }),
    ];
  },
};

function writtenOut(wanted: Radiated, radiated: Radiated, frequenciesHz: Float64Array): Float64Array {
  return frequenciesHz.map((hz) => {
    const w = codewordWeights(wanted, hz);
    const v = codewordWeights(radiated, hz);
    let re = 0;
    let im = 0;
    for (let n = 0; n < w.re.length; n++) {
      re += w.re[n]! * v.re[n]! + w.im[n]! * v.im[n]!;
      im += w.re[n]! * v.im[n]! - w.im[n]! * v.re[n]!;
    }
    return -10 * Math.log10(re ** 2 + im ** 2);
  });
}

function leastMs(run: () => unknown): number {
  const times = Array.from({ length: NUM_ROUNDS }, () => {
    const startS = processorTimeS();
    run();
    return 1e3 * (processorTimeS() - startS);
  });
  return Math.min(...times);
}
