import { describe, expect, it } from 'vitest';
import { vectorOf } from '../../../src/array/array-frame.js';
import { Band } from '../../../src/array/band.js';
import { PlanarArray } from '../../../src/array/planar-array.js';
import { strongestBeam } from '../../../src/channel/strongest-beam.js';
import { GainMeter } from '../../../src/channel/wideband/gain-meter.js';
import { PlanarCodebook } from '../../../src/codebook/planar.js';
import { servingPlace } from '../../../src/codebook/serving.js';
import { codewordWeights } from '../../../src/codebook/weights.js';
import { directionPatternDb } from '../../../src/report/drawing/direction-pattern.js';

const DEG = Math.PI / 180;
const carrierHz = 28e9;
const array = new PlanarArray({
  ...{ rows: 6, columns: 8, carrierHz, spacing: [0.5, 0.6] },
  ...{ boresightRad: 0.7, tiltRad: 0.2, heightM: 5 },
});
const grid = new PlanarCodebook(array, { numAzimuths: 16, numElevations: 8 });
const carrier = new Band({ carrierHz, bandwidthHz: 1e6, numSubcarriers: 1 });

/** Power over N towards a direction of the array's frame, written out from the definition: a sum over rows of sums over columns. */
function doubleSum(
  azimuthRad: number,
  elevationRad: number,
  beam: { azimuthRad: number; elevationRad: number },
) {
  const [, y, z] = vectorOf({ azimuthRad, elevationRad });
  const [, toY, toZ] = vectorOf(beam);
  let [re, im] = [0, 0];
  for (let row = 0; row < 6; row++) {
    for (let column = 0; column < 8; column++) {
      const phase = 2 * Math.PI * ((column - 3.5) * 0.5 * (y - toY) + (row - 2.5) * 0.6 * (z - toZ));
      re += Math.cos(phase);
      im += Math.sin(phase);
    }
  }
  return (re * re + im * im) / 48 ** 2;
}

describe('planar codebook', () => {
  it('points beam (k, l) to azimuth -60 + 120 k/X and elevation -90 + 180 l/Y degrees, in column k Y + l', () => {
    const { azimuthRad, elevationRad } = grid.direction({ azimuthIndex: 5, elevationIndex: 7 });
    expect(azimuthRad / DEG).toBeCloseTo(-60 + (120 * 4) / 16, 12);
    expect(elevationRad / DEG).toBeCloseTo(-90 + (180 * 6) / 8, 12);
    expect(grid.column({ azimuthIndex: 5, elevationIndex: 7 })).toBe(4 * 8 + 6);
    expect(grid.indexOf(38)).toEqual({ azimuthIndex: 5, elevationIndex: 7 });
    expect(grid.codewordAt(38).key).toBe('planar/16x8/5/7');
    expect(() => grid.codeword({ azimuthIndex: 17, elevationIndex: 1 })).toThrow('azimuth index 17');
  });

  it('has patterns that agree with a double sum over rows and columns to 1e-9 of the peak', () => {
    const meter = new GainMeter(array, carrier);
    const drawn = { columns: 24, rows: 18 };
    for (const index of [
      { azimuthIndex: 9, elevationIndex: 5 },
      { azimuthIndex: 3, elevationIndex: 6 },
    ]) {
      const codeword = grid.codeword(index);
      const beam = grid.direction(index);
      const map = directionPatternDb(array, codeword, drawn.columns, drawn.rows);
      for (let row = 0; row < drawn.rows; row++) {
        for (let column = 0; column < drawn.columns; column++) {
          const azimuthRad = (((column + 0.5) / drawn.columns) * 180 - 90) * DEG;
          const elevationRad = (((row + 0.5) / drawn.rows) * 180 - 90) * DEG;
          const direct = doubleSum(azimuthRad, elevationRad, beam);
          meter.setPlace({ azimuthRad, elevationRad, distanceM: Infinity });
          expect(Math.abs(meter.powerGain(codeword)[0]! - direct)).toBeLessThan(1e-9);
          expect(Math.abs(10 ** (map.values[row * drawn.columns + column]! / 10) - direct)).toBeLessThan(
            1e-9,
          );
        }
      }
      expect(doubleSum(beam.azimuthRad, beam.elevationRad, beam)).toBeCloseTo(1, 12);
    }
  });

  it('spread over sines is an orthogonal transform of rows and columns half a wavelength apart', () => {
    const half = new PlanarArray({ rows: 4, columns: 8, carrierHz });
    const dft = new PlanarCodebook(half, { numAzimuths: 8, numElevations: 4, spread: 'sines' });
    const beams = Array.from({ length: 32 }, (_, column) =>
      codewordWeights(dft.codewordAt(column), carrierHz),
    );
    for (const [a, one] of beams.entries()) {
      for (const [b, other] of beams.entries()) {
        let [re, im] = [0, 0];
        for (let k = 0; k < 32; k++) {
          re += one.re[k]! * other.re[k]! + one.im[k]! * other.im[k]!;
          im += one.im[k]! * other.re[k]! - one.re[k]! * other.im[k]!;
        }
        expect(Math.hypot(re, im)).toBeCloseTo(a === b ? 1 : 0, 12);
      }
    }
    // sines (7/8, 3/4) are of no direction; it counts for the nearest, in the array's plane.
    const { azimuthRad, elevationRad } = dft.direction({ azimuthIndex: 8, elevationIndex: 4 });
    expect(Math.sin(elevationRad)).toBeCloseTo(0.75 / Math.hypot(7 / 8, 0.75), 12);
    expect(azimuthRad / DEG).toBeCloseTo(90, 6);
  });

  it('widens beams by the elements in the middle, with all of the power', () => {
    const wide = new PlanarCodebook(array, { numAzimuths: 4, numElevations: 4, active: [4, 2] });
    const codeword = wide.codeword({ azimuthIndex: 3, elevationIndex: 3 });
    expect(codeword.key).toBe('planar-4x2/4x4/3/3');
    const on = [...codeword.amplitude!].flatMap((size, k) => (size > 0 ? [k] : []));
    expect(on).toEqual([18, 19, 20, 21, 26, 27, 28, 29]);
    const meanSquare = codeword.amplitude!.reduce((sum, size) => sum + size * size, 0) / 48;
    expect(meanSquare).toBeCloseTo(1, 12);
  });

  it('finds the beam that brings the most, and serves a place with everything', () => {
    const direction = grid.direction({ azimuthIndex: 11, elevationIndex: 5 });
    const [x, y, z] = vectorOf(direction);
    const placeM = array.frame.toWorld([200 * x, 200 * y, 200 * z]);
    const paths = [{ gain: { re: 0.6, im: 0.8 }, positionM: placeM }];
    expect(strongestBeam(grid, paths)).toEqual({ azimuthIndex: 11, elevationIndex: 5 });
    const band = new Band({ carrierHz, bandwidthHz: 2e9, numSubcarriers: 5 });
    const meter = new GainMeter(array, band);
    meter.setPlace(array.seen(placeM));
    for (const gain of meter.powerGain(servingPlace(array, placeM))) expect(gain).toBeCloseTo(1, 9);
  });
});
