/**
 * Seeded random numbers. Same seed and same keys, same numbers, on every machine: only 32-bit integer
 * arithmetic and IEEE double operations are used.
 *
 * A stream is derived from a seed and any number of keys (`new Random(seed, 'noise', slot)`), so a draw never
 * depends on how many draws something else made before it.
 */

/** One round of the MurmurHash3 32-bit mix over `word`. */
function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  let h = hash ^ Math.imul(k, 0x1b873593);
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}

function finalise(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function hashKeys(lane: number, keys: readonly (number | string)[]): number {
  let h = lane;
  for (const key of keys) {
    if (typeof key === 'number') {
      h = mix(h, key | 0);
      h = mix(h, Math.floor(key / 4294967296) | 0);
    } else {
      for (let k = 0; k < key.length; k++) h = mix(h, key.charCodeAt(k));
      h = mix(h, ~key.length);
    }
  }
  return finalise(h);
}

/** xoshiro128++ (Blackman and Vigna, 2019) with keyed streams. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;
  #spareNormal: number | undefined;

  constructor(...keys: readonly (number | string)[]) {
    this.#a = hashKeys(0x9e3779b9, keys);
    this.#b = hashKeys(0x243f6a88, keys);
    this.#c = hashKeys(0xb7e15162, keys);
    this.#d = hashKeys(0x71374491, keys) | 1;
  }

  /** A generator in a given state of four 32-bit words, not all zero. */
  static fromState(a: number, b: number, c: number, d: number): Random {
    const random = new Random();
    random.#a = a;
    random.#b = b;
    random.#c = c;
    random.#d = d;
    return random;
  }

  /** Uniform integer in [0, 2^32). */
  uint32(): number {
    const sum = (this.#a + this.#d) | 0;
    const result = (((sum << 7) | (sum >>> 25)) + this.#a) >>> 0;
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** Uniform in [0, 1) with 53 random bits. */
  uniform(): number {
    return ((this.uint32() >>> 5) * 67108864 + (this.uint32() >>> 6)) / 9007199254740992;
  }

  /** Uniform integer in [0, bound). */
  integer(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }

  /** Standard normal (Box and Muller, 1958). */
  normal(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}
