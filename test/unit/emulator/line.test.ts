import { describe, expect, it } from 'vitest';
import { byteNoise, fragmenter } from '../../../drivers/emulator/faults/byte-noise.js';
import { Line } from '../../../drivers/emulator/line.js';
import { ManualTimers, type Timers } from '../../../drivers/emulator/timers.js';
import { Random } from '../../../src/core/random.js';

/** Timers as late as those of a busy machine: up to `worstS` after they are due. */
function lateTimers(manual: ManualTimers, worstS: number): Timers {
  const random = new Random('late timers');
  return {
    nowS: () => manual.nowS(),
    after: (delayS, callback) => manual.after(delayS + worstS * random.uniform(), callback),
  };
}

function counted(bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, k) => (k * 7 + (k >> 8)) & 0xff);
}

describe('line of the emulated board', () => {
  it.each([115_200, 3_000_000])('carries %d baud within 2 % and never more, with late timers', (baud) => {
    const timers = new ManualTimers();
    let delivered = 0;
    let full = false;
    const line = new Line({
      timers: lateTimers(timers, 8e-3),
      baud,
      deliver: (chunk) => {
        delivered += chunk.length;
        expect(delivered).toBeLessThanOrEqual((timers.nowS() * baud) / 10 + 1e-6);
      },
      onBacklog: (now) => {
        full = now;
      },
    });
    // A sender that writes whenever the line lets it.
    const chunk = counted(500);
    for (let k = 0; k < 1000; k++) {
      while (!full) line.push(chunk);
      timers.advance(1e-3);
    }
    expect(delivered / (baud / 10)).toBeGreaterThan(0.98);
    expect(delivered / (baud / 10)).toBeLessThanOrEqual(1);
  });

  it('delivers every byte in order, whatever the pieces', () => {
    const timers = new ManualTimers();
    const out: number[] = [];
    const line = new Line({
      timers: lateTimers(timers, 5e-3),
      baud: 1_000_000,
      deliver: (chunk) => out.push(...chunk),
      fragment: fragmenter(5, new Random('pieces')),
    });
    const bytes = counted(20_000);
    const random = new Random('chunks');
    for (let at = 0; at < bytes.length; ) {
      const end = at + 1 + random.integer(700);
      line.push(bytes.subarray(at, end));
      if (random.uniform() < 0.3) timers.advance(2e-3);
      at = end;
    }
    timers.advance(1);
    expect(Buffer.compare(Uint8Array.from(out), bytes)).toBe(0);
  });

  it('delivers a single byte after its ten bit times', () => {
    const timers = new ManualTimers();
    let at: number | null = null;
    const line = new Line({
      timers,
      baud: 9600,
      deliver: () => {
        at = timers.nowS();
      },
    });
    timers.advance(1);
    line.push(new Uint8Array([1]));
    timers.advance(1);
    expect(at).toBeCloseTo(1 + 10 / 9600, 9);
  });

  it('lets an urgent chunk overtake all but the chunk that is being sent, and knows when it leaves', () => {
    const timers = new ManualTimers();
    const out: number[] = [];
    const line = new Line({ timers, baud: 10_000, deliver: (chunk) => out.push(...chunk) });
    line.push(new Uint8Array([1, 1, 1, 1]));
    line.push(new Uint8Array([2, 2]));
    timers.advance(1.0005e-3);
    expect(line.urgentAtS()).toBeCloseTo(4e-3, 9);
    expect(line.drainedAtS()).toBeCloseTo(6e-3, 9);
    line.push(new Uint8Array([9]), true);
    expect(line.drainedAtS()).toBeCloseTo(7e-3, 9);
    timers.advance(1);
    expect(out).toEqual([1, 1, 1, 1, 9, 2, 2]);
    expect(line.drainedAtS()).toBe(timers.nowS());
  });

  it.each([null, 1_000_000])('holds everything back during a stall, at %s baud', (baud) => {
    const timers = new ManualTimers();
    let delivered = 0;
    const line = new Line({
      timers,
      baud,
      deliver: (chunk) => {
        delivered += chunk.length;
      },
    });
    line.stall(0.3);
    line.push(counted(1000));
    timers.advance(0.29);
    expect(delivered).toBe(0);
    timers.advance(0.1);
    expect(delivered).toBe(1000);
  });

  it('loses what is on the way when it is cleared, and carries what comes after', () => {
    const timers = new ManualTimers();
    const out: number[] = [];
    const line = new Line({ timers, baud: 10_000, deliver: (chunk) => out.push(...chunk) });
    line.push(new Uint8Array([1, 1, 1, 1]));
    timers.advance(2.0005e-3);
    line.clear();
    timers.advance(1);
    line.push(new Uint8Array([2]));
    timers.advance(1);
    expect(out).toEqual([1, 1, 2]);
  });
});

describe('noise on the line', () => {
  const bytes = counted(200_000);

  it.each([
    ['drop', { drop: 0.01, flip: 0, duplicate: 0 }, -1],
    ['duplicate', { drop: 0, flip: 0, duplicate: 0.01 }, 1],
  ] as const)('%ss bytes at the given rate', (_, noise, sign) => {
    const out = byteNoise(noise, new Random(5))!(bytes);
    const change = sign * (out.length - bytes.length);
    // Five standard deviations of a binomial count.
    expect(Math.abs(change - 2000)).toBeLessThan(5 * Math.sqrt(2000));
  });

  it('flips one bit of a byte at the given rate', () => {
    const out = byteNoise({ drop: 0, flip: 0.01, duplicate: 0 }, new Random(5))!(bytes);
    expect(out).toHaveLength(bytes.length);
    const differences = Array.from(out, (byte, k) => byte ^ bytes[k]!);
    const flipped = differences.filter((difference) => difference !== 0).length;
    expect(differences.every((difference) => (difference & (difference - 1)) === 0)).toBe(true);
    expect(Math.abs(flipped - 2000)).toBeLessThan(5 * Math.sqrt(2000));
  });

  it('is the same for the same seed, another for another, and absent without rates', () => {
    const noise = { drop: 0.01, flip: 0.01, duplicate: 0.01 };
    const run = (seed: number) => byteNoise(noise, new Random(seed))!(bytes);
    expect(Buffer.compare(run(1), run(1))).toBe(0);
    expect(Buffer.compare(run(1), run(2))).not.toBe(0);
    expect(byteNoise({ drop: 0, flip: 0, duplicate: 0 }, new Random(1))).toBeNull();
  });
});
