import { describe, expect, it } from 'vitest';
import { Band } from '../../../src/array/band.js';
import type { FocalPoint } from '../../../src/array/focal-point.js';
import { LinearArray } from '../../../src/array/linear-array.js';
import { DirectSum } from '../../../src/channel/wideband/direct-sum.js';
import { FresnelGains } from '../../../src/channel/wideband/fresnel-gain.js';
import { beamOf, travelTimeDifferenceS } from '../../../src/channel/wideband/response.js';
import { type SplitParameters, splitFoci, splitPilot } from '../../../src/codebook/beam-split.js';
import { complexVector } from '../../../src/core/complex.js';
import { Random } from '../../../src/core/random.js';

const RINGS = [1 / 400, 1 / 10] as const;
/** As FresnelGains states it, of power, 1 at perfect focus. */
const TOLERANCE = 1e-6;

const pilots: SplitParameters[] = [0, 1, 2].map((k) => ({
  delaySinAngle: 349 / 11 - (2 * k) / 3,
  delayRingPerM: -427 / 800,
  phaseSinAngle: -30,
  phaseRingPerM: 1859 / 3200,
}));

function settingOf(numElements: number, numSubcarriers: number) {
  const array = new LinearArray({ numElements, carrierHz: 30e9, speedOfLightMPerS: 3e8 });
  const band = new Band({ carrierHz: 30e9, bandwidthHz: 5e9, numSubcarriers });
  return { array, band, pilots, ringRangePerM: RINGS };
}

/** The sum over elements, subcarrier by subcarrier, of the codewords themselves. */
function direct({ array, band }: ReturnType<typeof settingOf>, point: FocalPoint): Float64Array {
  const sum = new DirectSum(band);
  const travelS = travelTimeDifferenceS(array, point, 'fresnel');
  const received = complexVector(band.numSubcarriers);
  return Float64Array.from(
    pilots.flatMap((parameters, k) => {
      const beam = beamOf(splitPilot(array, band, parameters, 'x', { kind: 'tdps', pilot: k + 1 }).codeword);
      const delayS = travelS.map((travel, n) => travel + beam.delayS![n]!);
      sum.evaluate(beam.re, beam.im, delayS, received);
      return Array.from(received.re, (re, m) => (re ** 2 + received.im[m]! ** 2) / array.numElements);
    }),
  );
}

describe('gains of splitting beams by one table', () => {
  it.each([
    [256, 128],
    [63, 33],
    [2, 1],
  ])('are those of the sum over %i elements on %i subcarriers', (numElements, numSubcarriers) => {
    const setting = settingOf(numElements, numSubcarriers);
    const gains = FresnelGains.create(setting)!;
    expect(gains.numValues).toBe(3 * numSubcarriers);
    const random = new Random(8, numElements);
    const points = [
      { sinAngle: 0, ringPerM: RINGS[0] },
      { sinAngle: -1, ringPerM: RINGS[1] },
      ...Array.from({ length: 25 }, () => ({
        sinAngle: 2 * random.uniform() - 1,
        ringPerM: RINGS[0] + (RINGS[1] - RINGS[0]) * random.uniform(),
      })),
    ];
    const out = new Float64Array(gains.numValues);
    for (const point of points) {
      out.fill(Number.NaN);
      gains.evaluate(point, out);
      const expected = direct(setting, point);
      out.forEach((gain, k) => {
        expect(Math.abs(gain - expected[k]!)).toBeLessThan(TOLERANCE);
        expect(gain).toBeGreaterThanOrEqual(0);
      });
    }
  });

  it('are 1 where a subcarrier focuses, and at half power half a beam width beside it', () => {
    const setting = settingOf(256, 1024);
    const gains = FresnelGains.create(setting)!;
    const out = new Float64Array(gains.numValues);
    let tried = 0;
    pilots.forEach((parameters, pilot) => {
      const { sinAngle, ringPerM, visible } = splitFoci(parameters, setting.band);
      for (let m = 0; m < 1024; m += 37) {
        const ring = ringPerM[m]!;
        if (visible[m] === 0 || ring < RINGS[0] || ring > RINGS[1]) continue;
        tried++;
        const slope = 1 / setting.band.ratio(m);
        gains.evaluate({ sinAngle: sinAngle[m]!, ringPerM: ring }, out);
        expect(Math.abs(out[1024 * pilot + m]! - 1)).toBeLessThan(TOLERANCE);
        const beside = sinAngle[m]! + 0.885893 / 256 / slope;
        gains.evaluate({ sinAngle: beside, ringPerM: ring }, out);
        expect(Math.abs(out[1024 * pilot + m]! - 0.5)).toBeLessThan(1e-4);
      }
    });
    expect(tried).toBeGreaterThan(60);
  });

  it('refuse rings that they were not made for', () => {
    const gains = FresnelGains.create(settingOf(16, 8))!;
    const out = new Float64Array(24);
    for (const ringPerM of [0, 0.11, Number.NaN]) {
      expect(() => gains.evaluate({ sinAngle: 0, ringPerM }, out)).toThrow(/ring/);
    }
  });

  it('are left to the sum over elements where the table would be large', () => {
    expect(FresnelGains.create(settingOf(512, 8))).toBeNull();
    expect(FresnelGains.create({ ...settingOf(16, 8), ringRangePerM: [0, 1e5] })).toBeNull();
  });
});
