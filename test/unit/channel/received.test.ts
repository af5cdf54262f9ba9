import { describe, expect, it } from 'vitest';
import { Band } from '../../../src/array/band.js';
import { LinearArray, polarPointM } from '../../../src/array/linear-array.js';
import type { Path } from '../../../src/channel/paths.js';
import { BeamReceiver } from '../../../src/channel/wideband/received.js';
import type { ElementBeam } from '../../../src/channel/wideband/response.js';
import { createSubcarrierSum } from '../../../src/channel/wideband/subcarrier-sum.js';

const array = new LinearArray({ numElements: 8, carrierHz: 30e9, speedOfLightMPerS: 3e8 });
const band = new Band({ carrierHz: 30e9, bandwidthHz: 3e9, numSubcarriers: 20 });

function beam(k: number): ElementBeam {
  return {
    re: Float64Array.from({ length: 8 }, (_, n) => Math.cos(k + n * n)),
    im: Float64Array.from({ length: 8 }, (_, n) => Math.sin(k * n)),
    delayS: k % 3 === 0 ? null : Float64Array.from({ length: 8 }, (_, n) => k * n * 1e-10),
  };
}

const paths = (gain: number): Path[] => [{ gain: { re: gain, im: 0 }, positionM: polarPointM(2, 0.3) }];

describe('what a user receives of beams', () => {
  it('is the same however many others came in between, and of every user its own', () => {
    const sum = createSubcarrierSum(8, band);
    const near = new BeamReceiver(sum, array, paths(1));
    const far = new BeamReceiver(sum, array, paths(0.5));
    const beams = Array.from({ length: 30 }, (_, k) => beam(k));
    const order = [0, 1, 2, 0, 1, ...beams.keys(), 0, 29, 28, 3, 29, 0];
    for (const k of order) {
      const alone = new BeamReceiver(createSubcarrierSum(8, band), array, paths(1)).receive(beam(k));
      const { re, im } = near.receive(beams[k]!);
      expect(re).toEqual(alone.re);
      expect(im).toEqual(alone.im);
      far.receive(beams[k]!).re.forEach((value, m) => {
        expect(value).toBeCloseTo(0.5 * alone.re[m]!, 9);
      });
    }
  });
});
