import { describe, expect, it } from 'vitest';
import { ArrayFrame, directionOf, vectorOf } from '../../../src/array/array-frame.js';
import { arrayOptionsOf, createArray } from '../../../src/array/create-array.js';
import { LinearArray } from '../../../src/array/linear-array.js';
import { PlanarArray } from '../../../src/array/planar-array.js';
import { Random } from '../../../src/core/random.js';

const DEG = Math.PI / 180;
const TURNED = { boresightRad: 150 * DEG, tiltRad: 20 * DEG, heightM: 12 };
const carrierHz = 28e9;

describe('planar array', () => {
  it('counts elements along rows first, from the lowest row and the smallest y', () => {
    const array = new PlanarArray({ rows: 2, columns: 3, carrierHz: 299_792_458, spacing: [0.5, 2] });
    expect(array.wavelengthM).toBe(1);
    expect(array.numElements).toBe(6);
    expect([...array.elementYM]).toEqual([-0.5, 0, 0.5, -0.5, 0, 0.5]);
    expect([...array.elementZM]).toEqual([-1, -1, -1, 1, 1, 1]);
    expect([...array.elementXM].every((x) => x === 0)).toBe(true);
    expect(array.apertureM).toBeCloseTo(Math.hypot(1, 2), 14);
  });

  it('has its elements where boresight, tilt and height put them', () => {
    const array = new PlanarArray({ rows: 1, columns: 2, carrierHz: 299_792_458, ...TURNED });
    // A row stays level: along y turned by 150 degrees, whatever the tilt.
    const along = [-Math.sin(150 * DEG), Math.cos(150 * DEG)];
    expect(array.elementXM[1]).toBeCloseTo(along[0]! / 4, 14);
    expect(array.elementYM[1]).toBeCloseTo(along[1]! / 4, 14);
    expect(array.elementZM[1]).toBeCloseTo(12, 14);
    const column = new PlanarArray({ rows: 2, columns: 1, carrierHz: 299_792_458, ...TURNED });
    // The upper element of an array that looks down stands out towards the front.
    expect(column.elementZM[1]).toBeCloseTo(12 + Math.cos(20 * DEG) / 4, 14);
    expect(column.elementXM[1]).toBeCloseTo((Math.sin(20 * DEG) * Math.cos(150 * DEG)) / 4, 14);
  });

  it('looks down by its tilt: a user at that depression is at broadside', () => {
    const array = new PlanarArray({ rows: 4, columns: 4, carrierHz, tiltRad: 20 * DEG, heightM: 30 });
    const { azimuthRad, elevationRad, distanceM } = array.seen([30 / Math.tan(20 * DEG), 0, 0]);
    expect(azimuthRad).toBeCloseTo(0, 12);
    expect(elevationRad).toBeCloseTo(0, 12);
    expect(distanceM).toBeCloseTo(30 / Math.sin(20 * DEG), 9);
  });

  it('goes from its frame to the world and back', () => {
    const frame = new ArrayFrame(TURNED);
    const random = new Random(3, 'frames');
    for (let k = 0; k < 100; k++) {
      const own = [0, 1, 2].map(() => 50 * random.normal()) as unknown as [number, number, number];
      const back = frame.fromWorld(frame.toWorld(own));
      for (const axis of [0, 1, 2]) expect(back[axis]).toBeCloseTo(own[axis]!, 9);
      const { azimuthRad, elevationRad } = directionOf(own);
      const length = Math.hypot(...own);
      const direction = vectorOf({ azimuthRad, elevationRad });
      for (const axis of [0, 1, 2]) expect(direction[axis]! * length).toBeCloseTo(own[axis]!, 9);
    }
  });

  it('has the phases of spherical waves, exact at a kilometre', () => {
    const array = new PlanarArray({ rows: 8, columns: 8, carrierHz, ...TURNED });
    const placeM = [-900, 400, 1.5] as const;
    const phaseRad = array.propagationPhaseRad(placeM);
    for (let k = 0; k < 64; k++) {
      const squareM2 =
        (array.elementXM[k]! - placeM[0]) ** 2 +
        (array.elementYM[k]! - placeM[1]) ** 2 +
        (array.elementZM[k]! - placeM[2]) ** 2;
      const turns = (Math.sqrt(squareM2) * carrierHz) / array.speedOfLightMPerS;
      const off = phaseRad[k]! / (2 * Math.PI) - turns;
      expect(Math.abs(off - Math.round(off))).toBeLessThan(1e-9);
      expect(Math.abs(phaseRad[k]!)).toBeLessThanOrEqual(Math.PI);
      expect(array.travelTimeS(placeM)[k]! * carrierHz).toBeCloseTo(turns, 8);
    }
    const { re, im } = array.steeringVector(placeM);
    expect(Math.atan2(-im[5]!, re[5]!)).toBeCloseTo(phaseRad[5]!, 12);
  });

  it('tells travel times less that of the centre, whatever the distance', () => {
    const array = new PlanarArray({ rows: 3, columns: 5, carrierHz, spacing: [0.5, 0.7] });
    const direction = { azimuthRad: 0.4, elevationRad: -0.3 };
    const [x, y, z] = vectorOf(direction);
    const near = array.travelTimeDifferenceS({ ...direction, distanceM: 0.8 });
    const exact = array.travelTimeS([0.8 * x, 0.8 * y, 0.8 * z]);
    const far = array.travelTimeDifferenceS({ ...direction, distanceM: Infinity });
    const phaseRad = array.planeWavePhaseRad(y, z);
    for (let k = 0; k < 15; k++) {
      expect((near[k]! - exact[k]! + 0.8 / array.speedOfLightMPerS) * carrierHz).toBeCloseTo(0, 9);
      const turns = far[k]! * carrierHz - phaseRad[k]! / (2 * Math.PI);
      expect(turns - Math.round(turns)).toBeCloseTo(0, 9);
    }
  });

  it('of one row that looks along x waves travel as to a linear array', () => {
    const row = new PlanarArray({ rows: 1, columns: 16, carrierHz });
    const line = new LinearArray({ numElements: 16, carrierHz });
    for (const placeM of [
      [3, 1],
      [0.4, -0.2, 0.1],
    ] as const) {
      expect([...row.propagationPhaseRad(placeM)]).toEqual([...line.propagationPhaseRad(placeM)]);
    }
  });

  it('is made again from plain data', () => {
    const array = new PlanarArray({ rows: 2, columns: 3, carrierHz, spacing: [0.6, 0.7], ...TURNED });
    const again = createArray(JSON.parse(JSON.stringify(arrayOptionsOf(array))));
    expect(again).toBeInstanceOf(PlanarArray);
    for (let k = 0; k < 6; k++) expect(again.elementZM[k]).toBeCloseTo(array.elementZM[k]!, 14);
    const line = createArray(arrayOptionsOf(new LinearArray({ numElements: 4, carrierHz })));
    expect(line).toBeInstanceOf(LinearArray);
  });

  it.each([
    [{ rows: 1, columns: 1 }, /1 elements/],
    [{ rows: 300, columns: 300 }, /90000 elements/],
    [{ rows: 0, columns: 8 }, /rows/],
    [{ rows: 2, columns: 2.5 }, /columns/],
    [{ rows: 2, columns: 2, spacing: [0.5, 0] as const }, /spacing/],
    [{ rows: 2, columns: 2, tiltRad: Number.NaN }, /tiltRad/],
  ])('refuses %j', (options, what) => {
    expect(() => new PlanarArray({ carrierHz, ...options })).toThrow(what);
  });
});
