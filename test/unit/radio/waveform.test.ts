import { describe, expect, it } from 'vitest';
import { SymbolTransform, Waveform } from '../../../src/radio/waveform.js';

const SIZES = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096];

function waveform(numPilots: number) {
  return new Waveform({ sampleRateHz: 61.44e6, slotDurationS: 1e-3, numPilots });
}

describe('the waveform', () => {
  it.each(SIZES)('has %i pilots whose signs tell shifts apart as well as can be', (numPilots) => {
    const { signs } = waveform(numPilots);
    const period = signs.length;
    const lags =
      numPilots <= 256 ? Array.from({ length: period - 1 }, (_, k) => k + 1) : [1, 2, 3, 7, period >> 1];
    for (const lag of lags) {
      let sum = 0;
      for (let m = 0; m < period; m++) sum += signs[m]! * signs[(m + lag) % period]!;
      expect(sum).toBe(-1);
    }
  });

  it('counts slots without repeating a pair of shifts', () => {
    const w = waveform(16);
    const seen = new Set<string>();
    for (let slot = 0; slot < w.countModulus; slot++)
      seen.add(`${w.signShift(1, slot)} ${w.signShift(2, slot)}`);
    expect(seen.size).toBe(225);
    expect(w.signShift(1, 225)).toBe(w.signShift(1, 0));
    expect(w.signShift(1, -1)).toBe(w.signShift(1, 224));
  });

  it('has symbols as the sum that docs/radio.md gives', () => {
    const w = waveform(16);
    const { re, im } = w.pilots(2, 77);
    const samples = new SymbolTransform(w).samples({ re, im });
    for (const n of [0, 1, 13, 31]) {
      let [x, y] = [0, 0];
      for (let m = 0; m < 16; m++) {
        const phase = (2 * Math.PI * (m - 8) * n) / 32;
        x += (re[m]! * Math.cos(phase) - im[m]! * Math.sin(phase)) / Math.sqrt(32);
        y += (re[m]! * Math.sin(phase) + im[m]! * Math.cos(phase)) / Math.sqrt(32);
      }
      expect(samples.re[n]).toBeCloseTo(x, 12);
      expect(samples.im[n]).toBeCloseTo(y, 12);
    }
  });

  it('refuses slots without room, and says what there must be room for', () => {
    expect(() => new Waveform({ sampleRateHz: 1e6, slotDurationS: 125e-6, numPilots: 64 })).toThrow(
      'A slot has 125 samples; the waveform of 64 pilots needs 464',
    );
    expect(() => new Waveform({ sampleRateHz: 1e6, slotDurationS: 1, numPilots: 48 })).toThrow('48 pilots');
  });
});
