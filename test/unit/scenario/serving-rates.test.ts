import { describe, expect, it } from 'vitest';
import { Band } from '../../../src/array/band.js';
import { positionOfM } from '../../../src/array/focal-point.js';
import { LinearArray } from '../../../src/array/linear-array.js';
import { DirectSum } from '../../../src/channel/wideband/direct-sum.js';
import { beamOf } from '../../../src/channel/wideband/response.js';
import { servingCodeword } from '../../../src/codebook/serving.js';
import { servingOf } from '../../../src/scenario/serving.js';

const array = new LinearArray({ numElements: 48, carrierHz: 30e9, speedOfLightMPerS: 3e8 });
const band = new Band({ carrierHz: 30e9, bandwidthHz: 5e9, numSubcarriers: 33 });
const truth = { sinAngle: -0.4, ringPerM: 0.21 };
const positionM = positionOfM(truth);
const BEAMFORMED_SNR = 10 ** 1.5;
const snrDb = 10 * Math.log10(BEAMFORMED_SNR / 48);
const gain = { re: 0.6, im: -0.8 };
const channel = { snrDb, paths: [{ gain, positionM }] };

/** Mean of log2(1 + SNR |g|^2) written out for a user on the line of sight, served at `sin` and `ring`. */
function rateAt(sin: number, ring: number): number {
  const d = 0.005;
  const r = Math.hypot(...positionM);
  let sum = 0;
  for (let m = 0; m < 33; m++) {
    const f = 30e9 + (5e9 / 33) * (m - 16);
    let re = 0;
    let im = 0;
    for (let n = -23.5; n <= 23.5; n++) {
      const way = Math.sqrt(r * r + (n * d) ** 2 - 2 * r * n * d * truth.sinAngle);
      const delay = n * d * sin - (n * d) ** 2 * ring;
      re += Math.cos((2 * Math.PI * f * (way + delay)) / 3e8);
      im -= Math.sin((2 * Math.PI * f * (way + delay)) / 3e8);
    }
    sum += Math.log2(1 + (BEAMFORMED_SNR * (re * re + im * im)) / 48 ** 2);
  }
  return sum / 33;
}

describe('rates of serving a user', () => {
  const ratesAt = (sinAngle: number, ringPerM: number) => {
    const codeword = servingCodeword(array, { sinAngle, ringPerM });
    // A board whose every other element is dark radiates half the amplitude towards the user, a quarter of the power.
    const { re, im, delayS } = beamOf(codeword);
    const dark = (x: number, n: number) => (n % 2 === 0 ? x : 0);
    const radiated = { re: re.map(dark), im: im.map(dark), delayS };
    const beams = { focused: codeword, best: codeword, chosen: codeword, realised: codeword, radiated };
    return servingOf(array, new DirectSum(band), channel, beams);
  };

  it('are those of the written-out sum, at the user and beside it', () => {
    for (const [sin, ring] of [
      [-0.4, 0.21],
      [-0.39, 0.21],
      [-0.42, 0.3],
    ] as const) {
      expect(ratesAt(sin, ring).rate).toBeCloseTo(rateAt(sin, ring), 8);
    }
  });

  it('are nearly perfect at the user, and what the board radiates counts by itself', () => {
    const { rate, boardRate, perfectRate } = ratesAt(truth.sinAngle, truth.ringPerM);
    expect(perfectRate).toBeCloseTo(Math.log2(1 + BEAMFORMED_SNR), 9);
    expect(perfectRate - rate).toBeGreaterThan(0);
    expect(perfectRate - rate).toBeLessThan(0.02);
    expect(boardRate).toBeCloseTo(Math.log2(1 + BEAMFORMED_SNR / 4), 1);
  });
});
