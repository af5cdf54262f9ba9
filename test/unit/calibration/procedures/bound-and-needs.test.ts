/** What can be known at best, whether it is reached, and what a calibration says of itself beforehand. */
import { describe, expect, it, test } from 'vitest';
import { parseCalibrationTable, requireCalibrationOf } from '../../../../calibration/calibration-table.js';
import {
  calibrationBound,
  closedFormBoundRad,
} from '../../../../calibration/procedures/calibration-bound.js';
import { calibrationNeeds } from '../../../../calibration/procedures/calibration-needs.js';
import { codeStates } from '../../../../calibration/procedures/code-states.js';
import { hadamard } from '../../../../calibration/procedures/hadamard.js';
import { estimateHalf } from '../../../../calibration/procedures/half-estimate.js';
import { flipOf, interleavedHalves } from '../../../../calibration/procedures/halves.js';
import { phaseSteps } from '../../../../calibration/procedures/phase-steps.js';
import { rev } from '../../../../calibration/procedures/rev.js';
import { tableOfResult } from '../../../../calibration/table/table-of-result.js';
import { calibrationTableText } from '../../../../calibration/table/write-table.js';
import { Random } from '../../../../src/core/random.js';
import { runSounding } from '../../../../src/sounding/run-sounding.js';
import { ErringArray } from '../../../../src/study/calibration/erring-array.js';
import { DEGREE, linearRig, residualRad, rms } from '../../../fixtures/calibration-rig.js';

/** What the elements of a rig contribute, errors included. */
function contributions(rig: ReturnType<typeof linearRig>, { phaseErrorRad, gain }: ErringArray) {
  const way = rig.array.propagationPhaseRad(rig.placeM);
  const share = 1 / Math.sqrt(way.length);
  return {
    re: way.map((rad, n) => share * gain[n]! * Math.cos(phaseErrorRad[n]! - rad)),
    im: way.map((rad, n) => share * gain[n]! * Math.sin(phaseErrorRad[n]! - rad)),
  };
}

describe('the bound', () => {
  it('is the closed form where all elements add up', () => {
    const rig = linearRig(32);
    const erring = new ErringArray({ ...rig, seed: 1, snrDb: 20 });
    const { result, numPilots } = runSounding(hadamard(rig), erring.measure);
    const bound = calibrationBound(contributions(rig, erring), result.codes, 6, 0.01);
    const closed = closedFormBoundRad(32, numPilots, 20);
    expect(bound.phaseErrorRad / closed).toBeGreaterThan(0.98);
    expect(bound.phaseErrorRad / closed).toBeLessThan(1.06);
  });

  it.each([
    ['30 degrees', 20, 30 * DEGREE],
    ['30 degrees', 30, 30 * DEGREE],
    ['random phases', 20, Infinity],
    ['random phases', 30, Infinity],
  ])('is reached to a tenth from the second pass on, from %s at %i dB', (_, snrDb, phaseErrorRmsRad) => {
    const rig = linearRig(48);
    const found = Array.from({ length: 8 }, (_, k) => {
      const erring = new ErringArray({
        ...rig,
        seed: k + 1,
        snrDb,
        phaseErrorRmsRad,
        amplitudeErrorRmsDb: 0.5,
      });
      const { result } = runSounding(hadamard(rig, { passes: 2 }), erring.measure);
      const noise = 10 ** (-snrDb / 10);
      const bound =
        k < 2 ? calibrationBound(contributions(rig, erring), result.codes, 6, noise).phaseErrorRad : 0;
      return { bound, left: residualRad(result.phaseErrorRad, erring.phaseErrorRad) };
    });
    // 8 times 48 elements tell the ratio to 3.6 %, one standard deviation.
    const ratio = rms(found.map(({ left }) => left)) / rms(found.slice(0, 2).map(({ bound }) => bound));
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.1 + 0.072);
  });
});

test('the fast estimate is the plain one', () => {
  const random = new Random('plain');
  for (const numElements of [16, 24, 50]) {
    for (const balanced of [false, true]) {
      for (const half of interleavedHalves(numElements, balanced)) {
        const steps = phaseSteps(6, 4);
        const { order } = half.rows;
        const values = Float64Array.from({ length: 4 * order }, () => 9 + random.normal());
        const { response, referencePower } = estimateHalf(half, steps, { values, stride: 1, column: 0 });
        for (const column of half.tested.keys()) {
          let [re, im] = [0, 0];
          for (let row = 0; row < order; row++) {
            const [p0, p1, p2, p3] = values.subarray(4 * row, 4 * row + 4) as unknown as [
              number,
              number,
              number,
              number,
            ];
            re += (flipOf(half, row, column) * (p0 - p2)) / 4;
            im += (flipOf(half, row, column) * (p3 - p1)) / 4;
          }
          const share = 1 / (order * Math.sqrt(referencePower));
          expect(response.re[column]).toBeCloseTo(re * share, 12);
          expect(response.im[column]).toBeCloseTo(im * share, 12);
        }
      }
    }
  }
});

describe('what is told before a run', () => {
  const rig = linearRig(20);
  const measured = () => new ErringArray({ ...rig, seed: 1, snrDb: 20, phaseErrorRmsRad: 0.3 });
  it.each([
    ['hadamard', () => hadamard(rig, { passes: 2 }), { passes: 2 }],
    ['rev', () => rev(rig), {}],
    ['states', () => codeStates(linearRig(20, 3)), {}],
  ] as const)('is how many slots %s takes', (procedure, sounding, options) => {
    const board = procedure === 'states' ? linearRig(20, 3).board : rig.board;
    const erring =
      procedure === 'states' ? new ErringArray({ ...linearRig(20, 3), seed: 1, snrDb: 20 }) : measured();
    const { numPilots } = runSounding<unknown>(sounding(), erring.measure);
    expect(calibrationNeeds(procedure, board, 20, options).numSlots).toBe(numPilots);
  });

  it('is what error to expect', () => {
    const residuals = (passes: number) =>
      rms(
        Array.from({ length: 6 }, (_, k) => {
          const of = linearRig(64);
          const erring = new ErringArray({ ...of, seed: k + 1, snrDb: 20, phaseErrorRmsRad: 30 * DEGREE });
          const { result } = runSounding(hadamard(of, { passes }), erring.measure);
          return residualRad(result.phaseErrorRad, erring.phaseErrorRad);
        }),
      );
    for (const passes of [1, 2]) {
      const told = calibrationNeeds('hadamard', linearRig(64).board, 20, { passes });
      expect(Math.abs(residuals(passes) / told.expectedErrorRad - 1)).toBeLessThan(0.15);
      expect(told.peakOverNoiseDb).toBeCloseTo(38.06, 2);
    }
  });

  it('is what the board cannot do', () => {
    const { notes, exactSteps } = calibrationNeeds('hadamard', linearRig(50, 2).board, 20, { numSteps: 3 });
    expect(exactSteps).toBe(false);
    expect(notes.join('\n')).toMatch(/4 codes|2\^2 codes do not make 3 equal steps/);
    expect(notes.join('\n')).toMatch(/half of 50 elements is no order of a Hadamard matrix: 56 rows/);
    const band = { bandwidthHz: 5e9, numSubcarriers: 1024 };
    expect(calibrationNeeds('delays', linearRig(64).board, 20, { band }).expectedDelayErrorS).toBeLessThan(
      0.5e-12,
    );
  });
});

test('a result becomes a table of its board, and is read again', () => {
  const rig = linearRig(32);
  const erring = new ErringArray({ ...rig, seed: 1, snrDb: 20, phaseErrorRmsRad: 0.5, dead: [4] });
  const { result } = runSounding(hadamard(rig), erring.measure);
  const text = calibrationTableText(tableOfResult('A-7', result, { procedure: 'hadamard', carrier: 28e9 }));
  const table = parseCalibrationTable(text, 'a.yaml');
  const rest = {
    serialNumber: 'A-7',
    firmware: '1',
    protocolVersion: '1',
    memoryDepth: 1,
    queueDepth: 1,
    switchTimeS: 0,
    clockRateHz: 1,
  };
  requireCalibrationOf({ ...rig.board, ...rest }, table);
  expect(table.dead).toEqual([4]);
  expect(table.measured.slots).toBe(136);
  expect(residualRad(table.phaseErrorRad, erring.phaseErrorRad, (n) => n !== 4)).toBeLessThan(6 * DEGREE);
});
