import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClockSync } from '../../../drivers/link/clock-sync.js';

const RATE_HZ = 10_000_000;
const MAX_DRIFT = 100e-6;
/** Half a tick of slack for the rounding of seconds as doubles. */
const ROUNDING_S = 1e-9;

interface World {
  readonly offsetS: number;
  readonly drift: number;
  readonly exchanges: readonly { gapS: number; outS: number; holdS: number; backS: number }[];
}

const delayS = fc.double({ min: 0, max: 0.05, noNaN: true });
const world: fc.Arbitrary<World> = fc.record({
  offsetS: fc.double({ min: 0, max: 1e5, noNaN: true }),
  drift: fc.double({ min: -MAX_DRIFT, max: MAX_DRIFT, noNaN: true }),
  exchanges: fc.array(
    fc.record({
      gapS: fc.double({ min: 0, max: 30, noNaN: true }),
      outS: delayS,
      holdS: fc.double({ min: 0, max: 0.01, noNaN: true }),
      backS: delayS,
    }),
    { minLength: 1, maxLength: 40 },
  ),
});

const boardS = (w: World, hostS: number) => w.offsetS + hostS * (1 + w.drift);
const ticks = (w: World, hostS: number) => BigInt(Math.floor(boardS(w, hostS) * RATE_HZ));

describe('clock sync', () => {
  it('always holds the true board time, for any delays, asymmetry and drift within the bound', () => {
    fc.assert(
      fc.property(world, fc.double({ min: 0, max: 100, noNaN: true }), (w, laterS) => {
        const sync = new ClockSync(RATE_HZ, MAX_DRIFT);
        let nowS = 0;
        for (const { gapS, outS, holdS, backS } of w.exchanges) {
          const sentS = nowS + gapS;
          const receivedS = sentS + outS + holdS + backS;
          sync.add({
            sentS,
            receivedS,
            boardReceivedTicks: ticks(w, sentS + outS),
            boardSentTicks: ticks(w, sentS + outS + holdS),
          });
          nowS = receivedS;
          for (const atS of [nowS, nowS + laterS]) {
            const interval = sync.at(atS)!;
            expect(interval.loS).toBeLessThanOrEqual(boardS(w, atS) + ROUNDING_S);
            expect(interval.hiS).toBeGreaterThanOrEqual(boardS(w, atS) - ROUNDING_S);
          }
        }
        expect(sync.inconsistencies).toBe(0);
      }),
    );
  });

  it('takes bounds that touch, for a clock at the drift bound, for consistent', () => {
    // Found by the property above: the upper line follows the truth, and rounding put the next lower one across it.
    const w: World = { offsetS: 32870.7578125, drift: 0.00009999999995569109, exchanges: [] };
    const sync = new ClockSync(RATE_HZ, MAX_DRIFT);
    let nowS = 0;
    for (const { gapS, outS, holdS } of [
      { gapS: 29.999999999999947, outS: 0, holdS: 0 },
      { gapS: 0, outS: 0.049999999999998934, holdS: 0.009999999999999789 },
      { gapS: 0, outS: 0, holdS: 0 },
      { gapS: 29.999999999999993, outS: 0, holdS: 0 },
      { gapS: 0, outS: 0, holdS: 0 },
    ]) {
      const sentS = nowS + gapS;
      nowS = sentS + outS + holdS;
      const boardReceivedTicks = ticks(w, sentS + outS);
      sync.add({ sentS, receivedS: nowS, boardReceivedTicks, boardSentTicks: ticks(w, nowS) });
      const { loS, hiS } = sync.at(nowS)!;
      expect(loS).toBeLessThanOrEqual(hiS);
    }
    expect(sync.inconsistencies).toBe(0);
  });

  it('shrinks to about the best round trip, and to less when the best ways out and back were in different exchanges', () => {
    const w: World = { offsetS: 7, drift: 40e-6, exchanges: [] };
    const sync = new ClockSync(RATE_HZ, MAX_DRIFT);
    const exchange = (sentS: number, outS: number, backS: number) =>
      sync.add({
        sentS,
        receivedS: sentS + outS + backS,
        boardReceivedTicks: ticks(w, sentS + outS),
        boardSentTicks: ticks(w, sentS + outS),
      });
    exchange(0, 0.02, 0.03);
    expect(sync.at(0.05)!.hiS - sync.at(0.05)!.loS).toBeCloseTo(0.05, 4);
    exchange(0.1, 0.0002, 0.0003);
    exchange(0.2, 0.04, 0.01);
    const width = sync.at(0.25)!.hiS - sync.at(0.25)!.loS;
    expect(width).toBeLessThan(0.0005 + 2 * MAX_DRIFT * 0.16);
    exchange(0.3, 0.0001, 0.02);
    exchange(0.4, 0.02, 0.0001);
    const narrower = sync.at(0.43)!.hiS - sync.at(0.43)!.loS;
    expect(narrower).toBeLessThan(0.0002 + 2 * MAX_DRIFT * 0.2);
  });

  it('widens with time since the last exchange by the drift bound', () => {
    const sync = new ClockSync(RATE_HZ, MAX_DRIFT);
    sync.add({ sentS: 0, receivedS: 0, boardReceivedTicks: 0n, boardSentTicks: 0n });
    const { loS, hiS } = sync.at(10)!;
    expect(hiS - loS).toBeCloseTo(2 * 10 * MAX_DRIFT, 6);
  });

  it('trusts the newest exchange, and counts, when the board clock was set', () => {
    const sync = new ClockSync(RATE_HZ, MAX_DRIFT);
    const second = BigInt(RATE_HZ);
    sync.add({ sentS: 0, receivedS: 0.001, boardReceivedTicks: 5n * second, boardSentTicks: 5n * second });
    sync.add({ sentS: 1, receivedS: 1.001, boardReceivedTicks: 0n, boardSentTicks: 0n });
    expect(sync.inconsistencies).toBe(1);
    expect(sync.at(1.001)!.loS).toBeCloseTo(0, 6);
    expect(sync.at(1.001)!.hiS).toBeCloseTo(0.001, 4);
  });

  it('knows nothing before the first exchange', () => {
    expect(new ClockSync(RATE_HZ, MAX_DRIFT).at(0)).toBeNull();
  });
});
