/** What a table knows of codes, steps of delay, gains and silent elements is made use of, judged by what an array with these errors radiates. */
import { describe, expect, it } from 'vitest';
import { BoardBeams, type BoardBeamsOptions } from '../../../../calibration/board-beams.js';
import { type CalibrationTable, calibrationTable } from '../../../../calibration/calibration-table.js';
import { exactSettings } from '../../../../calibration/procedures/calibration-pilots.js';
import { hadamard } from '../../../../calibration/procedures/hadamard.js';
import type { BoardDescription } from '../../../../drivers/array-board.js';
import type { Codeword } from '../../../../src/codebook/codeword.js';
import { quantise } from '../../../../src/realisation/quantise.js';
import { ErringArray, type ErringArrayOptions } from '../../../../src/study/calibration/erring-array.js';
import { DEGREE, linearRig } from '../../../fixtures/calibration-rig.js';

const REST = {
  serialNumber: 'A-7',
  firmware: '1',
  protocolVersion: '1',
  memoryDepth: 16,
  queueDepth: 16,
  switchTimeS: 1e-6,
  clockRateHz: 1e8,
};
const numElements = 64;

function boardOf(more: Partial<BoardDescription>): BoardDescription {
  return { ...linearRig(numElements, 4, more).board, ...REST, ...more };
}

/** Focused on the receiver at the carrier, by delays where there are any. */
function focused(delays: boolean): Codeword {
  const { array, placeM } = linearRig(numElements);
  const travelS = array.travelTimeS(placeM);
  const lastS = Math.max(...travelS);
  return {
    ...{ key: 'focused', label: { kind: 'own', scheme: 'test', name: 'focused' }, amplitude: null },
    phaseRad: delays ? new Float64Array(numElements) : array.propagationPhaseRad(placeM),
    delayS: delays ? travelS.map((s) => lastS - s) : null,
  };
}

/** Power received of the focused codeword, over that of elements without errors of phase, dB; at one frequency. */
function gainDb(
  model: Partial<ErringArrayOptions>,
  board: BoardDescription,
  table: (truth: ErringArray) => CalibrationTable | null,
  { frequencyHz = 28e9, ...options }: BoardBeamsOptions & { frequencyHz?: number } = {},
) {
  const { array, placeM } = linearRig(numElements);
  const erring = new ErringArray({
    ...{ array, board, placeM, seed: 1, snrDb: 20 },
    ...model,
    frequenciesHz: Float64Array.of(frequencyHz),
  });
  const known = table(erring);
  const beams = new BoardBeams(board, 28e9, known, options);
  const codeword = focused(board.delayBits > 0);
  const { settings, parameters } = beams.quantise(codeword);
  const { re, im } = erring.received(settings);
  const power = 10 * Math.log10((re[0]! ** 2 + im[0]! ** 2) / numElements);
  return { power, settings, parameters, realised: beams.realise(codeword) };
}

const knows = (truth: ErringArray, more: Partial<CalibrationTable> = {}) =>
  calibrationTable({ boardSerialNumber: 'A-7', phaseErrorRad: truth.phaseErrorRad, ...more });

describe('a table with errors of every code', () => {
  it('gives back what they cost', () => {
    const model = { codeErrorRmsRad: 25 * DEGREE, phaseErrorRmsRad: 40 * DEGREE };
    const without = gainDb(model, boardOf({}), (truth) => knows(truth));
    const withCodes = gainDb(model, boardOf({}), (truth) =>
      knows(truth, { codeErrorRad: truth.codeErrorRad }),
    );
    // 25 degrees rms cost 4.34 x 0.436^2 = 0.83 dB. Of 16 codes at random the nearest is off by sqrt(2) x 11.25 degrees rms: 0.34 dB.
    expect(without.power).toBeLessThan(-0.5);
    expect(withCodes.power).toBeGreaterThan(-0.34);
    expect(withCodes.parameters).toBeUndefined();
  });

  it('without errors makes the settings that there would be without it', () => {
    const board = boardOf({});
    const codeErrorRad = Array.from({ length: numElements }, () => new Float64Array(16));
    const model = { phaseErrorRmsRad: 40 * DEGREE };
    const plain = gainDb(model, board, (truth) => knows(truth));
    const zero = gainDb(model, board, (truth) => knows(truth, { codeErrorRad }));
    expect(zero.settings).toEqual(plain.settings);
    expect(zero.realised.phaseRad).toEqual(plain.realised.phaseRad);
  });
});

describe('a table with delay gains', () => {
  const board = boardOf({ phaseBits: 6, delayBits: 8, delayLsbS: 4e-12, delayRangeS: 255 * 4e-12 });

  it('gives back what they cost away from the carrier', () => {
    const model = { delayGainRms: 0.08 };
    const at = { frequencyHz: 32e9 };
    const without = gainDb(model, board, (truth) => knows(truth), at);
    const withGains = gainDb(
      model,
      board,
      (truth) => knows(truth, { delayGainError: truth.delayGainError }),
      at,
    );
    expect(withGains.power).toBeGreaterThan(-0.05);
    expect(without.power).toBeLessThan(withGains.power - 0.1);
    expect(withGains.parameters).toBeUndefined();
  });

  it('tells what is radiated', () => {
    const { realised, settings } = gainDb({ delayGainRms: 0.08 }, board, (truth) =>
      knows(truth, { delayGainError: truth.delayGainError }),
    );
    const truth = new ErringArray({
      ...linearRig(numElements),
      board,
      seed: 1,
      snrDb: 20,
      delayGainRms: 0.08,
    });
    const n = 40;
    expect(realised.delayS![n]).toBeCloseTo(
      settings.delayCode![n]! * 4e-12 * (1 + truth.delayGainError[n]!),
      18,
    );
  });
});

describe('silent elements', () => {
  it('count for nothing in what is predicted, and change no bytes of boards that cannot switch them off', () => {
    const board = boardOf({});
    const plain = gainDb({}, board, (truth) => knows(truth));
    const dead = gainDb({ dead: [3, 20] }, board, (truth) => knows(truth, { dead: [3], stuck: [20] }));
    expect(dead.settings).toEqual(plain.settings);
    expect([dead.realised.amplitude![3], dead.realised.amplitude![20], dead.realised.amplitude![5]]).toEqual([
      0, 0, 1,
    ]);
    expect(plain.realised.amplitude).toBeNull();
  });

  it('are switched off where the board can', () => {
    const { settings } = gainDb({}, boardOf({ amplitudeBits: 1 }), (truth) =>
      knows(truth, { dead: [3], stuck: [20] }),
    );
    expect([...settings.amplitudeCode!].flatMap((code, n) => (code === 0 ? [n] : []))).toEqual([3, 20]);
  });
});

it("a calibration's pilots are sent as they are, whatever the table says", () => {
  const board = boardOf({ amplitudeBits: 1 });
  const rig = linearRig(numElements);
  const table = calibrationTable({
    ...{ boardSerialNumber: 'A-7', dead: [3] },
    phaseErrorRad: new Float64Array(numElements).fill(1).map((x, n) => x * n),
  });
  const beams = new BoardBeams(board, 28e9, table);
  const first = hadamard({ ...rig, board }).next().value as readonly Codeword[];
  for (const pilot of [first[0]!, first[77]!]) {
    const { settings } = beams.quantise(pilot);
    expect(settings).toEqual(exactSettings(pilot));
    expect(settings).toEqual(quantise(pilot, board, 28e9).settings);
    expect(beams.quantise({ ...pilot }).settings.phaseCode).not.toEqual(settings.phaseCode);
  }
});

describe('gains', () => {
  const gainTable = (truth: ErringArray) => knows(truth, { gain: truth.gain });
  const spreadDb = (amplitudes: Float64Array) => {
    const levels = amplitudes.map((x) => 20 * Math.log10(x));
    const mean = levels.reduce((a, b) => a + b) / levels.length;
    return Math.sqrt(levels.reduce((sum, x) => sum + (x - mean) ** 2, 0) / levels.length);
  };

  it('are evened out where that is asked for', () => {
    const board = boardOf({ amplitudeBits: 6 });
    const model = { amplitudeErrorRmsDb: 1 };
    const asked = gainDb(model, board, gainTable, { equaliseGains: true });
    const not = gainDb(model, board, gainTable);
    expect(spreadDb(not.realised.amplitude!)).toBeGreaterThan(0.7);
    expect(spreadDb(asked.realised.amplitude!)).toBeLessThan(0.15);
    expect(not.settings.amplitudeCode!.every((code) => code === 63)).toBe(true);
  });
});

it('an old table, of phases alone, makes what quantisation by itself makes of the corrected codeword', () => {
  const board = boardOf({});
  const { settings } = gainDb({ phaseErrorRmsRad: 1 }, board, (truth) => knows(truth));
  const truth = new ErringArray({
    ...linearRig(numElements),
    board,
    seed: 1,
    snrDb: 20,
    phaseErrorRmsRad: 1,
  });
  const codeword = focused(false);
  const phaseRad = codeword.phaseRad.map((rad, n) => rad - truth.phaseErrorRad[n]!);
  expect(settings).toEqual(quantise({ ...codeword, phaseRad }, board, 28e9).settings);
});
