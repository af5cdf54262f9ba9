import { describe, expect, it } from 'vitest';
import { drawNoise } from '../../../src/channel/channel.js';
import { noisyPowers } from '../../../src/channel/slot-noise.js';
import { complexVector } from '../../../src/core/complex.js';
import { Random } from '../../../src/core/random.js';

describe('noise of a measured slot', () => {
  it.each([2, 3, 64, 2047])('on %i subcarriers is what drawNoise draws, one after the other', (count) => {
    const signal = complexVector(count);
    for (let m = 0; m < count; m++) {
      signal.re[m] = Math.cos(m * m);
      signal.im[m] = 3 * Math.sin(m);
    }
    for (const slot of [0, 7, 4e9]) {
      const powers = noisyPowers(signal, count, 0.3, 5, 'ue', slot);
      const random = new Random(5, 'noise', 'ue', slot);
      expect(powers).toHaveLength(count);
      for (let m = 0; m < count; m++) {
        const { re, im } = drawNoise(0.3, random);
        const power = (signal.re[m]! + re) ** 2 + (signal.im[m]! + im) ** 2;
        const scale = (Math.hypot(signal.re[m]!, signal.im[m]!) + Math.hypot(re, im)) ** 2;
        // Rounded to float32.
        expect(Math.abs(powers[m]! - power)).toBeLessThan(1e-11 * scale + 2 ** -24 * power);
      }
    }
  });

  it('on one subcarrier is that of drawNoise to the last bit', () => {
    const { re, im } = drawNoise(0.1, new Random(1, 'noise', 'b', 3));
    const signal = { re: Float64Array.of(0.5), im: Float64Array.of(-2) };
    expect(noisyPowers(signal, 1, 0.1, 1, 'b', 3)[0]).toBe(Math.fround((0.5 + re) ** 2 + (-2 + im) ** 2));
  });

  it('is all there is when nothing is radiated, and nothing at infinite SNR', () => {
    const count = 60_000;
    const powers = noisyPowers(null, count, 0.4, 2, 'c', 1);
    const mean = powers.reduce((sum, power) => sum + power, 0) / count;
    const fourth = powers.reduce((sum, power) => sum + power * power, 0) / count;
    // Exponentially distributed: 1/sqrt(60000) is 0.4 %; second moment 2 mean^2, spread sqrt(20)/sqrt(60000).
    expect(Math.abs(mean / 0.4 - 1)).toBeLessThan(0.02);
    expect(Math.abs(fourth / 0.32 - 1)).toBeLessThan(0.07);
    expect(noisyPowers(null, 9, 0, 2, 'c', 1)).toEqual(new Float32Array(9));
  });

  it('leaves nothing of an earlier slot behind', () => {
    const signal = { re: new Float64Array(5).fill(9), im: new Float64Array(5).fill(9) };
    const before = noisyPowers(null, 5, 0.4, 2, 'c', 1);
    noisyPowers(signal, 5, 0.4, 2, 'c', 2);
    expect(noisyPowers(null, 5, 0.4, 2, 'c', 1)).toEqual(before);
  });
});
