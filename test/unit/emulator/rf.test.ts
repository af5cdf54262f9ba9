import { describe, expect, it } from 'vitest';
import { IDEAL_RF, RfFrontEnd } from '../../../drivers/emulator/rf.js';

const N = 2048;
const format = { numElements: N, phaseBits: 6, delayLsbS: 2e-12, delayLinesS: null, amplitudeBits: 1 };
const codes = {
  phaseCode: Uint16Array.from({ length: N }, (_, n) => (5 * n) % 64),
  delayCode: null,
  amplitudeCode: new Uint16Array(N).fill(1),
  lineCode: null,
};

function rms(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

describe('RF front end', () => {
  it('radiates exactly the codes when it is ideal', () => {
    const { re, im, delayS } = new RfFrontEnd(format, IDEAL_RF).weights(codes);
    for (let n = 0; n < N; n += 97) {
      const phaseRad = (2 * Math.PI * ((5 * n) % 64)) / 64;
      expect(re[n]).toBeCloseTo(Math.cos(phaseRad) / Math.sqrt(N), 14);
      expect(im[n]).toBeCloseTo(Math.sin(phaseRad) / Math.sqrt(N), 14);
    }
    expect(delayS).toBeNull();
  });

  it('keeps delays apart from the weights', () => {
    const delayCode = Uint16Array.from({ length: N }, (_, n) => n % 100);
    const ideal = new RfFrontEnd(format, IDEAL_RF);
    const { re, delayS } = ideal.weights({ ...codes, delayCode });
    expect(re).toEqual(ideal.weights(codes).re);
    expect(delayS![199]).toBe(99 * 2e-12);
  });

  it('lets no element radiate more than its share, in steps of the amplitude code', () => {
    const amplitudeCode = Uint16Array.from({ length: N }, (_, n) => (n < N / 4 ? 3 : 0));
    const { re, im } = new RfFrontEnd({ ...format, amplitudeBits: 2 }, IDEAL_RF).weights({
      ...codes,
      amplitudeCode,
    });
    expect(Math.hypot(re[0]!, im[0]!)).toBeCloseTo(1 / Math.sqrt(N), 14);
    expect(Math.hypot(re[N - 1]!, im[N - 1]!)).toBe(0);
    amplitudeCode[1] = 1;
    const stepped = new RfFrontEnd({ ...format, amplitudeBits: 2 }, IDEAL_RF).weights({
      ...codes,
      amplitudeCode,
    });
    const ratio = Math.hypot(stepped.re[1]!, stepped.im[1]!) / Math.hypot(stepped.re[0]!, stepped.im[0]!);
    expect(ratio).toBeCloseTo(1 / 3, 12);
    amplitudeCode.fill(0);
    const off = new RfFrontEnd({ ...format, amplitudeBits: 2 }, IDEAL_RF).weights({
      ...codes,
      amplitudeCode,
    });
    expect(off.re.every((value) => value === 0)).toBe(true);
  });

  it('has errors of the given spread', () => {
    const front = new RfFrontEnd(format, {
      ...IDEAL_RF,
      phaseErrorRmsRad: 0.05,
      amplitudeErrorRmsDb: 0.5,
      delayErrorRmsS: 1e-12,
    });
    const delayCode = new Uint16Array(N);
    const { re, im, delayS } = front.weights({ ...codes, delayCode });
    const elements = Array.from({ length: N }, (_, n) => n);
    const phases = elements.map((n) => {
      const error = Math.atan2(im[n]!, re[n]!) - (2 * Math.PI * codes.phaseCode[n]!) / 64;
      return error - 2 * Math.PI * Math.round(error / (2 * Math.PI));
    });
    const amplitudesDb = elements.map((n) => 20 * Math.log10(Math.hypot(re[n]!, im[n]!) * Math.sqrt(N)));
    // The spread of N samples is good to 1/sqrt(2N) = 1.6 %; five of those.
    expect(Math.abs(rms(phases) / 0.05 - 1)).toBeLessThan(0.08);
    expect(Math.abs(rms(amplitudesDb) / 0.5 - 1)).toBeLessThan(0.08);
    expect(Math.abs(rms([...delayS!]) / 1e-12 - 1)).toBeLessThan(0.08);
  });

  describe('with fixed lines', () => {
    const lines = [0, 1, 2].map((step) => Float64Array.from({ length: N }, (_, n) => n * step * 1e-11));
    const lined = { ...format, delayLinesS: lines };
    const onLine = (line: number, more: Partial<typeof codes> = {}) => ({
      ...codes,
      ...more,
      lineCode: new Uint16Array(N).fill(line),
    });

    it('adds line and adjustable delay', () => {
      const front = new RfFrontEnd(lined, IDEAL_RF);
      expect(front.weights(onLine(2)).delayS).toEqual(lines[2]);
      const delayCode = Uint16Array.from({ length: N }, (_, n) => n % 7);
      const { delayS } = front.weights({ ...onLine(1), delayCode });
      for (const n of [0, 6, 7, 1000]) expect(delayS![n]).toBeCloseTo(n * 1e-11 + (n % 7) * 2e-12, 24);
    });

    it('has errors per line and element, drawn once, besides those of the element', () => {
      const front = new RfFrontEnd(lined, { ...IDEAL_RF, lineErrorRmsS: 2e-12, delayErrorRmsS: 1e-12 });
      const errors = [0, 1, 2].map((line) =>
        Array.from(front.weights(onLine(line)).delayS!, (delay, n) => delay - lines[line]![n]!),
      );
      expect(front.weights(onLine(1)).delayS).toEqual(front.weights(onLine(1)).delayS);
      for (const each of errors)
        expect(Math.abs(rms(each) / Math.hypot(2e-12, 1e-12) - 1)).toBeLessThan(0.08);
      // What two lines share is the error of the element.
      const shared = rms(errors[0]!.map((error, n) => error - errors[1]![n]!));
      expect(Math.abs(shared / (Math.SQRT2 * 2e-12) - 1)).toBeLessThan(0.08);
      const others = new RfFrontEnd(lined, { ...IDEAL_RF, delayErrorRmsS: 1e-12 }).weights(onLine(1));
      const ofElement = Array.from(others.delayS!, (delay, n) => delay - lines[1]![n]!);
      expect(Math.abs(rms(ofElement) / 1e-12 - 1)).toBeLessThan(0.08);
    });

    it('loses power over the delay and in the switches', () => {
      const front = new RfFrontEnd(lined, { ...IDEAL_RF, delayLossDbPerS: 0.1e9, switchLossDb: 0.5 });
      const delayCode = new Uint16Array(N).fill(100);
      const { re, im } = front.weights({ ...onLine(2), delayCode });
      for (const n of [0, 50, 2047]) {
        const lossDb = -20 * Math.log10(Math.hypot(re[n]!, im[n]!) * Math.sqrt(N));
        expect(lossDb).toBeCloseTo(0.5 + 0.1 * (n * 0.02 + 0.2), 10);
      }
      // Without lines there are no switches.
      const plain = new RfFrontEnd(format, { ...IDEAL_RF, switchLossDb: 0.5 }).weights(codes);
      expect(Math.hypot(plain.re[0]!, plain.im[0]!) * Math.sqrt(N)).toBeCloseTo(1, 12);
    });
  });

  it('has the same errors for the same seed, element by element, and others for another', () => {
    const impairments = { ...IDEAL_RF, phaseErrorRmsRad: 0.1, deadRate: 0.2 };
    const small = {
      ...codes,
      phaseCode: codes.phaseCode.slice(0, 8),
      amplitudeCode: new Uint16Array(8).fill(1),
    };
    const phases = (numElements: number, seed: number, given: typeof codes) => {
      const { re, im } = new RfFrontEnd({ ...format, numElements }, { ...impairments, seed }).weights(given);
      return Array.from(re.subarray(0, 8), (value, n) => Math.atan2(im[n]!, value).toFixed(9));
    };
    expect(phases(8, 3, small)).toEqual(phases(N, 3, codes));
    expect(phases(N, 4, codes)).not.toEqual(phases(N, 3, codes));
  });

  it('loses the power of dead elements', () => {
    const power = (deadElements: readonly number[], deadRate = 0) => {
      const { re, im } = new RfFrontEnd(format, { ...IDEAL_RF, deadElements, deadRate }).weights(codes);
      return re.reduce((sum, value, n) => sum + value ** 2 + im[n]! ** 2, 0);
    };
    expect(power([])).toBeCloseTo(1, 12);
    expect(power([0, 5, 2047])).toBeCloseTo(1 - 3 / N, 12);
    expect(Math.abs(power([], 0.1) - 0.9)).toBeLessThan(5 * Math.sqrt(0.09 / N));
  });
});
