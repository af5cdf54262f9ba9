/** A UE that knows nothing but what is said on the wire tells which slot a moment belongs to, or that it cannot. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/core/random.js';
import { HostClock, slotEndingAt } from '../../../src/ue/host-clock.js';

/** The bridge's clock when the UE's is 0, and how much faster it runs. */
const LEAD_S = -92.6;
const DRIFT = 80e-6;
const bridgeTimeS = (ueS: number) => LEAD_S + ueS * (1 + DRIFT);
const ueTimeOf = (bridgeS: number) => (bridgeS - LEAD_S) / (1 + DRIFT);

/** Exchanges with random delays either way, a second apart. */
function synchronised(
  numExchanges: number,
  seed: number,
  worstDelayS: number,
): { clock: HostClock; nowS: number } {
  const random = new Random(seed, 'exchange');
  const clock = new HostClock();
  let nowS = 50;
  for (let k = 0; k < numExchanges; k++) {
    const ueTimeS = nowS;
    const receivedAtS = ueTimeS + worstDelayS * random.uniform();
    const sentAtS = receivedAtS + 1e-5;
    const arrivedS = sentAtS + worstDelayS * random.uniform();
    clock.add(
      { type: 'time', ueTimeS, receivedS: bridgeTimeS(receivedAtS), sentS: bridgeTimeS(sentAtS) },
      arrivedS,
    );
    nowS = arrivedS + 1;
  }
  return { clock, nowS };
}

describe('the clock of the bridge', () => {
  it('is known within what it says, however odd the delays', () => {
    for (let seed = 0; seed < 200; seed++) {
      const { clock, nowS } = synchronised(1 + (seed % 7), seed, 0.02);
      const startS = bridgeTimeS(nowS + 0.3);
      const timing = clock.timing({ slot: 640, startS, slotDurationS: 2e-3, uncertaintyS: 1e-5 }, nowS)!;
      expect(Math.abs(timing.startS - ueTimeOf(startS))).toBeLessThanOrEqual(
        timing.uncertaintyS + 1e-4 * 0.3,
      );
    }
  });

  it('is known better after more exchanges', () => {
    const doubtS = (numExchanges: number) => {
      const { clock, nowS } = synchronised(numExchanges, 3, 0.02);
      return clock.timing({ slot: 0, startS: 0, slotDurationS: 1, uncertaintyS: 0 }, nowS)!.uncertaintyS;
    };
    expect(doubtS(8)).toBeLessThan(doubtS(1) / 2);
  });

  it('is not known before an exchange, nor what another bridge had', () => {
    const { clock } = synchronised(2, 1, 0.01);
    const asked = { slot: 0, startS: 0, slotDurationS: 1, uncertaintyS: 0 };
    expect(clock.timing(asked, 60)).not.toBeNull();
    clock.forget();
    expect(clock.timing(asked, 60)).toBeNull();
    expect(new HostClock().timing(asked, 0)).toBeNull();
  });

  it('of the example in the protocol is where it says', () => {
    const clock = new HostClock();
    clock.add({ type: 'time', ueTimeS: 100, receivedS: 7.4, sentS: 7.4001 }, 100.002);
    const timing = clock.timing(
      { slot: 640, startS: 7.5, slotDurationS: 2e-3, uncertaintyS: 2e-5 },
      100.002,
    )!;
    expect(timing.startS).toBeCloseTo(100.10095, 9);
    expect(timing.uncertaintyS).toBeCloseTo(0.00097, 9);
  });
});

describe('the slot that something ended with', () => {
  const timing = { slot: 640, startS: 10, slotDurationS: 2e-3, uncertaintyS: 9e-4, maxDrift: 1e-4 };

  it('is told where the uncertainty leaves no choice', () => {
    for (const offS of [-9e-4, 0, 9e-4]) {
      expect(slotEndingAt(timing, 10.002 + offS)).toBe(640);
      expect(slotEndingAt(timing, 10.002 + 17 * 2e-3 + offS)).toBe(657);
      expect(slotEndingAt(timing, 10 + offS)).toBe(639);
    }
  });

  it('is not guessed where slots are short, or long after', () => {
    expect(slotEndingAt({ ...timing, slotDurationS: 125e-6 }, 10.000125)).toBeNull();
    expect(slotEndingAt(timing, 10 + 501 * 2e-3)).toBeNull();
  });
});
