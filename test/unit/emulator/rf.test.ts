import { describe, expect, it } from 'vitest';
import { IDEAL_RF, RfFrontEnd } from '../../../drivers/emulator/rf.js';
import { Random } from '../../../src/core/random.js';

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

  it('radiates the same of a codeword whatever it was told before', () => {
    const few = { ...format, numElements: 64 };
    const impairments = {
      ...{ ...IDEAL_RF, seed: 4, phaseErrorRmsRad: 0.3, amplitudeErrorRmsDb: 1, codePhaseErrorRmsRad: 0.1 },
      ...{ deadElements: [5], stuckElements: [7], coupling: { amplitude: 0.1, phaseRad: 1, columns: null } },
    };
    const front = new RfFrontEnd(few, impairments);
    const random = new Random(1, 'codes');
    for (let k = 0; k < 300; k++) {
      const settings = {
        ...{
          phaseCode: Uint16Array.from({ length: 64 }, () => random.integer(64)),
          delayCode: null,
          lineCode: null,
        },
        amplitudeCode: Uint16Array.from({ length: 64 }, (_, n) => (k % 3 === 0 && n % 2 === 0 ? 0 : 1)),
      };
      expect(front.weights(settings)).toEqual(new RfFrontEnd(few, impairments).weights(settings));
    }
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

  it('draws errors of phase codes, drift and delay gain per element, and leaves the others as they were', () => {
    const delayCode = new Uint16Array(N).fill(100);
    const plain = { ...IDEAL_RF, phaseErrorRmsRad: 0.3, amplitudeErrorRmsDb: 0.5, delayErrorRmsS: 1e-12 };
    const before = new RfFrontEnd(format, plain).weights({ ...codes, delayCode });
    const turnsRad = (front: RfFrontEnd, phaseCode = codes.phaseCode) => {
      const base = new RfFrontEnd(format, plain).weights({ ...codes, phaseCode, delayCode });
      const { re, im } = front.weights({ ...codes, phaseCode, delayCode });
      return Array.from({ length: N }, (_, n) =>
        Math.atan2(im[n]! * base.re[n]! - re[n]! * base.im[n]!, re[n]! * base.re[n]! + im[n]! * base.im[n]!),
      );
    };
    const byCode = new RfFrontEnd(format, { ...plain, codePhaseErrorRmsRad: 0.05 });
    const others = codes.phaseCode.map((code) => (code + 1) % 64);
    expect(Math.abs(rms(turnsRad(byCode)) / 0.05 - 1)).toBeLessThan(0.08);
    expect(turnsRad(byCode)).toEqual(turnsRad(byCode));
    // Another code has another error.
    const ofOthers = turnsRad(byCode, others);
    const difference = turnsRad(byCode).map((turn, n) => turn - ofOthers[n]!);
    expect(Math.abs(rms(difference) / (0.05 * Math.SQRT2) - 1)).toBeLessThan(0.08);
    const drifting = { ...plain, phaseDriftRmsRadPerK: 0.01 };
    expect(rms(turnsRad(new RfFrontEnd(format, drifting)))).toBe(0);
    const warm = turnsRad(new RfFrontEnd(format, { ...drifting, warmerK: 5 }));
    expect(Math.abs(rms(warm) / 0.05 - 1)).toBeLessThan(0.08);
    const gained = new RfFrontEnd(format, { ...plain, delayGainErrorRms: 0.01 });
    const late = gained
      .weights({ ...codes, delayCode })
      .delayS!.map((delayS, n) => delayS - before.delayS![n]!);
    expect(Math.abs(rms([...late]) / (0.01 * 100 * 2e-12) - 1)).toBeLessThan(0.08);
  });

  it('leaves stuck elements at one code, whatever they are told', () => {
    const front = new RfFrontEnd(format, { ...IDEAL_RF, stuckElements: [3, 700] });
    const first = front.weights(codes);
    const second = front.weights({ ...codes, phaseCode: codes.phaseCode.map((code) => (code + 16) % 64) });
    const turned = Array.from(
      { length: N },
      (_, n) => first.re[n]! * second.re[n]! + first.im[n]! * second.im[n]!,
    );
    const stuck = turned.flatMap((product, n) => (product > 0.5 / N ? [n] : []));
    expect(stuck).toEqual([3, 700]);
    expect(Math.hypot(first.re[3]!, first.im[3]!)).toBeCloseTo(1 / Math.sqrt(N), 14);
  });

  it.each([
    [null, [0, 2]],
    [2, [0, 3]],
  ])('couples neighbours (columns: %s)', (columns, neighbours) => {
    const six = { ...format, numElements: 6 };
    const coupling = { amplitude: 0.1, phaseRad: 0.7, columns };
    const only = { ...codes, phaseCode: new Uint16Array(6), amplitudeCode: Uint16Array.of(0, 1, 0, 0, 0, 0) };
    const { re, im } = new RfFrontEnd(six, { ...IDEAL_RF, coupling }).weights(only);
    for (let n = 0; n < 6; n++) {
      const size = n === 1 ? 1 : neighbours.includes(n) ? 0.1 : 0;
      const turnRad = n === 1 ? 0 : 0.7;
      expect(re[n]).toBeCloseTo((size * Math.cos(turnRad)) / Math.sqrt(6), 14);
      expect(im[n]).toBeCloseTo((size * Math.sin(turnRad)) / Math.sqrt(6), 14);
    }
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
