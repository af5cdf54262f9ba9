import { describe, expect, it } from 'vitest';
import { focalPointAt } from '../../../src/array/focal-point.js';
import { LinearArray, polarPointM } from '../../../src/array/linear-array.js';
import { PlanarArray } from '../../../src/array/planar-array.js';
import type { Codeword } from '../../../src/codebook/codeword.js';
import { focusCodeword } from '../../../src/codebook/serving.js';
import { codewordWeights } from '../../../src/codebook/weights.js';
import { type ShownArray, shownArray, toldSettings } from '../../../src/dashboard/live-array.js';
import { type Pattern, patternOf } from '../../../src/dashboard/pattern.js';
import type { Settings } from '../../../src/live/messages.js';
import { liveArray } from '../../../src/live/show-run.js';

const DEG = Math.PI / 180;

/** As a run tells it, through base64 and single precision. */
function told(phaseRad: Float64Array, delayS: Float64Array | null = null): Settings {
  const text = (values: Float64Array) => Buffer.from(Float32Array.from(values).buffer).toString('base64');
  return {
    type: 'settings',
    hash: 'h',
    phaseRad: text(phaseRad),
    delayS: delayS && text(delayS),
    amplitude: null,
  };
}

function pattern(array: ShownArray, message: Settings, numElements: number): Pattern {
  const rows = patternOf(array, toldSettings(message, numElements)!);
  for (;;) {
    const { done, value } = rows.next();
    if (done) return value;
  }
}

const cellsDb = ({ cells, floorDb, stepDb }: Pattern) =>
  Array.from(Buffer.from(cells, 'base64'), (code) => floorDb + stepDb * code);

describe('over angle and distance', () => {
  const array = new LinearArray({ numElements: 128, carrierHz: 100e9 });
  const shown = shownArray(liveArray(array), [
    { id: 'far', truthM: [900, 0, 0], snrDb: null, moves: false },
    { id: 'near', truthM: [0.05, 0.02, 0], snrDb: null, moves: false },
  ]);
  const codeword = focusCodeword(array, focalPointAt(3, 20 * DEG));
  const found = pattern(shown, told(codeword.phaseRad), 128);

  it('spans the near field and all users', () => {
    const { axes } = shown;
    if (axes.kind !== 'distance') throw new Error('A line has distances');
    expect(axes.nearM).toBeLessThan(Math.hypot(0.05, 0.02));
    expect(axes.farM).toBeGreaterThan(900);
  });

  it('has its peak where the beam was focused, to within a cell and what a focus is deep', () => {
    const [distanceM, sine] = found.peak;
    expect(Math.abs(sine - Math.sin(20 * DEG))).toBeLessThan(2 / found.numColumns);
    expect(distanceM).toBeGreaterThan(2);
    expect(distanceM).toBeLessThan(5);
    expect(found.peakDb).toBeLessThan(0.01);
    expect(found.peakDb).toBeGreaterThan(-2);
  });

  it('is |b^T w|^2 / N of every cell, to within half a step', () => {
    const { axes } = shown;
    if (axes.kind !== 'distance') throw new Error('A line has distances');
    const weights = codewordWeights(codeword, array.carrierHz);
    const { numRows, numColumns, floorDb, stepDb } = found;
    const cells = cellsDb(found);
    for (let k = 0; k < cells.length; k += 37) {
      const row = Math.floor(k / numColumns);
      const distanceM = axes.nearM * (axes.farM / axes.nearM) ** ((row + 0.5) / numRows);
      const sine = (2 * ((k % numColumns) + 0.5)) / numColumns - 1;
      const b = array.steeringVector(polarPointM(distanceM, Math.asin(sine)));
      let re = 0;
      let im = 0;
      for (let n = 0; n < 128; n++) {
        re += b.re[n]! * weights.re[n]! - b.im[n]! * weights.im[n]!;
        im += b.re[n]! * weights.im[n]! + b.im[n]! * weights.re[n]!;
      }
      const expectedDb = 10 * Math.log10((re * re + im * im) / 128);
      // Below that, phases of a table and of single precision show.
      if (expectedDb < floorDb + 10) continue;
      expect(Math.abs(cells[k]! - expectedDb)).toBeLessThan(stepDb / 2 + 0.05);
    }
  });

  it('takes delays for what they are at the carrier', () => {
    const byDelay = pattern(
      shown,
      told(
        new Float64Array(128),
        codeword.phaseRad.map((phase) => -phase / (2 * Math.PI * array.carrierHz)),
      ),
      128,
    );
    expect(byDelay.peak).toEqual(found.peak);
  });

  it('is nothing for settings of another array', () => {
    expect(toldSettings(told(new Float64Array(64)), 128)).toBeNull();
  });
});

describe('over azimuth and elevation', () => {
  const array = new PlanarArray({ rows: 8, columns: 12, carrierHz: 28e9, spacing: [0.5, 0.6] });
  const shown = shownArray(liveArray(array), []);

  it('has its peak where the beam points', () => {
    const [azimuthRad, elevationRad] = [-31 * DEG, 17 * DEG];
    const phaseRad = array.planeWavePhaseRad(
      Math.cos(elevationRad) * Math.sin(azimuthRad),
      Math.sin(elevationRad),
    );
    const found = pattern(shown, told(phaseRad), 96);
    expect(found.peak[0] / DEG).toBeCloseTo(-31, 0);
    expect(found.peak[1] / DEG).toBeCloseTo(17, 0);
    expect(found.peakDb).toBeGreaterThan(-0.2);
  });

  it('knows the spacing of elements from their places', () => {
    if (shown.kind !== 'grid') throw new Error('A planar array is a grid');
    expect(shown.grid.spacingM[0]).toBeCloseTo(array.spacingM[0], 12);
    expect(shown.grid.spacingM[1]).toBeCloseTo(array.spacingM[1], 12);
  });
});

it('goes on row by row, so that others have their turn', () => {
  const array = new LinearArray({ numElements: 4096, carrierHz: 100e9 });
  const shown = shownArray(liveArray(array), []);
  const settings = { phaseRad: new Float64Array(4096), delayS: null, amplitude: null } satisfies Pick<
    Codeword,
    'phaseRad' | 'delayS' | 'amplitude'
  >;
  const rows = patternOf(shown, settings);
  let numYields = 0;
  while (rows.next().done !== true) numYields++;
  expect(numYields).toBeGreaterThanOrEqual(12);
});
