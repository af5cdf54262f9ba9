/** What the elements of a board without slots radiate: pieces of time without gaps, of what was in force. */
import { expect, it } from 'vitest';
import type { AirSlot } from '../../../drivers/emulator/emulated-board.js';
import { ElementAir } from '../../../drivers/emulator/own/element-air.js';
import { IDEAL_RF, RfFrontEnd } from '../../../drivers/emulator/rf.js';
import { ManualTimers } from '../../../drivers/emulator/timers.js';

const FORMAT = { numElements: 2, phaseBits: 2, amplitudeBits: 1, delayLsbS: 0, delayLinesS: null };
const state = (phase: number, isMuted = false) => ({
  phaseCode: Uint16Array.of(0, phase),
  amplitudeCode: Uint16Array.of(1, 1),
  isMuted,
});

function air() {
  const timers = new ManualTimers();
  const pieces: AirSlot[] = [];
  const elements = new ElementAir(new RfFrontEnd(FORMAT, IDEAL_RF), timers, state(0), (piece) =>
    pieces.push(piece),
  );
  return { timers, pieces, elements };
}

it('tells of every change when it was, and now and then in between', () => {
  const { timers, pieces, elements } = air();
  timers.advance(12e-3);
  elements.set(state(1));
  timers.advance(1e-3);
  elements.set(state(1, true));
  timers.advance(9e-3);
  elements.close();
  for (const [k, { fromS }] of pieces.entries()) expect(fromS).toBe(k === 0 ? 0 : pieces[k - 1]!.untilS);
  const when = (test: (piece: AirSlot) => boolean) =>
    pieces.filter(test).reduce((sum, { fromS, untilS }) => sum + untilS - fromS, 0);
  const second = (piece: AirSlot) => Math.round(1e3 * (piece.codeword?.weights.im[1] ?? 0)) / 1e3;
  expect(when((piece) => piece.codeword !== null && second(piece) === 0)).toBeCloseTo(12e-3, 12);
  // A quarter of a turn.
  expect(when((piece) => second(piece) === Math.round(1e3 * Math.SQRT1_2) / 1e3)).toBeCloseTo(1e-3, 12);
  expect(when((piece) => piece.codeword === null)).toBeGreaterThan(3e-3);
  for (const { fromS, untilS } of pieces) expect(untilS - fromS).toBeLessThanOrEqual(5e-3 + 1e-12);
});

it('passes over what lasted shorter than anybody hears, such as elements that are written one after the other', () => {
  const { timers, pieces, elements } = air();
  timers.advance(1e-3);
  for (let phase = 1; phase < 4; phase++) {
    elements.set(state(phase));
    timers.advance(1e-5);
  }
  timers.advance(10e-3);
  elements.close();
  const phases = new Set(pieces.map(({ codeword }) => codeword!.hash));
  expect(phases.size).toBe(2);
});
