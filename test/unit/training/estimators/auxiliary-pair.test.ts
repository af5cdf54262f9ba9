import { describe, expect, it } from 'vitest';
import { Random } from '../../../../src/core/random.js';
import { powersOf } from '../../../../src/sounding/powers.js';
import { AuxiliaryPairEstimator } from '../../../../src/training/estimators/auxiliary-pair.js';
import { createEstimator } from '../../../../src/training/estimators/create-estimator.js';
import { OnGridEstimator } from '../../../../src/training/estimators/on-grid.js';
import { anyPoint, evaluation, gainsAt, noiseless, noisy, SECTOR } from './setting.js';

const codebook = evaluation();

/** Powers as eq. 61 has them: amplitude 1 minus a quadratic form, nothing beyond its reach. */
function ellipsePowers(sinAngle: number, ringPerM: number): Float64Array {
  const { numElements: N, spacingM: d } = codebook.array;
  return Float64Array.from(
    codebook.pilots.flatMap(({ foci }) =>
      Array.from(codebook.band.frequenciesHz, (f, m) => {
        const xi1 = (Math.PI ** 2 * N ** 2 * f ** 2) / (24 * 30e9 ** 2);
        const xi2 = (Math.PI ** 2 * N ** 4 * d ** 4 * f ** 2) / (90 * 3e8 ** 2);
        const off = xi1 * (foci.sinAngle[m]! - sinAngle) ** 2 + xi2 * (foci.ringPerM[m]! - ringPerM) ** 2;
        return Math.max(0, 1 - off) ** 2;
      }),
    ),
  );
}

describe('auxiliary beam pair', () => {
  it('finds users exactly where amplitudes follow the ellipses, between foci as well', () => {
    const estimator = new AuxiliaryPairEstimator(codebook);
    let found = 0;
    let total = 0;
    for (let k = 0; k < 60; k++) {
      const { foci } = codebook.pilots[k % 3]!;
      const m = 20 + ((k * 167) % 980);
      if (Math.abs(foci.sinAngle[m]!) > 0.85 || Math.abs(foci.sinAngle[m + 1]!) > 0.85) continue;
      // A third of the way to the next subcarrier, off its ring to either side.
      const sinAngle = foci.sinAngle[m]! + 0.3 * (foci.sinAngle[m + 1]! - foci.sinAngle[m]!);
      const ringPerM = foci.ringPerM[m]! + (k % 2 === 0 ? 0.003 : -0.001);
      if (ringPerM < 0) continue;
      total++;
      const powers = powersOf(ellipsePowers(sinAngle, ringPerM), 1024, 0, 1);
      const estimate = estimator.estimate(powers);
      // Of the two solutions the mirrored one has the same direction but for the rings' distance between foci.
      expect(Math.abs(estimate.sinAngle - sinAngle)).toBeLessThan(1e-4);
      if (Math.abs(estimate.sinAngle - sinAngle) < 1e-9 && Math.abs(estimate.ringPerM - ringPerM) < 1e-9)
        found++;
    }
    // The mirrored ring is told apart by the real beams, which the ellipses follow only near the focus.
    expect(total).toBeGreaterThan(30);
    expect(found / total).toBeGreaterThan(0.9);
  });

  it('is nearer to noiseless users than the strongest subcarrier', () => {
    const pair = new AuxiliaryPairEstimator(codebook);
    const onGrid = new OnGridEstimator(codebook);
    const random = new Random('pair');
    const errors = { pair: 0, onGrid: 0 };
    for (let k = 0; k < 60; k++) {
      const point = anyPoint(random, SECTOR);
      const powers = noiseless(codebook, gainsAt(codebook, point, 'exact'));
      errors.pair += Math.abs(pair.estimate(powers).sinAngle - point.sinAngle) / 60;
      errors.onGrid += Math.abs(onGrid.estimate(powers).sinAngle - point.sinAngle) / 60;
    }
    expect(errors.pair).toBeLessThan(0.85 * errors.onGrid);
  });

  it('is the strongest subcarrier where the two circles do not meet', () => {
    const powers = new Float64Array(3 * 1024);
    powers[1500] = 1.2;
    powers[1501] = 0.9;
    const estimate = new AuxiliaryPairEstimator(codebook).estimate(powersOf(powers, 1024, 0, 1));
    expect(estimate).toEqual(new OnGridEstimator(codebook).estimate(powersOf(powers, 1024)));
  });

  it('has one neighbour at the edges of the band', () => {
    for (const m of [0, 1023, 1024, 3071]) {
      const { foci } = codebook.pilots[Math.floor(m / 1024)]!;
      const sinAngle = Math.max(-1, Math.min(1, foci.sinAngle[m % 1024]!));
      const powers = ellipsePowers(sinAngle, foci.ringPerM[m % 1024]! + 0.001);
      powers[m] = Math.max(0.98, powers[m]!);
      const estimate = new AuxiliaryPairEstimator(codebook).estimate(powersOf(powers, 1024, 0, 1));
      expect(Math.abs(estimate.sinAngle - sinAngle)).toBeLessThan(0.02);
    }
  });

  it('takes the power of a perfect beam from the powers, or the SNR from its option, or says what it lacks', () => {
    const gains = gainsAt(codebook, { sinAngle: 0.3, ringPerM: 0.02 }, 'exact');
    const powers = noisy(codebook, gains, 20, new Random('known'));
    const setting = { codebook, sector: SECTOR, realise: <T>(codeword: T) => codeword };
    const told = createEstimator({ name: 'auxiliary-pair', snr: 20 }, setting);
    const untold = createEstimator({ name: 'auxiliary-pair' }, setting);
    const anonymous = { ...powers, fullGainPower: null };
    expect(told.estimate(anonymous)).toEqual(untold.estimate(powers));
    expect(() => untold.estimate(anonymous)).toThrow(/perfectly focused beam.*option snr/);
    expect(() => told.estimate({ ...anonymous, noiseFloor: 0 })).toThrow(/without a noise floor/);
  });
});
