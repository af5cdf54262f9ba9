import { describe, expect, it } from 'vitest';
import { Band } from '../../../../src/array/band.js';
import { focalPointOf } from '../../../../src/array/focal-point.js';
import { LinearArray, polarPointM } from '../../../../src/array/linear-array.js';
import { PolarCodebook } from '../../../../src/codebook/polar.js';
import { powersOf } from '../../../../src/sounding/powers.js';
import { createScheme, schemeSchema } from '../../../../src/training/registry.js';
import type { Estimate } from '../../../../src/training/scheme.js';
import { gainsAt } from './setting.js';

const array = new LinearArray({ numElements: 128, carrierHz: 30e9, speedOfLightMPerS: 3e8 });
const polar = new PolarCodebook(array, { numRings: 6 });

/** Runs a scheme to its end on noiseless powers of spherical waves. */
function train(
  options: unknown,
  [distanceM, angleRad]: [number, number],
  numSubcarriers = 512,
): { estimate: Estimate; numPilots: number } {
  const band = new Band({ carrierHz: 30e9, bandwidthHz: 5e9, numSubcarriers });
  const user = focalPointOf(polarPointM(distanceM, angleRad));
  const sector = { maxAngleRad: Math.PI / 3, distanceM: [2, 60] as const };
  const scheme = createScheme(schemeSchema.parse(options), polar, { band, sector }).start();
  let numPilots = 0;
  let step = scheme.next();
  while (!step.done) {
    numPilots += step.value.length;
    const gains = gainsAt({ array, band, pilots: [] }, user, 'exact', step.value);
    step = scheme.next(powersOf(gains, numSubcarriers, 0, 1));
  }
  return { estimate: step.value, numPilots };
}

/** Gain of the serving beam at the user and the carrier. */
function servedGain({ codeword }: Estimate, [distanceM, angleRad]: [number, number]): number {
  const band = new Band({ carrierHz: 30e9, bandwidthHz: 5e9, numSubcarriers: 101 });
  const user = focalPointOf(polarPointM(distanceM, angleRad));
  return Math.min(...gainsAt({ array, band, pilots: [] }, user, 'exact', [codeword]));
}

const NEAR_AND_FAR: [string, [number, number]][] = [
  ['near', [2.6, 0.3]],
  ['far', [50, 0.71]],
  ['at a negative angle', [7, -0.9]],
];

describe.each(NEAR_AND_FAR)('a user %s', (_, user) => {
  const [distanceM, angleRad] = user;
  const estimator = { name: 'matched-filter', directions: 512, rings: 8 };

  it('is found by TD-PS pilots and the matched filter', () => {
    const { estimate } = train({ name: 'tdps', estimator }, user);
    expect(Math.abs(Math.sin(estimate.angleRad) - Math.sin(angleRad))).toBeLessThan(1e-4);
    expect(Math.abs(estimate.distanceM / distanceM - 1)).toBeLessThan(0.02);
    expect(servedGain(estimate, user)).toBeGreaterThan(0.95);
  });

  it('is found by TD-PS pilots and the auxiliary pair, or the strongest subcarrier', () => {
    for (const name of ['auxiliary-pair', 'on-grid']) {
      const { estimate } = train({ name: 'tdps', estimator: name }, user);
      expect(Math.abs(Math.sin(estimate.angleRad) - Math.sin(angleRad))).toBeLessThan(0.02);
      expect(servedGain(estimate, user)).toBeGreaterThan(0.3);
    }
  });

  it('is found by near-field rainbow', () => {
    const onGrid = train({ name: 'near-field-rainbow' }, user);
    // delta = 1.32 puts a ring into every half-width, from infinity to 2 m.
    expect(onGrid.numPilots).toBe(Math.floor((128 * 0.005) ** 2 / (2 * 1.32 ** 2 * 0.01) / 2) + 1);
    expect(Math.abs(Math.sin(onGrid.estimate.angleRad) - Math.sin(angleRad))).toBeLessThan(0.005);
    expect(servedGain(onGrid.estimate, user)).toBeGreaterThan(0.6);
    const matched = train({ name: 'near-field-rainbow', rings: 3, estimator }, user);
    expect(matched.numPilots).toBe(3);
    expect(servedGain(matched.estimate, user)).toBeGreaterThan(0.95);
  });

  it('is found by the search of a grid', () => {
    const { estimate, numPilots } = train({ name: 'exhaustive-grid', rings: 6 }, user, 5);
    expect(numPilots).toBe(6 * (Math.floor(2 * Math.sin(Math.PI / 3) * 64) + 1));
    expect(Math.abs(Math.sin(estimate.angleRad) - Math.sin(angleRad))).toBeLessThan(1 / 128 + 1e-3);
    expect(servedGain(estimate, user)).toBeGreaterThan(0.3);
  });
});

it('far-field rainbow finds the direction of a far user and serves it at infinity', () => {
  for (const angleRad of [-0.8, 0.02, 1]) {
    const { estimate, numPilots } = train({ name: 'far-field-rainbow' }, [400, angleRad]);
    expect(numPilots).toBe(1);
    expect(Math.abs(Math.sin(estimate.angleRad) - Math.sin(angleRad))).toBeLessThan(0.004);
    expect(estimate.distanceM).toBe(Number.POSITIVE_INFINITY);
  }
});
