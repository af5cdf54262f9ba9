import { describe, expect, it } from 'vitest';
import { drawNoise } from '../../../src/channel/channel.js';
import { noisyPowers } from '../../../src/channel/slot-noise.js';
import { type ComplexVector, complexVector } from '../../../src/core/complex.js';
import { Random } from '../../../src/core/random.js';

/** Powers of a signal in noise as the kernel's formulas say, one number after the other. */
function byNumber({ re, im }: ComplexVector, variance: number, random: Random): Float32Array {
  return Float32Array.from(re, (signalRe, m) => {
    const radius = Math.sqrt(variance / 2) * Math.sqrt(-2 * logarithm(1 - random.uniform()));
    const { cos, sin } = turned(random.uniform());
    const x = signalRe + radius * cos;
    const y = im[m]! + radius * sin;
    return x * x + y * y;
  });
}

/** 2 atanh s and the exponent, after m in [sqrt 1/2, sqrt 2). */
function logarithm(x: number): number {
  let exponent = Math.floor(Math.log2(x));
  if (2 ** exponent > x) exponent--;
  let m = x / 2 ** exponent;
  if (m > Math.SQRT2) {
    m *= 0.5;
    exponent++;
  }
  const s = (m - 1) / (m + 1);
  const odd = [21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1];
  return exponent * Math.LN2 + s * horner(s * s, ...odd.map((n) => 2 / n));
}

/** Of so many turns, by twice doubling a quarter of the angle. */
function turned(turns: number) {
  const whole = turns > 0.5 ? 1 : 0;
  const x = (turns - whole) * (Math.PI / 2);
  const z = x * x;
  const sines = horner(z, 1 / 6227020800, -1 / 39916800, 1 / 362880, -1 / 5040, 1 / 120, -1 / 6);
  const sin1 = x + x * z * sines;
  const cos1 = horner(z, -1 / 87178291200, 1 / 479001600, -1 / 3628800, 1 / 40320, -1 / 720, 1 / 24, -0.5, 1);
  const sin2 = 2 * sin1 * cos1;
  const cos2 = 1 - 2 * sin1 * sin1;
  return { sin: 2 * sin2 * cos2, cos: 1 - 2 * sin2 * sin2 };
}

function horner(z: number, ...coefficients: number[]): number {
  return coefficients.reduce((sum, coefficient) => z * sum + coefficient);
}

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

  // Counts on both sides of what is worked on at a time (8, 64 of each quarter), and more than one turn of it.
  it.each([2, 7, 8, 9, 255, 256, 257, 1024, 2048, 2500])(
    'on %i subcarriers is to the last bit what the same arithmetic gives number by number',
    (count) => {
      const signal = complexVector(count);
      for (let m = 0; m < count; m++) {
        signal.re[m] = 0.5 * Math.sin(m * m);
        signal.im[m] = 0.5 * Math.cos(m);
      }
      for (const slot of [0, 1, 12345]) {
        expect(noisyPowers(signal, count, 0.7, 3, 'ue', slot)).toEqual(
          byNumber(signal, 0.7, new Random(3, 'noise', 'ue', slot)),
        );
      }
    },
  );

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
