import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random, RandomKeys } from '../../../src/core/random.js';

/** xoshiro128++ written from its definition with BigInt words: slow and obvious. */
function* reference(state: bigint[]): Generator<number> {
  const mask = 0xffffffffn;
  const rotl = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & mask;
  for (;;) {
    const [a, b, c, d] = state as [bigint, bigint, bigint, bigint];
    yield Number((rotl((a + d) & mask, 7n) + a) & mask);
    const t = (b << 9n) & mask;
    let [s0, s1, s2, s3] = [a, b, c ^ a, d ^ b];
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = rotl(s3, 11n);
    state = [s0, s1, s2, s3];
  }
}

describe('Random', () => {
  test('the first outputs follow xoshiro128++ from its state', () => {
    const random = Random.fromState(1, 2, 3, 4);
    const slow = reference([1n, 2n, 3n, 4n]);
    for (let k = 0; k < 1000; k++) expect(random.uint32()).toBe(slow.next().value);
  });

  test('keys that are hashed once give the streams that hashing all of them gives', () => {
    fc.assert(
      fc.property(fc.integer(), fc.string(), fc.string(), fc.nat(), (seed, one, other, place) => {
        const keys = new RandomKeys(seed, one);
        for (const more of [[], [other], [place, other]]) {
          const stream = keys.stream(...more);
          const whole = new Random(seed, one, ...more);
          for (let k = 0; k < 4; k++) expect(stream.uint32()).toBe(whole.uint32());
        }
      }),
    );
    expect(() => new RandomKeys(1).stream(Number.NaN)).toThrow(/key/);
  });

  test.each([0, 1, 2, 31])('passes over %i pairs of normals as if they were drawn', (numPairs) => {
    const passed = new Random(1, 'pass');
    const drawn = new Random(1, 'pass');
    passed.skipNormalPairs(numPairs);
    for (let k = 0; k < 2 * numPairs; k++) drawn.normal();
    for (let k = 0; k < 5; k++) expect(passed.normal()).toBe(drawn.normal());
  });

  test('the same keys give the same stream, different keys give unrelated ones', () => {
    fc.assert(
      fc.property(fc.integer(), fc.string(), fc.string(), (seed, one, other) => {
        const first = new Random(seed, one);
        const again = new Random(seed, one);
        const different = new Random(seed, one, other);
        const draws = Array.from({ length: 8 }, () => first.uint32());
        expect(Array.from({ length: 8 }, () => again.uint32())).toEqual(draws);
        expect(Array.from({ length: 8 }, () => different.uint32())).not.toEqual(draws);
      }),
    );
  });

  test('uniform and normal draws have the moments that they should', () => {
    const random = new Random('moments', 7);
    const count = 200_000;
    let uniformSum = 0;
    let lowest = 1;
    let highest = 0;
    let sum = 0;
    let squares = 0;
    let fourth = 0;
    for (let k = 0; k < count; k++) {
      const u = random.uniform();
      lowest = Math.min(lowest, u);
      highest = Math.max(highest, u);
      uniformSum += u;
      const z = random.normal();
      sum += z;
      squares += z * z;
      fourth += z ** 4;
    }
    expect(lowest).toBeGreaterThanOrEqual(0);
    expect(highest).toBeLessThan(1);
    // Five standard errors of each estimator.
    expect(Math.abs(uniformSum / count - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / count));
    expect(Math.abs(sum / count)).toBeLessThan(5 / Math.sqrt(count));
    expect(Math.abs(squares / count - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
    expect(Math.abs(fourth / count - 3)).toBeLessThan(5 * Math.sqrt(96 / count));
  });

  test('integer(bound) covers its range evenly', () => {
    const random = new Random('dice');
    const counts = new Array<number>(6).fill(0);
    for (let k = 0; k < 60_000; k++) counts[random.integer(6)]!++;
    for (const count of counts)
      expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(60_000 * (5 / 36)));
  });
});
