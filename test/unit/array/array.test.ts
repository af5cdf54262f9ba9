import { describe, expect, it } from 'vitest';
import { LinearArray, type PointM } from '../../../src/array/linear-array.js';
import {
  nearFieldAreaFraction,
  nearFieldBoundaryM,
  rayleighDistanceM,
} from '../../../src/array/near-field.js';
import { BeamloopError } from '../../../src/core/errors.js';

const at100GHz = (numElements: number) =>
  new LinearArray({ numElements, carrierHz: 100e9, speedOfLightMPerS: 3e8 });

describe('linear array', () => {
  it('is centred on the origin, half a wavelength apart', () => {
    const array = at100GHz(4);
    expect(array.wavelengthM).toBeCloseTo(3e-3, 15);
    [-2.25e-3, -0.75e-3, 0.75e-3, 2.25e-3].forEach((yM, k) => {
      expect(array.elementYM[k]).toBeCloseTo(yM, 15);
    });
    expect(array.apertureM).toBeCloseTo(4.5e-3, 15);
  });

  it('uses the exact speed of light unless told otherwise', () => {
    expect(new LinearArray({ numElements: 2, carrierHz: 299_792_458 }).wavelengthM).toBe(1);
  });

  it('has steering vectors exp(-j 2 pi |p_n - u| / lambda) of unit modulus', () => {
    const array = at100GHz(2);
    // Element 2 at y = 0.75 mm, point straight in front of it at 1000.25 wavelengths: a quarter turn late.
    const b = array.steeringVector([1000.25 * 3e-3, 0.75e-3]);
    expect(b.re[1]).toBeCloseTo(0, 9);
    expect(b.im[1]).toBeCloseTo(-1, 9);
    expect(Math.hypot(b.re[0]!, b.im[0]!)).toBeCloseTo(1, 14);
  });

  it('keeps the phase exact at hundreds of metres', () => {
    const array = at100GHz(512);
    const pointM: PointM = [300, -180];
    const phaseRad = array.propagationPhaseRad(pointM);
    for (const k of [0, 17, 255, 511]) {
      // The same distance in integers of 2^-40 m, so that the turns are exact to 1e-9.
      const scale = 2n ** 40n;
      const x = BigInt(Math.round(pointM[0])) * scale;
      const y = BigInt(Math.round((array.elementYM[k]! - pointM[1]) * Number(scale)));
      const distance = squareRoot(x * x + y * y);
      const turnNumerator = distance * 1000n; // lambda = 3/1000 m
      const turnDenominator = 3n * scale;
      const turns = Number(turnNumerator % turnDenominator) / Number(turnDenominator);
      const error = (phaseRad[k]! / (2 * Math.PI) - turns + 2) % 1;
      expect(Math.min(error, 1 - error)).toBeLessThan(2e-9);
    }
  });

  it('takes the frequency as an argument', () => {
    const array = at100GHz(8);
    const pointM: PointM = [0.4, 0.1];
    const higher = new LinearArray({ numElements: 8, carrierHz: 110e9, speedOfLightMPerS: 3e8 });
    const distanceM = Math.hypot(0.4, array.elementYM[0]! - 0.1);
    expect(Math.cos(array.propagationPhaseRad(pointM, 110e9)[0]!)).toBeCloseTo(
      Math.cos((2 * Math.PI * distanceM * 110e9) / 3e8),
      9,
    );
    expect(higher.spacingM).toBeLessThan(array.spacingM);
  });

  it.each([
    [{ numElements: 1, carrierHz: 1e9 }],
    [{ numElements: 2.5, carrierHz: 1e9 }],
    [{ numElements: 8, carrierHz: 0 }],
    [{ numElements: 8, carrierHz: Number.POSITIVE_INFINITY }],
    [{ numElements: 8, carrierHz: 1e9, speedOfLightMPerS: -1 }],
  ])('refuses %j', (options) => {
    expect(() => new LinearArray(options)).toThrow(BeamloopError);
  });
});

describe('near field', () => {
  it('has the Rayleigh distance of the paper', () => {
    expect(rayleighDistanceM(at100GHz(512))).toBeCloseTo(391.68, 2);
    expect(rayleighDistanceM(at100GHz(64))).toBeCloseTo(5.9535, 6);
  });

  it.each([0, 0.3, 1.1, 1.5])(
    'ends where the farthest element is pi/8 off a plane wave (at %f rad)',
    (angle) => {
      const array = at100GHz(128);
      const r = nearFieldBoundaryM(array, angle);
      const half = array.apertureM / 2;
      const spherical = Math.hypot(r * Math.cos(angle), r * Math.sin(angle) - half);
      const plane = r - half * Math.sin(angle);
      expect(((spherical - plane) * 2 * Math.PI) / array.wavelengthM).toBeCloseTo(Math.PI / 8, 8);
      expect(nearFieldBoundaryM(array, -angle)).toBe(r);
    },
  );

  const degrees = [15, 30, 45, 60, 75, 90];
  it.each([
    [128, [42.32, 74.45, 92.27, 98.77, 99.95, 100]],
    [256, [42.39, 74.54, 92.34, 98.78, 99.95, 100]],
    [512, [42.42, 74.59, 92.37, 98.8, 99.96, 100]],
  ])('reproduces Table I at N = %i', (numElements, percent) => {
    percent.forEach((expected, k) => {
      const fraction = nearFieldAreaFraction(at100GHz(numElements), (degrees[k]! * Math.PI) / 180);
      expect(Math.abs(100 * fraction - expected)).toBeLessThan(0.06);
    });
    expect(nearFieldAreaFraction(at100GHz(numElements), 0)).toBe(0);
  });

  it('has 98.83 % within 60 degrees by the cos^2 rule, whatever N', () => {
    for (const numElements of [32, 512]) {
      const fraction = nearFieldAreaFraction(at100GHz(numElements), Math.PI / 3, 'cosine-squared');
      // Closed form of the integral of cos^4 over +-60 degrees and +-90 degrees.
      expect(fraction).toBeCloseTo((Math.PI / 8 + (7 * Math.sqrt(3)) / 64) / ((3 * Math.PI) / 16), 10);
    }
  });
});

/** Floor of the square root (Newton). */
function squareRoot(n: bigint): bigint {
  let x = BigInt(Math.ceil(Math.sqrt(Number(n)) * (1 + 1e-12))) + 1n;
  for (;;) {
    const next = (x + n / x) / 2n;
    if (next >= x) return x;
    x = next;
  }
}
