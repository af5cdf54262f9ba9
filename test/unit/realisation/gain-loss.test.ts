import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codewordWeights } from '../../../src/codebook/weights.js';
import { Random } from '../../../src/core/random.js';
import { gainLossesDb } from '../../../src/realisation/gain-loss.js';
import type { Radiated } from '../../../src/realisation/realised.js';

/** |w^H w'|^2 with the weights written out. */
function gainOf(wanted: Radiated, radiated: Radiated, frequencyHz: number): number {
  const w = codewordWeights(wanted, frequencyHz);
  const v = codewordWeights(radiated, frequencyHz);
  let re = 0;
  let im = 0;
  for (let n = 0; n < w.re.length; n++) {
    re += w.re[n]! * v.re[n]! + w.im[n]! * v.im[n]!;
    im += w.re[n]! * v.im[n]! - w.im[n]! * v.re[n]!;
  }
  return re ** 2 + im ** 2;
}

/** Delays that are right, rounded and clipped. */
function someBeams(random: Random, numElements: number): [Radiated, Radiated] {
  const values = (of: () => number) => Float64Array.from({ length: numElements }, of);
  const delayS = values(() => 150e-9 * random.uniform());
  const kind = random.integer(3);
  const wanted = {
    phaseRad: values(() => 100 * random.uniform()),
    delayS: kind === 0 ? null : delayS,
    amplitude: random.integer(2) === 0 ? null : values(() => 2 * random.integer(2)),
  };
  const radiated = {
    phaseRad: wanted.phaseRad.map((phase) => phase + random.normal()),
    delayS:
      kind === 1 ? null : delayS.map((s) => (random.integer(9) === 0 ? 0 : 1e-12 * Math.round(1e12 * s))),
    amplitude: random.integer(2) === 0 ? null : values(() => random.uniform()),
  };
  return [wanted, radiated];
}

describe('gain losses', () => {
  it('are those of the weights written out, over even and uneven steps of frequency', () => {
    const steps = fc.constantFrom('even', 'last one longer', 'all different');
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 200 }),
        steps,
        (seed, numElements, numFrequencies, step) => {
          const random = new Random(seed, 'gain losses');
          const [wanted, radiated] = someBeams(random, numElements);
          const frequenciesHz = Float64Array.from({ length: numFrequencies }, (_, k) => {
            if (step === 'all different') return 27.5e9 + (5e9 * (k + random.uniform())) / numFrequencies;
            return (
              27.5e9 + (5e9 * k) / numFrequencies + (step !== 'even' && k === numFrequencies - 1 ? 1e7 : 0)
            );
          });
          const losses = gainLossesDb(wanted, radiated, frequenciesHz);
          expect(losses).toHaveLength(numFrequencies);
          for (const [k, lossDb] of losses.entries()) {
            const gain = 10 ** (-lossDb / 10);
            expect(Math.abs(gain - gainOf(wanted, radiated, frequenciesHz[k]!))).toBeLessThan(1e-8);
          }
        },
      ),
    );
  });

  it('are 0 dB for the codeword itself and infinite where nothing is radiated', () => {
    const phaseRad = Float64Array.of(1, 2, 3);
    const beam = { phaseRad, delayS: Float64Array.of(0, 1e-9, 2e-9), amplitude: null };
    for (const lossDb of gainLossesDb(beam, beam, [28e9, 29e9, 30e9])) expect(lossDb).toBeCloseTo(0, 12);
    const off = { ...beam, amplitude: new Float64Array(3) };
    expect([...gainLossesDb(beam, off, [28e9])]).toEqual([Infinity]);
  });
});
