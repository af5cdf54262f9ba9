/** Planar arrays in scenarios: what their keys mean, and what does not go with them. */
import { describe, expect, it } from 'vitest';
import { LinearArray } from '../../../src/array/linear-array.js';
import { PlanarArray } from '../../../src/array/planar-array.js';
import { drawArray } from '../../../src/cli/draw-array.js';
import { prepare } from '../../../src/scenario/plan.js';
import { parseScenario } from '../../../src/scenario/scenario.js';
import { arrayOf, positionAt } from '../../../src/scenario/users.js';
import { emulatedSection } from '../../../src/testbed.js';

const DEG = Math.PI / 180;
const PLANAR = 'rows: 4, columns: 8, carrier: 28 GHz';

function scenarioOf(
  parts: { array?: string; scheme?: string; users?: string; more?: string; region?: string } = {},
) {
  const { array = PLANAR, scheme = 'planar-sweep', more = '', region } = parts;
  const { users = '[{ id: ada, position: [20 m, 5 m, 1 m] }]' } = parts;
  const text = `
array: { ${array} }
board: { port: emulated }
slots: { duration: 1 ms }
scheme: ${scheme}
channel: { snr: 20 dB, scatterers: 2${region === undefined ? '' : `, region: ${region}`} }
users: ${users}
${more}
`;
  return parseScenario(text, 'f.yaml', emulatedSection).scenario;
}

describe('the array of a scenario', () => {
  it('is planar with rows and columns, and has a codebook of two angles', () => {
    const scenario = scenarioOf({
      array: `${PLANAR}, spacing: [0.5, 0.7], boresight: 30 deg, tilt: 10 deg, height: 8 m, beams: [8, 4], beamSpread: sines`,
    });
    expect(scenario.array.elements).toBe(32);
    const array = arrayOf(scenario) as PlanarArray;
    expect(array).toBeInstanceOf(PlanarArray);
    expect([array.rows, array.columns]).toEqual([4, 8]);
    expect(array.spacingM[1] / array.wavelengthM).toBeCloseTo(0.7, 12);
    expect(array.frame.boresightRad).toBeCloseTo(30 * DEG, 12);
    expect(array.frame.tiltRad).toBeCloseTo(10 * DEG, 12);
    expect(array.frame.heightM).toBe(8);
    const { codebook, searches } = prepare(scenario);
    expect(codebook.numCodewords).toBe(32);
    expect(searches[0]![0]).toContain('planar-sines/8x4/8/4');
  });

  it('of one row is the linear array, in every respect', () => {
    const line = { scheme: 'dpc', users: '[{ id: ada, position: [20 m, 5 m] }]' };
    const written = scenarioOf({ ...line, array: 'elements: 32, carrier: 28 GHz, rings: 3' });
    for (const array of [
      'rows: 1, columns: 32',
      'rows: 1, columns: 32, spacing: 0.5, boresight: 0 deg, tilt: 0 deg',
    ]) {
      const row = scenarioOf({ ...line, array: `${array}, carrier: 28 GHz, rings: 3` });
      expect(row).toEqual(written);
      expect(arrayOf(row)).toBeInstanceOf(LinearArray);
    }
    const tilted = scenarioOf({ array: 'rows: 1, columns: 32, carrier: 28 GHz, tilt: 5 deg' });
    expect(arrayOf(tilted)).toBeInstanceOf(PlanarArray);
  });

  it.each([
    ['carrier: 28 GHz', 'array.elements'],
    ['elements: 8, rows: 2, columns: 4, carrier: 28 GHz', "does not go with 'rows'"],
    ['rows: 2, carrier: 28 GHz', 'rows and columns go together'],
    ['rows: 300, columns: 300, carrier: 28 GHz', '90000 elements'],
    ['elements: 8, carrier: 28 GHz, tilt: 5 deg', 'is of planar arrays'],
    ['rows: 1, columns: 8, carrier: 28 GHz, beams: [4, 4]', 'is of planar arrays'],
    [`${PLANAR}, rings: 3`, 'is of linear arrays'],
    [`${PLANAR}, bandwidth: 100 MHz`, 'bandwidth, subcarriers go together'],
    [`${PLANAR}, spacing: 0.01`, 'must be from 0.05'],
    [`${PLANAR}, beams: [4]`, 'such as [16, 16]'],
  ])('is refused as { %s }', (array, what) => {
    expect(() => scenarioOf({ array })).toThrow(what);
  });

  it('takes schemes for its kind alone, and names them', () => {
    const linear = { array: 'elements: 32, carrier: 28 GHz', users: '[{ id: ada, position: [20 m, 5 m] }]' };
    expect(() => scenarioOf({ scheme: 'dpc' })).toThrow(
      /for linear arrays.*planar-sweep, planar-hierarchical/s,
    );
    expect(() => scenarioOf({ scheme: 'tdps' })).toThrow('for linear arrays');
    expect(() => scenarioOf(linear)).toThrow(/for planar arrays.*exhaustive, dpc/s);
    expect(() => scenarioOf({ more: 'tracking: { epoch: 20 ms, duration: 1 s, tracker: hold }' })).toThrow(
      'cannot be tracked',
    );
  });

  it('is drawn by a dry run, the highest row first', () => {
    const lines = drawArray(
      arrayOf(scenarioOf({ array: 'rows: 2, columns: 5, carrier: 28 GHz' })) as PlanarArray,
    );
    expect(lines.slice(1)).toEqual([' 6  7  8  9 10', ' 1  2  3  4  5']);
    const large = drawArray(
      arrayOf(scenarioOf({ array: 'rows: 16, columns: 32, carrier: 28 GHz' })) as PlanarArray,
    );
    expect(large.slice(1)).toEqual(['481 … 512', '…', '1 … 32']);
  });
});

describe('users of a planar array', () => {
  it('have heights and elevations, seen from the origin', () => {
    const scenario = scenarioOf({
      users: `
  - { id: ada, position: { distance: 20 m, angle: 30 deg, elevation: 10 deg } }
  - { id: bela, motion: { kind: line, start: [20 m, 0 m, 3 m], velocity: [1 m/s, 0 m/s] }, paths: [{ gain: [1, 0], position: [20 m, 0 m, 3 m] }] }
  - { id: chen, motion: { kind: waypoints, points: [[9 m, 0 m, 2 m], [9 m, 4 m, 2 m]], speed: 2 m/s } }`,
    });
    const [ada, bela, chen] = prepare(scenario).users;
    const [x, y, z] = ada!.positionM!;
    expect(Math.hypot(x, y, z!)).toBeCloseTo(20, 9);
    expect(z).toBeCloseTo(20 * Math.sin(10 * DEG), 9);
    expect(Math.atan2(y, x)).toBeCloseTo(30 * DEG, 9);
    expect(positionAt(bela!.truth!, 2)).toEqual([22, 0, 3]);
    expect(positionAt(chen!.truth!, 1)).toEqual([9, 2, 2]);
  });

  it('are drawn with their scatterers where the region says', () => {
    const region = '{ distance: [10 m, 20 m], angle: [-30 deg, 50 deg], height: [1 m, 3 m] }';
    for (const { truth } of prepare(scenarioOf({ users: '{ count: 20 }', region })).users) {
      for (const { positionM } of truth!.paths) {
        const [x, y, z] = positionM;
        expect(Math.hypot(x, y)).toBeGreaterThanOrEqual(10);
        expect(Math.hypot(x, y)).toBeLessThanOrEqual(20);
        expect(z).toBeGreaterThanOrEqual(1);
        expect(z).toBeLessThanOrEqual(3);
      }
    }
    const raised = '{ distance: [10 m, 20 m], angle: [0 deg, 10 deg], elevation: [5 deg, 15 deg] }';
    for (const { positionM } of prepare(scenarioOf({ users: '{ count: 20 }', region: raised })).users) {
      const [x, y, z] = positionM!;
      const elevation = Math.atan2(z!, Math.hypot(x, y)) / DEG;
      expect(elevation).toBeGreaterThanOrEqual(5);
      expect(elevation).toBeLessThanOrEqual(15);
    }
  });

  it('are in front of the array where no region is given, however it stands', () => {
    for (const array of ['', ', height: 30 m, tilt: 15 deg', ', boresight: 200 deg, tilt: -10 deg']) {
      const scenario = scenarioOf({ array: PLANAR + array, users: '{ count: 10 }' });
      const { array: built, users } = prepare(scenario);
      for (const { positionM } of users) expect(built.inFrame(positionM!)[0]).toBeGreaterThan(0);
    }
  });

  it.each([
    [
      '{ array: tilted back }',
      { array: `${PLANAR}, boresight: 180 deg` },
      'behind the array, by its boresight',
    ],
    [
      '{ points at two heights }',
      {
        users:
          '[{ id: ada, motion: { kind: waypoints, points: [[9 m, 0 m, 1 m], [9 m, 4 m, 2 m]], speed: 1 m/s } }]',
      },
      'different heights',
    ],
    [
      '{ height and elevation }',
      {
        region:
          '{ distance: [9 m, 10 m], angle: [0 deg, 1 deg], height: [0 m, 1 m], elevation: [0 deg, 1 deg] }',
      },
      "does not go with 'elevation'",
    ],
    [
      '{ a linear array }',
      { array: 'elements: 32, carrier: 28 GHz', scheme: 'dpc' },
      'Heights and elevations are for planar arrays',
    ],
  ])('are refused: %s', (_, parts, what) => {
    expect(() => scenarioOf(parts)).toThrow(what);
  });
});
