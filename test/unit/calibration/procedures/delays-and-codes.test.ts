/** Delays of elements, lines and of the adjustable part, and the phases that single codes stand for. */
import { describe, expect, it } from 'vitest';
import { BoardBeams } from '../../../../calibration/board-beams.js';
import { calibrationTable, parseCalibrationTable } from '../../../../calibration/calibration-table.js';
import { codeStates, codeStatesSlots } from '../../../../calibration/procedures/code-states.js';
import { fitDelay } from '../../../../calibration/procedures/delay-fit.js';
import { delays } from '../../../../calibration/procedures/delays.js';
import { tableWithCodes, tableWithDelays } from '../../../../calibration/table/table-of-result.js';
import { calibrationTableText } from '../../../../calibration/table/write-table.js';
import { Band } from '../../../../src/array/band.js';
import { LinearArray } from '../../../../src/array/linear-array.js';
import type { Codeword } from '../../../../src/codebook/codeword.js';
import { Random } from '../../../../src/core/random.js';
import { runSounding } from '../../../../src/sounding/run-sounding.js';
import { ErringArray } from '../../../../src/study/calibration/erring-array.js';
import { DEGREE, linearRig, phaseBoard, residualRad, rms } from '../../../fixtures/calibration-rig.js';

const carrierHz = 30e9;
const { frequenciesHz } = new Band({ carrierHz, bandwidthHz: 5e9, numSubcarriers: 128 });

describe('a delay from phases over frequency', () => {
  const random = new Random('delays');
  it.each([0, 20e-12, -3e-9, 12e-9])('of %f s is found to what noise allows', (delayS) => {
    const sigma = 0.07;
    const off = Array.from({ length: 40 }, () => {
      const rad = Array.from(frequenciesHz, (hz) => 0.3 - 2 * Math.PI * (hz - carrierHz) * delayS);
      const values = {
        re: Float64Array.from(rad, (x) => Math.cos(x) + sigma * random.normal()),
        im: Float64Array.from(rad, (x) => Math.sin(x) + sigma * random.normal()),
      };
      const fit = fitDelay(values, new Float64Array(128).fill(sigma ** 2), frequenciesHz, carrierHz);
      expect(Math.abs(fit.phaseRad - 0.3)).toBeLessThan(5 * fit.phaseSigmaRad);
      return (fit.delayS - delayS) / fit.delaySigmaS;
    });
    expect(rms(off)).toBeGreaterThan(0.7);
    expect(rms(off)).toBeLessThan(1.35);
  });
});

describe('delays over the air', () => {
  const numElements = 32;
  const lines = [0, 1].map((l) =>
    Float64Array.from({ length: numElements }, (_, n) => l * (0.2e-9 + 3e-12 * n)),
  );
  const board = phaseBoard(numElements, 6, {
    ...{ delayBits: 8, delayLsbS: 16e-12, delayRangeS: 255 * 16e-12, delayLinesS: lines, lineBits: 1 },
  });
  const array = new LinearArray({ numElements, carrierHz });
  const rig = { array, board, placeM: [10, 2] as const };
  const model = {
    ...{ seed: 3, snrDb: 20, frequenciesHz, phaseErrorRmsRad: 0.5, amplitudeErrorRmsDb: 0.5 },
    ...{ delayErrorRmsS: 20e-12, lineErrorRmsS: 2e-12, delayGainRms: 0.01 },
  };
  const erring = new ErringArray({ ...rig, ...model });
  const { result } = runSounding(delays({ ...rig, frequenciesHz }), erring.measure);
  const ofElements = erring.delayErrorS.map((s, n) => s + erring.lineErrorS[0]![n]!);
  const beyondMean = (values: Float64Array) => {
    const mean = values.reduce((a, b) => a + b) / values.length;
    return rms(values.map((x) => x - mean));
  };

  it('finds those of elements, of lines and of the adjustable part', () => {
    // 4.05 degrees over two passes and 128 subcarriers of 5 GHz: 0.49 ps for a full reference at all of them.
    expect(beyondMean(result.delayErrorS.map((s, n) => s - ofElements[n]!))).toBeLessThan(0.8e-12);
    expect(rms(result.delayIntervalS) / 1.96).toBeGreaterThan(0.4e-12);
    expect(rms(result.delayIntervalS) / 1.96).toBeLessThan(0.8e-12);
    const line = erring.lineErrorS[1]!.map((s, n) => s - erring.lineErrorS[0]![n]!);
    expect(rms(result.lineErrorS![1]!.map((s, n) => s - line[n]!))).toBeLessThan(1.4e-12);
    // Of 4.08 ns a picosecond is 0.025 %; the mean of all counts as well.
    expect(rms(result.delayGainError!.map((x, n) => x - erring.delayGainError[n]!))).toBeLessThan(4e-4);
    expect(result.ambiguityS).toBeCloseTo(128 / 5e9, 12);
  });

  it('gives phases that are right at the carrier together with the delays', () => {
    const at = (phase: Float64Array, delay: Float64Array) =>
      phase.map((rad, n) => rad - 2 * Math.PI * carrierHz * delay[n]!);
    const found = at(result.phaseErrorRad, result.delayErrorS);
    expect(residualRad(found, at(erring.phaseErrorRad, ofElements))).toBeLessThan(1.5 * DEGREE);
  });

  it('goes into a table that brings back the beam, all over the band', () => {
    const table = tableWithDelays(
      calibrationTable({ boardSerialNumber: 'A-7', phaseErrorRad: new Float64Array(numElements) }),
      result,
    );
    const rest = { serialNumber: 'A-7', firmware: '1', protocolVersion: '1' };
    const depths = { memoryDepth: 1, queueDepth: 1, switchTimeS: 0, clockRateHz: 1 };
    const described = { ...board, ...rest, ...depths };
    const travelS = array.travelTimeS(rig.placeM);
    const lastS = Math.max(...travelS);
    const focused: Codeword = {
      ...{ key: 'focused', label: { kind: 'own', scheme: 'test', name: 'focused' }, amplitude: null },
      ...{ phaseRad: new Float64Array(numElements), delayS: travelS.map((s) => lastS - s) },
    };
    const full = erring.gain.reduce((a, b) => a + b) ** 2 / numElements;
    const lossDb = (known: typeof table | null) => {
      const { settings } = new BoardBeams(described, carrierHz, known).quantise(focused);
      const { re, im } = erring.received(settings);
      const power = re.reduce((sum, x, m) => sum + x * x + im[m]! ** 2, 0) / re.length;
      return 10 * Math.log10(full / power);
    };
    expect(lossDb(null)).toBeGreaterThan(3);
    // Steps of 16 ps are off by 4.6 ps rms, which at 1.4 GHz rms from the carrier is 2.4 degrees.
    expect(lossDb(table)).toBeLessThan(0.1);
  });

  it('refuses a UE that reports another number of subcarriers', () => {
    const narrow = new ErringArray({ ...rig, ...model, frequenciesHz: Float64Array.of(carrierHz) });
    const start = delays({ ...rig, frequenciesHz });
    const first = start.next();
    expect(() => start.next(narrow.measure(first.value as never))).toThrow(
      /1 subcarriers; 128 were expected|subcarrier/,
    );
  });
});

describe('phases of single codes', () => {
  it.each([
    [3, 30, 3.5],
    [4, 40, 2],
  ])('of %i bits at %i dB are found', (phaseBits, snrDb, mostDegrees) => {
    const rig = linearRig(32, phaseBits);
    const erring = new ErringArray({
      ...rig,
      seed: 2,
      snrDb,
      phaseErrorRmsRad: 0.5,
      codeErrorRmsRad: 8 * DEGREE,
    });
    const known = { ...rig, knownErrorRad: erring.phaseErrorRad };
    const { result, numPilots } = runSounding(codeStates(known), erring.measure);
    expect(numPilots).toBe(codeStatesSlots(32, phaseBits));
    const left = result.codeErrorRad.map((codes, n) => {
      // What is common to all codes of an element, and a constant beside all of them, is no error of codes: 8 degrees over the root of their number.
      return residualRad(codes, erring.codeErrorRad[n]!);
    });
    const constant = 8 / Math.sqrt(2 ** phaseBits);
    expect(rms(left) / DEGREE).toBeLessThan(Math.hypot(mostDegrees, constant));
    expect(rms(left) / DEGREE).toBeLessThan(6);
  });

  it('goes into a table', () => {
    const table = calibrationTable({ boardSerialNumber: 'A-7', phaseErrorRad: new Float64Array(8) });
    const { result } = runSounding(
      codeStates(linearRig(8, 3)),
      new ErringArray({ ...linearRig(8, 3), seed: 1, snrDb: 30 }).measure,
    );
    const read = parseCalibrationTable(calibrationTableText(tableWithCodes(table, result)), 'a.yaml');
    expect(read.codeErrorRad![7]![7]).toBeCloseTo(result.codeErrorRad[7]![7]!, 5);
  });

  it('of more than 8 bits are too many', () => {
    expect(() => codeStates(linearRig(16, 9)).next()).toThrow(/512 phase codes/);
  });
});
