import { describe, expect, it } from 'vitest';
import { LinearArray } from '../../../src/array/linear-array.js';
import type { Codeword } from '../../../src/codebook/codeword.js';
import { DftCodebook } from '../../../src/codebook/dft.js';
import { PolarCodebook } from '../../../src/codebook/polar.js';
import { codewordWeights } from '../../../src/codebook/weights.js';
import { magnitude, transposeProduct } from '../../../src/core/complex.js';
import { BeamloopError } from '../../../src/core/errors.js';
import type { BoardControls } from '../../../src/realisation/board-controls.js';
import { quantise } from '../../../src/realisation/quantise.js';
import { settingsWeights } from '../../../src/realisation/realised.js';

const phaseBoard: BoardControls = {
  model: 'PS-4',
  numElements: 4,
  phaseBits: 2,
  delayBits: 0,
  delayLsbS: 0,
  delayRangeS: 0,
  amplitudeBits: 0,
  lineBits: 0,
  delayLinesS: null,
};
const delayBoard: BoardControls = {
  ...phaseBoard,
  model: 'TTD-4',
  phaseBits: 8,
  delayBits: 6,
  delayLsbS: 2e-12,
  delayRangeS: 126e-12,
};
const carrierHz = 28e9;

function codeword(
  phases: number[],
  delays: number[] | null = null,
  amplitudes: number[] | null = null,
): Codeword {
  return {
    key: 'polar/1/1',
    label: { kind: 'polar', ring: 1, angleIndex: 1 },
    phaseRad: Float64Array.from(phases),
    delayS: delays === null ? null : Float64Array.from(delays),
    amplitude: amplitudes === null ? null : Float64Array.from(amplitudes),
  };
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof BeamloopError) return `${error.code}: ${error.what}`;
    throw error;
  }
  return 'accepted';
}

describe('quantise', () => {
  it('rounds phases to the nearest code, around the circle', () => {
    const { settings, report } = quantise(
      codeword([0.1, Math.PI / 2 + 0.2, -Math.PI + 0.3, -0.05]),
      phaseBoard,
      carrierHz,
    );
    expect(Array.from(settings.phaseCode)).toEqual([0, 1, 2, 0]);
    expect(settings.delayCode).toBeNull();
    expect(settings.amplitudeCode).toBeNull();
    expect(report.phaseErrorMaxRad).toBeCloseTo(0.3, 12);
    expect(report.phaseErrorRmsRad).toBeCloseTo(Math.sqrt((0.01 + 0.04 + 0.09 + 0.0025) / 4), 12);
    // Errors -0.1, -0.2, -0.3, +0.05 rad.
    const gain = Math.hypot(
      (Math.cos(0.1) + Math.cos(0.2) + Math.cos(0.3) + Math.cos(0.05)) / 4,
      (Math.sin(0.1) + Math.sin(0.2) + Math.sin(0.3) - Math.sin(0.05)) / 4,
    );
    expect(report.gainLossDb).toBeCloseTo(-20 * Math.log10(gain), 10);
  });

  it('predicts the loss that a user at the focus sees', () => {
    const array = new LinearArray({ numElements: 128, carrierHz: 60e9 });
    const codebook = new PolarCodebook(array, { numRings: 4 });
    const index = { ring: 2, angleIndex: 41 };
    for (const phaseBits of [1, 2, 3, 7]) {
      const board = { ...phaseBoard, numElements: 128, phaseBits };
      const { settings, report } = quantise(codebook.codeword(index), board, array.carrierHz);
      const [x, y] = codebook.focusM(index)!;
      const b = array.steeringVector([x, y]);
      const ideal = magnitude(
        transposeProduct(b, codewordWeights(codebook.codeword(index), array.carrierHz)),
      );
      const real = magnitude(transposeProduct(b, settingsWeights(settings, board, array.carrierHz)));
      expect(report.gainLossDb).toBeCloseTo(20 * Math.log10(ideal / real), 9);
      // Uniform phase error within half a code: sinc loss, about 3.9, 0.9, 0.2 dB and next to nothing.
      const half = Math.PI / 2 ** phaseBits;
      expect(Math.abs(report.gainLossDb + 20 * Math.log10(Math.sin(half) / half))).toBeLessThan(
        0.7 / phaseBits,
      );
      expect(report.phaseErrorMaxRad).toBeLessThanOrEqual(half + 1e-12);
    }
  });

  it('rounds delays and lets the phase take up the rest at the carrier', () => {
    const { settings, report } = quantise(
      codeword([0, 0, 0, 0], [0, 10e-12, 10.8e-12, 25.1e-12]),
      delayBoard,
      carrierHz,
    );
    expect(Array.from(settings.delayCode!)).toEqual([0, 5, 5, 13]);
    expect(report.delayErrorMaxS).toBeCloseTo(0.9e-12, 16);
    expect(report.clippedDelays).toBe(0);
    expect(report.phaseErrorMaxRad).toBeLessThanOrEqual(Math.PI / 256 + 1e-12);
    expect(report.gainLossDb).toBeLessThan(0.001);
  });

  it('predicts the worst loss over the frequencies asked for', () => {
    const word = codeword([0, 0, 0, 0], [0, 0.9e-12, -0.9e-12, 0.9e-12]);
    const atCarrier = quantise(word, delayBoard, carrierHz).report.gainLossDb;
    const wide = quantise(word, delayBoard, carrierHz, {
      frequenciesHz: [carrierHz, 1.5 * carrierHz],
    }).report.gainLossDb;
    expect(wide).toBeGreaterThan(atCarrier + 0.005);
  });

  it('moves delays into range by a common shift and counts what still does not fit', () => {
    const shifted = quantise(codeword([0, 0, 0, 0], [-20e-12, 0, 40e-12, 106e-12]), delayBoard, carrierHz);
    expect(Array.from(shifted.settings.delayCode!)).toEqual([0, 10, 30, 63]);
    expect(shifted.report.clippedDelays).toBe(0);
    expect(shifted.report.gainLossDb).toBeLessThan(0.001);
    const clipped = quantise(codeword([0, 0, 0, 0], [0, 50e-12, 130e-12, 200e-12]), delayBoard, carrierHz);
    expect(Array.from(clipped.settings.delayCode!)).toEqual([0, 25, 63, 63]);
    expect(clipped.report.clippedDelays).toBe(2);
    // At the carrier the phase makes good for it; 1 GHz beside it, 74 ps too little is 27 degrees on one element.
    expect(clipped.report.gainLossDb).toBeLessThan(0.001);
    const beside = quantise(
      codeword([0, 0, 0, 0], [0, 0, 0, 200e-12]),
      { ...delayBoard, phaseBits: 16 },
      carrierHz,
      { frequenciesHz: [carrierHz + 1e9] },
    );
    const off = 2 * Math.PI * 1e9 * 74e-12;
    const gain = Math.hypot(3 + Math.cos(off), Math.sin(off)) / 4;
    expect(beside.report.gainLossDb).toBeCloseTo(-20 * Math.log10(gain), 2);
  });

  it('replaces delays by phases on a board without them, and says so', () => {
    const board = { ...phaseBoard, phaseBits: 8 };
    const word = codeword([0, 0, 0, 0], [0, 9e-12, 18e-12, 27e-12]);
    const { settings, report } = quantise(word, board, carrierHz);
    expect(settings.delayCode).toBeNull();
    expect(report.delaysAsPhase).toBe(3);
    expect(report.gainLossDb).toBeLessThan(0.001);
    // 9 ps at 28 GHz are 0.252 turns late.
    expect(settings.phaseCode[1]).toBe(Math.round((1 - 0.252) * 256));
  });

  it('switches elements off where the board can, and counts those that stay on', () => {
    const array = new LinearArray({ numElements: 8, carrierHz });
    const beam = new DftCodebook(array).codeword(1, 1);
    const onOff = { ...phaseBoard, numElements: 8, phaseBits: 6, amplitudeBits: 1 };
    const switched = quantise(beam, onOff, carrierHz);
    expect(Array.from(switched.settings.amplitudeCode!)).toEqual([0, 0, 0, 1, 1, 0, 0, 0]);
    expect(switched.report.elementsStuckOn).toBe(0);
    // A quarter of the elements radiates a quarter of the power: 6 dB.
    expect(switched.report.gainLossDb).toBeCloseTo(10 * Math.log10(4), 2);
    const stuck = quantise(beam, { ...onOff, amplitudeBits: 0 }, carrierHz);
    expect(stuck.settings.amplitudeCode).toBeNull();
    expect(stuck.report.elementsStuckOn).toBe(6);
  });

  it('rounds amplitudes to steps of the full amplitude', () => {
    const board = { ...phaseBoard, amplitudeBits: 2 };
    const { settings, report } = quantise(
      codeword([0, 0, 0, 0], null, [Math.sqrt(2), 0, 0.8, Math.sqrt(1.36)]),
      board,
      carrierHz,
    );
    expect(Array.from(settings.amplitudeCode!)).toEqual([3, 0, 2, 2]);
    expect(report.amplitudesOff).toBe(2);
    expect(report.elementsStuckOn).toBe(0);
  });

  it('refuses a board that is not the array, with the numbers', () => {
    const word = codeword([0, 0, 0]);
    expect(codeOf(() => quantise(word, phaseBoard, carrierHz))).toBe(
      'BOARD_MISMATCH: Codeword polar/1/1 has 3 elements and board PS-4 has 4',
    );
    const blind = { ...phaseBoard, phaseBits: 0 };
    expect(codeOf(() => quantise(codeword([0, 0, 0, 0]), blind, carrierHz))).toMatch(
      /^BOARD_MISMATCH: .*0 phase/,
    );
    const bits = { ...phaseBoard, phaseBits: 17 };
    expect(codeOf(() => quantise(codeword([0, 0, 0, 0]), bits, carrierHz))).toMatch(
      /^BAD_ARGUMENT: .*17 phase/,
    );
    const noStep = { ...delayBoard, delayLsbS: 0 };
    expect(codeOf(() => quantise(codeword([0, 0, 0, 0]), noStep, carrierHz))).toMatch(/^BAD_ARGUMENT/);
  });

  it('refuses a codeword that makes no sense', () => {
    expect(codeOf(() => quantise(codeword([0, Number.NaN, 0, 0]), phaseBoard, carrierHz))).toMatch(
      /^BAD_ARGUMENT: .*NaN among its phases \(element 2\)/,
    );
    expect(codeOf(() => quantise(codeword([0, 0, 0, 0], [0, 0]), phaseBoard, carrierHz))).toMatch(/2 delays/);
    expect(
      codeOf(() => quantise(codeword([0, 0, 0, 0], null, [1, 1, 1, -1]), phaseBoard, carrierHz)),
    ).toMatch(/-1 among its amplitudes/);
  });
});
