import { describe, expect, it } from 'vitest';
import { Band } from '../../../../src/array/band.js';
import { LinearArray } from '../../../../src/array/linear-array.js';
import type { Codeword } from '../../../../src/codebook/codeword.js';
import { PolarCodebook } from '../../../../src/codebook/polar.js';
import { powersOf } from '../../../../src/sounding/powers.js';
import { createScheme, schemeSchema } from '../../../../src/training/registry.js';

const array = new LinearArray({ numElements: 32, carrierHz: 10e9, speedOfLightMPerS: 3e8 });
const band = new Band({ carrierHz: 10e9, bandwidthHz: 2e9, numSubcarriers: 128 });
const sector = { maxAngleRad: Math.PI / 3, distanceM: [0.5, 3] } as const;

function factory(scheme: unknown) {
  const polar = new PolarCodebook(array, { numRings: 2 });
  return createScheme(schemeSchema.parse(scheme), polar, { band, sector });
}

describe('getting a scheme ready', () => {
  const scheme = { name: 'tdps', pilots: 2, estimator: { name: 'matched-filter', directions: 64, rings: 4 } };

  it('is done in many steps, and once', () => {
    const { preparing } = factory(scheme);
    let steps = 0;
    for (const first = preparing(); !first.next().done; ) steps++;
    expect(steps).toBeGreaterThanOrEqual(32);
    expect(preparing().next().done).toBe(true);
  });

  it('changes nothing but when the work is done', () => {
    const perSubcarrier = Float64Array.from(
      { length: 256 },
      (_, k) => 1 + Math.sin(k) ** 2 + 9 * Number(k === 77),
    );
    const estimates = [0, 5, Number.POSITIVE_INFINITY].map((most) => {
      const { start, preparing } = factory(scheme);
      const stepping = preparing();
      for (let k = 0; k < most && !stepping.next().done; k++);
      const search = start();
      expect(search.next().value as readonly Codeword[]).toHaveLength(2);
      const { value, done } = search.next(powersOf(perSubcarrier, 128, 1));
      expect(done).toBe(true);
      return value;
    });
    expect(estimates[1]).toEqual(estimates[0]);
    expect(estimates[2]).toEqual(estimates[0]);
  });

  it('is nothing for schemes without a dictionary', () => {
    for (const name of ['far-field-rainbow', 'exhaustive-grid', 'dpc']) {
      expect(factory(name).preparing().next().done).toBe(true);
    }
  });
});
