/** One element at a time, and the question whether an array is still as its table says. */
import { describe, expect, it } from 'vitest';
import { driftCheck } from '../../../../calibration/procedures/drift-check.js';
import { hadamard } from '../../../../calibration/procedures/hadamard.js';
import { rev } from '../../../../calibration/procedures/rev.js';
import { Random } from '../../../../src/core/random.js';
import { runSounding } from '../../../../src/sounding/run-sounding.js';
import { ErringArray } from '../../../../src/study/calibration/erring-array.js';
import { DEGREE, linearRig, residualRad, rms } from '../../../fixtures/calibration-rig.js';

const USUAL = { phaseErrorRmsRad: 30 * DEGREE, amplitudeErrorRmsDb: 0.5 };

describe('rotating element vectors', () => {
  const residuals = (numElements: number, seeds: number, way: 'rev' | 'hadamard') =>
    rms(
      Array.from({ length: seeds }, (_, k) => {
        const rig = linearRig(numElements);
        const erring = new ErringArray({ ...rig, seed: k + 1, snrDb: 20, ...USUAL });
        const { result } = runSounding<{ phaseErrorRad: Float64Array }>(
          way === 'rev' ? rev(rig) : hadamard(rig),
          erring.measure,
        );
        return residualRad(result.phaseErrorRad, erring.phaseErrorRad);
      }),
    );

  it('find the errors of few elements', () => {
    expect(residuals(8, 8, 'rev')).toBeLessThan(9 * DEGREE);
  });

  it('lose against Hadamard the more, the more elements there are, at as many slots', () => {
    // The cross term is 2/N of what is received, and noise grows with its root.
    const ratio = residuals(64, 4, 'rev') / residuals(64, 4, 'hadamard');
    expect(ratio).toBeGreaterThan(4);
    expect(residuals(16, 8, 'rev') / residuals(16, 8, 'hadamard')).toBeLessThan(ratio / 1.5);
  });
});

describe('a check of 64 slots at 20 dB', () => {
  const rig = linearRig(64);
  const checked = (seed: number, driftRad: number, more: { gain?: number } = {}) => {
    const model = { ...rig, seed, snrDb: 20, ...USUAL };
    const { result } = runSounding(hadamard(rig), new ErringArray(model).measure);
    const now = new ErringArray({ ...model, noiseSeed: seed + 1000 });
    const random = new Random('drift', seed);
    for (let n = 0; n < 64; n++) {
      now.phaseErrorRad[n]! += driftRad * random.normal();
      now.gain[n]! *= more.gain ?? 1;
    }
    const known = { ...rig, knownErrorRad: result.phaseErrorRad };
    const options = { gain: result.gain, tableErrorRad: result.expectedErrorRad, seed };
    const check = runSounding(driftCheck(known, options), now.measure).result;
    expect(check.numSlots).toBe(64);
    return check;
  };

  it('finds a drift of 10 degrees rms and how large it is', () => {
    const found = Array.from({ length: 20 }, (_, k) => checked(k + 1, 10 * DEGREE));
    expect(found.filter(({ drifted }) => drifted).length).toBeGreaterThanOrEqual(19);
    const mean = rms(found.map(({ driftRad }) => driftRad));
    expect(mean / DEGREE).toBeGreaterThan(8.5);
    expect(mean / DEGREE).toBeLessThan(11.5);
  });

  it('raises no alarm for none, and states how often it would', () => {
    const found = Array.from({ length: 20 }, (_, k) => checked(k + 1, 0));
    expect(found.filter(({ drifted }) => drifted).length).toBeLessThanOrEqual(1);
    expect(found[0]!.falseAlarm).toBe(0.002);
    const excess = found.reduce((sum, check) => sum + check.excess, 0) / found.length;
    expect(Math.abs(excess - 1)).toBeLessThan(0.2);
  });

  it('takes what stuck elements radiate for no drift, and finds one beside it', () => {
    // At 30 dB one element that is told of nothing is several times what noise explains.
    const found = [0, 10 * DEGREE].map(
      (driftRad) =>
        Array.from({ length: 12 }, (_, k) => {
          const model = { ...rig, seed: k + 1, snrDb: 30, ...USUAL, stuck: [17], dead: [40] };
          const { result } = runSounding(hadamard(rig), new ErringArray(model).measure);
          const now = new ErringArray({ ...model, noiseSeed: k + 1001 });
          const random = new Random('drift', k);
          for (let n = 0; n < 64; n++) now.phaseErrorRad[n]! += driftRad * random.normal();
          const known = { ...rig, knownErrorRad: result.phaseErrorRad };
          const options = { gain: result.gain, tableErrorRad: result.expectedErrorRad, seed: k };
          return runSounding(driftCheck(known, options), now.measure).result;
        }).filter(({ drifted }) => drifted).length,
    );
    expect(found).toEqual([0, 12]);
  });

  it('takes another unit of the UE for no drift', () => {
    expect(checked(3, 0, { gain: 1.1 }).drifted).toBe(false);
  });

  it('refuses to judge where nobody tells the noise', () => {
    const erring = new ErringArray({ ...rig, seed: 1, snrDb: 20 });
    const silent = (pilots: Parameters<typeof erring.measure>[0]) => ({
      ...erring.measure(pilots),
      noiseFloor: 0,
    });
    expect(() => runSounding(driftCheck(rig), silent)).toThrow(/cannot tell drift from noise/);
    expect(runSounding(driftCheck(rig, { snrDb: 20 }), silent).result.drifted).toBe(false);
  });
});
