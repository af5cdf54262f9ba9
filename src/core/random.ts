/**
 * Seeded random numbers. Same seed and same keys, same numbers, on every machine: only 32-bit integer
 * arithmetic and IEEE double operations are used.
 *
 * A stream is derived from a seed and any number of keys (`new Random(seed, 'noise', slot)`), so a draw never
 * depends on how many draws something else made before it.
 */

import { requireFinite, requireWhole } from './arguments.js';

/** First half of one round of the MurmurHash3 32-bit mix: the word, whatever it is mixed into. */
function scramble(word: number): number {
  const k = Math.imul(word, 0xcc9e2d51);
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593);
}

/** Second half: a scrambled word into a hash. */
function mix(hash: number, scrambled: number): number {
  let h = hash ^ scrambled;
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}

function finalise(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Word `k` of a number: its low and high 32 bits. */
function wordOfNumber(key: number, k: number): number {
  return k === 0 ? key | 0 : Math.floor(key / 4294967296) | 0;
}

/** Word `k` of a text: its characters, then a word of its length. */
function wordOfText(key: string, k: number): number {
  return k < key.length ? key.charCodeAt(k) : ~key.length;
}

/** Four hashes of the same words, from different starts. */
interface Hashes {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

const OF_NO_KEYS: Hashes = { a: 0x9e3779b9, b: 0x243f6a88, c: 0xb7e15162, d: 0x71374491 };

/** Hashes of more keys, after those of others. */
function hashesOf(keys: readonly (number | string)[], before: Hashes): Hashes {
  // Local variables: studies make a stream per pilot, and fields would be written to once per word.
  let { a, b, c, d } = before;
  for (const key of keys) {
    if (Number.isNaN(key)) requireFinite('key', Number.NaN);
    const numWords = typeof key === 'number' ? 2 : key.length + 1;
    for (let k = 0; k < numWords; k++) {
      const scrambled = scramble(typeof key === 'number' ? wordOfNumber(key, k) : wordOfText(key, k));
      a = mix(a, scrambled);
      b = mix(b, scrambled);
      c = mix(c, scrambled);
      d = mix(d, scrambled);
    }
  }
  return { a, b, c, d };
}

/** First keys of many streams, which are so hashed once: `new RandomKeys(7, 'noise').stream(slot)` is `new Random(7, 'noise', slot)`. */
export class RandomKeys {
  readonly #hashes: Hashes;

  constructor(...keys: readonly (number | string)[]) {
    this.#hashes = hashesOf(keys, OF_NO_KEYS);
  }

  stream(...more: readonly (number | string)[]): Random {
    const { a, b, c, d } = hashesOf(more, this.#hashes);
    return Random.fromState(finalise(a), finalise(b), finalise(c), finalise(d) | 1);
  }
}

/** xoshiro128++ (Blackman and Vigna, 2019) with keyed streams. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;
  #spareNormal: number | undefined;

  constructor(...keys: readonly (number | string)[]) {
    const { a, b, c, d } = hashesOf(keys, OF_NO_KEYS);
    this.#a = finalise(a);
    this.#b = finalise(b);
    this.#c = finalise(c);
    this.#d = finalise(d) | 1;
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

  /** Its four words, from which a kernel may draw on; what is drawn there is not drawn here. */
  get state(): readonly [number, number, number, number] {
    return [this.#a, this.#b, this.#c, this.#d];
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
    requireWhole('bound', bound, 1, Number.MAX_SAFE_INTEGER);
    return Math.floor(this.uniform() * bound);
  }

  /** Passes over what 2 `numPairs` calls of `normal` would draw. */
  skipNormalPairs(numPairs: number): void {
    let a = this.#a;
    let b = this.#b;
    let c = this.#c;
    let d = this.#d;
    for (let word = 0; word < 4 * numPairs; word++) {
      const t = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= t;
      d = (d << 11) | (d >>> 21);
    }
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#d = d;
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
