/** Errors are put into an array and found again, from received powers alone. */
import { describe, expect, it, test } from 'vitest';
import { type HadamardOptions, hadamard } from '../../../../calibration/procedures/hadamard.js';
import { PlanarArray } from '../../../../src/array/planar-array.js';
import type { BoardControls } from '../../../../src/realisation/board-controls.js';
import { powersOf } from '../../../../src/sounding/powers.js';
import { runSounding } from '../../../../src/sounding/run-sounding.js';
import { ErringArray, type ErringArrayOptions } from '../../../../src/study/calibration/erring-array.js';
import { DEGREE, linearRig, phaseBoard, residualRad, rms } from '../../../fixtures/calibration-rig.js';

type Rig = Pick<ErringArrayOptions, 'array' | 'board' | 'placeM'>;
const USUAL = { phaseErrorRmsRad: 30 * DEGREE, amplitudeErrorRmsDb: 0.5 };

function calibrate(
  rig: Rig,
  model: Omit<ErringArrayOptions, keyof Rig>,
  options: HadamardOptions & { knownErrorRad?: Float64Array } = {},
) {
  const erring = new ErringArray({ ...rig, ...model });
  const { knownErrorRad, ...rest } = options;
  const { result, numPilots } = runSounding(
    hadamard({ ...rig, ...(knownErrorRad && { knownErrorRad }) }, rest),
    erring.measure,
  );
  return { erring, result, numPilots, residualRad: residualRad(result.phaseErrorRad, erring.phaseErrorRad) };
}

describe('one pass from 30 degrees rms', () => {
  it.each([
    [64, 20, 5, 6],
    [64, 30, 2, 4],
    [256, 20, 5, 2],
    [512, 20, 5, 1],
    [512, 30, 2, 1],
  ])('of %i elements at %i dB leaves at most %f degrees', (numElements, snrDb, most, seeds) => {
    const residuals = Array.from({ length: seeds }, (_, k) => {
      const found = calibrate(linearRig(numElements), { seed: k + 1, snrDb, ...USUAL });
      expect(found.numPilots).toBeLessThanOrEqual(4 * numElements + 16);
      expect(found.result.still).toBe(true);
      expect(found.result.snrDb).toBeCloseTo(snrDb, -0.5);
      return found.residualRad;
    });
    expect(rms(residuals)).toBeLessThan(most * DEGREE);
  });

  it('gives back the gain to within 0.1 dB', () => {
    const rig = linearRig(128);
    const { erring, result } = calibrate(rig, { seed: 5, snrDb: 20, ...USUAL });
    const gain = (errors: Float64Array) => {
      const off = errors.map((x, n) => erring.phaseErrorRad[n]! - x);
      const re = off.reduce((sum, x, n) => sum + erring.gain[n]! * Math.cos(x), 0);
      const im = off.reduce((sum, x, n) => sum + erring.gain[n]! * Math.sin(x), 0);
      return 20 * Math.log10(Math.hypot(re, im) / erring.gain.reduce((a, b) => a + b));
    };
    expect(gain(new Float64Array(128))).toBeLessThan(-0.8);
    expect(gain(result.phaseErrorRad)).toBeGreaterThan(-0.1);
  });
});

test('from uniformly random phases two passes do', () => {
  const residuals = [1, 2, 3, 4, 5].map((seed) => {
    const model = { seed, snrDb: 20, amplitudeErrorRmsDb: 0.5, phaseErrorRmsRad: Infinity };
    return calibrate(linearRig(64), model, { passes: 2 }).residualRad;
  });
  expect(rms(residuals)).toBeLessThan(5 * DEGREE);
});

test('an old table is a start as good as small errors are', () => {
  const model = { seed: 4, snrDb: 20, amplitudeErrorRmsDb: 0.5, phaseErrorRmsRad: Infinity };
  const rig = linearRig(64);
  const knownErrorRad = new ErringArray({ ...rig, ...model }).phaseErrorRad.map(
    (x, n) => x + (n % 2 ? 0.4 : -0.4),
  );
  expect(calibrate(rig, model, { knownErrorRad }).residualRad).toBeLessThan(5 * DEGREE);
});

describe('boards and arrays of every kind', () => {
  it.each([
    ['2 phase bits', linearRig(64, 2), 4],
    ['3 phase bits', linearRig(64, 3), 4],
    ['3 steps, which 64 codes do not make equally', linearRig(64, 6), 3],
    ['3 steps of 2 bits, which are a quarter, a quarter and a half turn', linearRig(64, 2), 3],
    ['50 elements: half of them is no order', linearRig(50), 4],
    ['an odd number of elements', linearRig(37), 4],
    ['fixed lines and delays', linearRig(64, 6, delays(64)), 4],
    ['a planar array', planarRig(), 4],
  ])('%s', (_, rig: Rig, numSteps) => {
    const found = [1, 2].map((seed) =>
      calibrate(rig, { seed, snrDb: 26, ...USUAL }, { numSteps, passes: 2 }),
    );
    for (const { residualRad: residual, result } of found) {
      expect(residual).toBeLessThan(3 * DEGREE);
      expect(result.expectedErrorRad).toBeGreaterThan(0.6 * residual);
      expect(result.expectedErrorRad).toBeLessThan(1.6 * residual);
    }
  });

  it('refuses 1 phase bit, whose powers have a mirror image', () => {
    expect(() => hadamard({ ...linearRig(16, 1) }).next()).toThrow(/mirror image/);
  });

  it('refuses a board of another size', () => {
    expect(() => hadamard({ ...linearRig(16), board: phaseBoard(8) }).next()).toThrow(
      /8 elements and the array 16/,
    );
  });
});

test('intervals of 95 % hold for about so many elements, phases and amplitudes', () => {
  let [phases, gains, count] = [0, 0, 0];
  for (let seed = 1; seed <= 10; seed++) {
    const { erring, result } = calibrate(linearRig(64), { seed, snrDb: 20, ...USUAL });
    const truth = erring.phaseErrorRad;
    const off = result.phaseErrorRad.map((x, n) => x - truth[n]!);
    const centre =
      off.reduce((a, b) => a + Math.atan2(Math.sin(b - off[0]!), Math.cos(b - off[0]!)), 0) / 64 + off[0]!;
    const size = rms(erring.gain);
    for (let n = 0; n < 64; n++) {
      const phase = Math.abs(Math.atan2(Math.sin(off[n]! - centre), Math.cos(off[n]! - centre)));
      phases += phase <= result.phaseIntervalRad[n]! ? 1 : 0;
      gains += Math.abs(result.gain[n]! - erring.gain[n]! / size) <= result.gainInterval[n]! ? 1 : 0;
      count++;
    }
  }
  // 640 draws: two standard deviations are 1.7 %.
  for (const share of [phases / count, gains / count]) {
    expect(share).toBeGreaterThan(0.925);
    expect(share).toBeLessThan(0.975);
  }
});

test('dead and stuck elements are named, and no good one', () => {
  for (let seed = 1; seed <= 12; seed++) {
    const model = { seed, snrDb: 20, ...USUAL, dead: [3, 40], stuck: [17] };
    const { elements, phaseIntervalRad } = calibrate(linearRig(64), model).result;
    expect([...elements.follows.keys()].filter((n) => elements.follows[n] === 0)).toEqual([3, 17, 40]);
    expect(elements.decided).toBe(true);
    expect(elements.falseAlarm + elements.missed).toBeLessThan(0.03);
    expect(phaseIntervalRad[17]).toBe(Math.PI);
  }
});

test('where noise hides them, none is named and that is said', () => {
  const { elements } = calibrate(linearRig(64), { seed: 1, snrDb: 3, ...USUAL, dead: [3] }).result;
  expect(elements.decided).toBe(false);
  expect(elements.follows.every((x) => x === 1)).toBe(true);
});

describe('powers of which nothing can be told', () => {
  const answer = (change: (power: number) => number, fullScalePower: number | null = null) => {
    const rig = linearRig(16);
    const erring = new ErringArray({ ...rig, seed: 1, snrDb: 20 });
    return () =>
      runSounding(hadamard({ ...rig, fullScalePower }), (pilots) => {
        const { mean } = erring.measure(pilots);
        return {
          ...powersOf(mean.map(Math.abs), 1),
          mean: mean.map(change),
          perSubcarrier: mean.map(change),
        };
      });
  };
  it.each([
    ['in dB', (power: number) => 10 * Math.log10(power) - 20, null, /powers are negative, down to -/],
    ['saturated by what is told of the UE', (power: number) => power, 3, /full scale, 3: it is saturated/],
    [
      'saturated by what it looks like',
      (power: number) => Math.min(power, 4),
      null,
      /full scale, 4: it is saturated/,
    ],
    ['not numbers', (power: number) => (power > 4 ? Number.NaN : power), null, /are no numbers; one is NaN/],
    ['always the same', () => 7, null, /All 32 powers are 7/],
    ['none', () => 0, null, /All 32 powers are 0/],
  ])('are refused: %s', (_, change, fullScale, message) => {
    expect(answer(change, fullScale)).toThrow(message);
  });
});

function delays(numElements: number): Partial<BoardControls> {
  const lines = [0.3e-9, 1.1e-9].map((s) =>
    Float64Array.from({ length: numElements }, (_, n) => s + 1.37e-12 * n),
  );
  return { delayBits: 6, delayLsbS: 16e-12, delayRangeS: 63 * 16e-12, delayLinesS: lines, lineBits: 1 };
}

function planarRig(): Rig {
  const array = new PlanarArray({
    rows: 8,
    columns: 9,
    carrierHz: 28e9,
    boresightRad: 0.3,
    tiltRad: 0.1,
    heightM: 3,
  });
  return { array, board: phaseBoard(72), placeM: [6, 3, 1] };
}
