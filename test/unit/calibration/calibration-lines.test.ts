/** Boards whose fixed lines are off by 2 ps rms, uncalibrated and calibrated, against what the emulated front end radiates. */
import { expect, test } from 'vitest';
import {
  calibratedBoard,
  correctCodeword,
  parseCalibrationTable,
  radiatedCodeword,
  requireCalibrationOf,
} from '../../../calibration/calibration-table.js';
import type { BoardDescription, ElementSettings } from '../../../drivers/array-board.js';
import { IDEAL_RF, RfFrontEnd, type RfImpairments } from '../../../drivers/emulator/rf.js';
import { Band } from '../../../src/array/band.js';
import { LinearArray } from '../../../src/array/linear-array.js';
import type { Codeword } from '../../../src/codebook/codeword.js';
import { gridCodeword, servingCodeword } from '../../../src/codebook/serving.js';
import { describeTdPs, tdPsCodebook } from '../../../src/codebook/tdps.js';
import { codewordWeights } from '../../../src/codebook/weights.js';
import { BeamloopError } from '../../../src/core/errors.js';
import { quantise } from '../../../src/realisation/quantise.js';

const carrierHz = 30e9;
const numElements = 256;
const array = new LinearArray({ numElements, carrierHz, speedOfLightMPerS: 3e8 });
const band = new Band({ carrierHz, bandwidthHz: 5e9, numSubcarriers: 1024 });
const design = describeTdPs(array, band, {
  delaySinAngle: 349 / 11,
  delayRingPerM: -427 / 800,
  phaseSinAngle: -30,
  phaseRingPerM: 1859 / 3200,
});
const pilots = tdPsCodebook(array, band, design, 3).pilots.map(({ codeword }) => codeword);
const board: BoardDescription = {
  model: 'lines',
  serialNumber: 'L-1',
  firmware: '1',
  protocolVersion: '1.1',
  numElements,
  phaseBits: 6,
  delayBits: 8,
  delayLsbS: 16e-12,
  delayRangeS: 4080e-12,
  amplitudeBits: 0,
  lineBits: 2,
  delayLinesS: [
    new Float64Array(numElements),
    ...pilots.map(({ delayS }) => delayS!.map((delay) => Math.round(delay * 1e15) / 1e15)),
  ],
  memoryDepth: 16,
  queueDepth: 16,
  switchTimeS: 1e-6,
  clockRateHz: 1e8,
};

function frontEnd(impairments: Partial<RfImpairments>): RfFrontEnd {
  return new RfFrontEnd(board, { ...IDEAL_RF, ...impairments });
}

/** What a calibration finds: phases and delays of every element on every line, told apart from the codes. */
function tableOf(front: RfFrontEnd, delayErrors = true) {
  const none = new Uint16Array(numElements);
  const found = board.delayLinesS!.map((line, l) => {
    const lineCode = new Uint16Array(numElements).fill(l);
    const { re, im, delayS } = front.weights({
      phaseCode: none,
      delayCode: none,
      amplitudeCode: null,
      lineCode,
    });
    return {
      phase: Array.from(re, (x, n) => Math.atan2(im[n]!, x)),
      excess: Array.from(delayS!, (delay, n) => delay - line[n]!),
    };
  });
  const text = JSON.stringify({
    board: 'L-1',
    phaseError: { unit: 'rad', values: found[0]!.phase },
    // How delays are shared between element and lines does not matter: all of the first line is said to be the element's.
    ...(delayErrors && {
      delayError: { unit: 's', values: found[0]!.excess },
      lineError: found.map(({ excess }) => ({
        unit: 's',
        values: excess.map((delay, n) => delay - found[0]!.excess[n]!),
      })),
    }),
  });
  return parseCalibrationTable(text, 'table.yaml');
}

/** Loss at the codeword's focus of what the front end really radiates, dB. */
function lossDb(
  front: RfFrontEnd,
  settings: ElementSettings,
  codeword: Codeword,
  frequencyHz: number,
): number {
  const ideal = codewordWeights(codeword, frequencyHz);
  const { re, im, delayS } = front.weights(settings);
  let [sumRe, sumIm] = [0, 0];
  for (let n = 0; n < numElements; n++) {
    const turns = frequencyHz * delayS![n]!;
    const phase = -2 * Math.PI * (turns - Math.round(turns));
    const [x, y] = [
      re[n]! * Math.cos(phase) - im[n]! * Math.sin(phase),
      re[n]! * Math.sin(phase) + im[n]! * Math.cos(phase),
    ];
    sumRe += ideal.re[n]! * x + ideal.im[n]! * y;
    sumIm += ideal.re[n]! * y - ideal.im[n]! * x;
  }
  return -10 * Math.log10(sumRe ** 2 + sumIm ** 2);
}

test('2 ps rms of unknown line errors cost 0.62 dB at 30 GHz', () => {
  const predictedDb = (10 * (2 * Math.PI * carrierHz * 2e-12) ** 2) / Math.LN10;
  expect(predictedDb).toBeCloseTo(0.617, 3);
  let sum = 0;
  for (let seed = 1; seed <= 8; seed++) {
    const front = frontEnd({ seed, lineErrorRmsS: 2e-12 });
    for (const pilot of pilots)
      sum += lossDb(front, quantise(pilot, board, carrierHz).settings, pilot, carrierHz);
  }
  // 24 draws of 256 elements: 0.617 dB of spread / 16 / sqrt(24) and the rounding of 6 bits, far below the tolerance.
  expect(Math.abs(sum / 24 - predictedDb)).toBeLessThan(0.03);
});

test('known line errors are made up for after the choice of line, all over the band', () => {
  const front = frontEnd({ seed: 3, lineErrorRmsS: 2e-12, delayErrorRmsS: 1e-12, phaseErrorRmsRad: 0.5 });
  const table = tableOf(front);
  requireCalibrationOf(board, table);
  const known = calibratedBoard(board, table);
  const words = [
    ...pilots,
    servingCodeword(array, { sinAngle: 0.4, ringPerM: 0.03 }),
    gridCodeword(array, { sinAngle: -0.8, ringPerM: 0.01 }, 1, 1),
  ];
  for (const word of words) {
    const { settings } = quantise(correctCodeword(word, table), known, carrierHz);
    for (const frequencyHz of [band.frequenciesHz[0]!, carrierHz, band.frequenciesHz[1023]!]) {
      // 6 bits of phase lose 0.0035 dB; steps of 16 ps lose another 0.023 dB 2.5 GHz beside the carrier.
      const limitDb = frequencyHz === carrierHz ? 0.008 : 0.05;
      expect(lossDb(front, settings, word, frequencyHz)).toBeLessThan(limitDb);
      const told = quantise(word, board, carrierHz).settings;
      expect(lossDb(front, told, word, frequencyHz)).toBeGreaterThan(0.7);
    }
    // The table tells what is radiated.
    const radiated = codewordWeights(radiatedCodeword(settings, board, table), carrierHz);
    const { re, im, delayS } = front.weights(settings);
    for (let n = 0; n < numElements; n += 5) {
      const phase = Math.atan2(im[n]!, re[n]!) - 2 * Math.PI * ((carrierHz * delayS![n]!) % 1);
      expect(radiated.re[n]).toBeCloseTo(Math.cos(phase) / 16, 9);
      expect(radiated.im[n]).toBeCloseTo(Math.sin(phase) / 16, 9);
    }
  }
});

test('a table without line errors leaves the lines as they are', () => {
  const table = tableOf(frontEnd({ seed: 2, phaseErrorRmsRad: 0.3 }), false);
  expect(calibratedBoard(board, table)).toBe(board);
  const { settings } = quantise(pilots[0]!, board, carrierHz);
  const radiated = radiatedCodeword(settings, board, table);
  expect(radiated.delayS).toEqual(board.delayLinesS![1]);
  expect(radiatedCodeword(settings, board, null).phaseRad[7]).toBeCloseTo(
    radiated.phaseRad[7]! - table.phaseErrorRad[7]!,
    12,
  );
});

test('a table of other lines than the board has is refused', () => {
  const refusal = (change: (lines: number[][]) => unknown) => {
    const zeros = () => Array.from({ length: numElements }, () => 0);
    const lineError = change(Array.from({ length: 4 }, zeros));
    const table = parseCalibrationTable(
      JSON.stringify({ board: 'L-1', phaseError: zeros(), lineError }),
      't',
    );
    try {
      requireCalibrationOf(board, table);
    } catch (error) {
      if (error instanceof BeamloopError) return `${error.code}: ${error.what}`;
    }
    return 'accepted';
  };
  expect(refusal((lines) => lines)).toBe('accepted');
  expect(refusal((lines) => lines.slice(1))).toBe(
    'BOARD_MISMATCH: The calibration lists 3 fixed lines; the board has 4',
  );
  expect(refusal((lines) => lines.map((line) => line.slice(1)))).toBe(
    'BOARD_MISMATCH: The calibration lists 255 elements; the board has 256',
  );
});
