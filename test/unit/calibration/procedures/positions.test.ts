/** A receiver that is not where it is said to be, from one position and from three. */
import { describe, expect, it } from 'vitest';
import { resultOf } from '../../../../calibration/procedures/calibration-result.js';
import { idealPhaseRad } from '../../../../calibration/procedures/calibration-setup.js';
import { hadamard } from '../../../../calibration/procedures/hadamard.js';
import { errorsFromPositions } from '../../../../calibration/procedures/many-positions.js';
import { seenFromOnePosition } from '../../../../calibration/procedures/one-position.js';
import type { PlaceM } from '../../../../src/array/antenna-array.js';
import { runSounding } from '../../../../src/sounding/run-sounding.js';
import { ErringArray } from '../../../../src/study/calibration/erring-array.js';
import { DEGREE, linearRig, residualRad } from '../../../fixtures/calibration-rig.js';

const rig = linearRig(64);
const at = (distanceM: number, angleRad: number): PlaceM => [
  distanceM * Math.cos(angleRad),
  distanceM * Math.sin(angleRad),
];
const aside = ([xM, yM]: PlaceM, byM: number): PlaceM => {
  const distanceM = Math.hypot(xM, yM);
  return [xM - (byM * yM) / distanceM, yM + (byM * xM) / distanceM];
};

function measured(
  placeM: PlaceM,
  trueM: PlaceM,
  model: { seed: number; phaseErrorRmsRad: number; noiseSeed?: number },
) {
  const erring = new ErringArray({ ...rig, placeM: trueM, snrDb: 20, amplitudeErrorRmsDb: 0.5, ...model });
  const passes = model.phaseErrorRmsRad === Infinity ? 2 : 1;
  return { erring, result: runSounding(hadamard({ ...rig, placeM }, { passes }), erring.measure).result };
}

describe('from one position', () => {
  const seen = (byM: number, phaseErrorRmsRad: number, seed: number) => {
    const placeM = at(10, 0.2);
    const { result } = measured(placeM, aside(placeM, byM), { seed, phaseErrorRmsRad });
    return seenFromOnePosition(rig.array, placeM, result.phaseErrorRad, result.elements.follows);
  };

  it('20 cm aside at 10 m are seen in errors of 30 degrees, and nothing is taken off', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const view = seen(0.2, 30 * DEGREE, seed);
      expect(view.trend).toBe(true);
      expect(Math.abs(view.acrossM - 0.2)).toBeLessThan(0.03);
      expect(view.note).toMatch(/cannot be told apart, and nothing was taken off/);
    }
  });

  it('a right place shows no trend, and what would be seen is told', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const view = seen(0, 30 * DEGREE, seed);
      expect(view.trend).toBe(false);
      // 4 standard deviations of the slope of 64 errors of 30 degrees: 4 x 10 m x 0.52 / (pi sqrt(64^3 / 12)).
      expect(view.seeableAcrossM).toBeGreaterThan(0.03);
      expect(view.seeableAcrossM).toBeLessThan(0.06);
    }
  });

  it('errors that are random altogether hide every place, and that is said', () => {
    const view = seen(0.2, Infinity, 1);
    expect(view.trend).toBe(false);
    expect(view.seeableAcrossM).toBe(Infinity);
    expect(view.note).toMatch(/nothing of a wrong place can be seen/);
  });
});

describe('from three positions', () => {
  const places = [at(10, 0.2), at(9, -0.3), at(12, 0.5)];
  const calibrated = (offM: readonly number[], seed: number, phaseErrorRmsRad: number) => {
    const each = places.map((placeM, k) => {
      const noiseSeed = 10 * seed + k;
      return { placeM, ...measured(placeM, aside(placeM, offM[k]!), { seed, phaseErrorRmsRad, noiseSeed }) };
    });
    const many = errorsFromPositions(
      rig.array,
      each.map(({ placeM, result }) => ({ placeM, responses: result.responses })),
    );
    const ideal = idealPhaseRad({ ...rig, placeM: places[0]! });
    const { phaseErrorRad } = resultOf(many.responses, ideal, {
      powerVariance: 1,
      meanPower: 1,
      numSlots: 1,
    });
    return { many, phaseErrorRad, left: residualRad(phaseErrorRad, each[0]!.erring.phaseErrorRad) };
  };

  it.each([
    [0, 30 * DEGREE],
    [1, 30 * DEGREE],
    [2, Infinity],
  ])('position %i, 20 cm off at errors of %f, is found and does no harm', (which, phaseErrorRmsRad) => {
    for (const seed of [1, 2]) {
      const right = calibrated([0, 0, 0], seed, phaseErrorRmsRad);
      expect(right.many.positions.every(({ believed }) => believed)).toBe(true);
      const off = places.map((_, k) => (k === which ? 0.2 : 0));
      const wrong = calibrated(off, seed, phaseErrorRmsRad);
      expect(wrong.many.positions.map(({ believed }) => believed)).toEqual(off.map((x) => x === 0));
      expect(Math.abs(wrong.many.positions[which]!.acrossM - 0.2)).toBeLessThan(0.06);
      expect(wrong.many.fits).toBe(true);
      expect(residualRad(wrong.phaseErrorRad, right.phaseErrorRad)).toBeLessThan(1.5 * right.left);
    }
  });

  it('powers from another array altogether do not fit', () => {
    const results = places.map((placeM, k) => {
      const { result } = measured(placeM, placeM, { seed: k + 1, phaseErrorRmsRad: 30 * DEGREE });
      return { placeM, responses: result.responses };
    });
    expect(errorsFromPositions(rig.array, results).fits).toBe(false);
  });

  it('one position is not several', () => {
    expect(() => errorsFromPositions(rig.array, [])).toThrow(/from two positions on; 0 given/);
  });
});
