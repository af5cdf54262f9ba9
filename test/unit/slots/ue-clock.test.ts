import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/core/random.js';
import { UeClock } from '../../../src/slots/ue-clock.js';

describe("a UE's clock", () => {
  it('is not known before a slot was measured', () => {
    expect(new UeClock().boardTimeOf(1)).toBeNull();
  });

  it('is the board clock itself where the two are one', () => {
    const clock = new UeClock();
    for (let k = 0; k < 100; k++) {
      clock.add({ boardTimeS: k * 0.02, ueTimeS: k * 0.02, uncertaintyS: 0 });
      expect(clock.boardTimeOf(k * 0.02)).toEqual({ timeS: k * 0.02, uncertaintyS: 0 });
    }
  });

  it('is told within the uncertainty that it states, whatever it drifts', () => {
    const random = new Random('ue-clock');
    for (const drift of [-90e-6, 0, 90e-6]) {
      const ueTimeOf = (boardTimeS: number) => 5000 + boardTimeS * (1 + drift);
      const clock = new UeClock();
      for (let k = 0; k < 500; k++) {
        const boardTimeS = 100 + k * 0.02;
        const jitterS = 125e-6 * (2 * random.uniform() - 1);
        clock.add({ boardTimeS, ueTimeS: ueTimeOf(boardTimeS) + jitterS, uncertaintyS: 126e-6 });
        for (const laterS of [-1, 0, 0.01, 3]) {
          const { timeS, uncertaintyS } = clock.boardTimeOf(ueTimeOf(boardTimeS + laterS))!;
          expect(Math.abs(timeS - boardTimeS - laterS)).toBeLessThanOrEqual(uncertaintyS + 1e-9);
          expect(uncertaintyS).toBeLessThan(126e-6 + 1.1e-4 * Math.abs(laterS) + 2e-8);
        }
      }
    }
  });

  it('is known better the more slots were measured', () => {
    const clock = new UeClock();
    clock.add({ boardTimeS: 10, ueTimeS: 0, uncertaintyS: 1e-3 });
    expect(clock.boardTimeOf(0)!.uncertaintyS).toBeCloseTo(1e-3, 12);
    clock.add({ boardTimeS: 10.01, ueTimeS: 0.0118, uncertaintyS: 1e-3 });
    const { timeS, uncertaintyS } = clock.boardTimeOf(0.0118)!;
    expect(uncertaintyS).toBeLessThan(2e-4);
    expect(timeS).toBeCloseTo(10.0109, 3);
  });

  it('is learned anew when it was set', () => {
    const clock = new UeClock();
    clock.add({ boardTimeS: 10, ueTimeS: 0, uncertaintyS: 1e-4 });
    clock.add({ boardTimeS: 11, ueTimeS: 500, uncertaintyS: 1e-4 });
    const { timeS, uncertaintyS } = clock.boardTimeOf(500.5)!;
    expect(timeS).toBeCloseTo(11.5, 9);
    expect(uncertaintyS).toBeCloseTo(1e-4 + 0.5e-4, 9);
  });
});
