import { describe, expect, it } from 'vitest';
import { Timekeeper } from '../../../drivers/boards/timekeeper.js';
import { ManualClock } from '../../fixtures/manual-clock.js';

const RATE_HZ = 1e6;

/** A board whose clock is the host's; every answer takes `roundTripS`, and every `loss`-th one never comes. */
function timekeeping(roundTripS: number, firstToken = 0, loss = Number.POSITIVE_INFINITY) {
  const clock = new ManualClock();
  const time = new Timekeeper(RATE_HZ, clock);
  let asked = 0;
  const ask = async () => {
    const token = (firstToken + asked++) >>> 0;
    const sentS = clock.nowS();
    if (asked % loss === 0) return token;
    clock.timers.after(roundTripS, () => {
      const ticks = BigInt(Math.floor((sentS + roundTripS / 2) * RATE_HZ));
      const receivedS = clock.nowS();
      time.add({ sentS, receivedS, boardReceivedTicks: ticks, boardSentTicks: ticks }, token);
    });
    return token;
  };
  return { clock, read: () => clock.during(time.read(ask)), asked: () => asked };
}

describe('reading the board’s time', () => {
  it.each([
    ['soon', 0.004, 0],
    ['later than the question is asked again', 0.35, 0],
    ['late, while tokens begin again', 0.35, 0xffff_ffff],
  ])('takes an answer that comes %s', async (_name, roundTripS, firstToken) => {
    const { clock, read, asked } = timekeeping(roundTripS, firstToken);
    const { loS, hiS } = await read();
    expect(clock.nowS()).toBeLessThan(roundTripS + 0.01);
    expect(asked()).toBe(Math.ceil(roundTripS / 0.1));
    expect(loS).toBeLessThanOrEqual(clock.nowS());
    expect(hiS).toBeGreaterThanOrEqual(clock.nowS());
  });

  it('asks again when an answer is lost', async () => {
    const { clock, read, asked } = timekeeping(0.01, 0, 2);
    await read();
    await read();
    expect(asked()).toBe(3);
    expect(clock.nowS()).toBeLessThan(0.2);
  });
});
