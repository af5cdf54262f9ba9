/** Powers in noise (AssemblyScript): draws what src/core/random.ts draws, many subcarriers at once. */
import { storeTransposed } from '../kernels/transpose.part.as';
import {
  doubledCosine,
  doubledSine,
  horner,
  quarterAngle,
  smallCosine,
  smallSine,
} from '../kernels/trigonometry.part.as';

/** log(m) = 2 s (1 + s^2/3 + ... + s^20/21), s = (m - 1)/(m + 1), highest power first: good to 1e-16 for m in [0.7, 1.42]. */
const LOGARITHM = memory.data<f64>(
  [
    2.0 / 21.0, 2.0 / 21.0,
    2.0 / 19.0, 2.0 / 19.0,
    2.0 / 17.0, 2.0 / 17.0,
    2.0 / 15.0, 2.0 / 15.0,
    2.0 / 13.0, 2.0 / 13.0,
    2.0 / 11.0, 2.0 / 11.0,
    2.0 / 9.0, 2.0 / 9.0,
    2.0 / 7.0, 2.0 / 7.0,
    2.0 / 5.0, 2.0 / 5.0,
    2.0 / 3.0, 2.0 / 3.0,
    2.0, 2.0,
  ],
  16,
);

/** Constants of the logarithm by its bits, and of uniform numbers; in memory, as those of trigonometry are, to be kept in registers. */
const BITS = memory.data<u64>(
  [
    0x3ca0000000000000, 0x3ca0000000000000, // 2^-53
    0x3e40000000000000, 0x3e40000000000000, // 2^-27
    0x3ff0000000000000, 0x3ff0000000000000, // 1, and the exponent of numbers in [1, 2)
    0x4330000000000000, 0x4330000000000000, // 2^52
    0x43300000000003ff, 0x43300000000003ff, // 2^52 + 1023
    0x000fffffffffffff, 0x000fffffffffffff, // the bits of a mantissa
    0x3ff6a09e667f3bcd, 0x3ff6a09e667f3bcd, // sqrt 2
    0x3fe0000000000000, 0x3fe0000000000000, // 1/2
    0xc000000000000000, 0xc000000000000000, // -2
    0x3fe62e42fefa39ef, 0x3fe62e42fefa39ef, // log 2
  ],
  16,
);

/** Subcarriers of each quarter that are worked on at a time, and bytes of doubles for those of all four. */
const RUN: usize = 64;
const STRIDE: usize = 4 * RUN * 8;
/** Four words for each of two subcarriers, of four generators. */
const WORDS_BYTES: usize = 128;

/** First address that is free for the caller. */
export function firstAddress(): usize {
  return __heap_base;
}

/**
 * Advances a generator by `count` words; none is wanted.
 *
 * @param state its four words.
 */
export function skipWords(state: usize, count: i32): void {
  let a = load<u32>(state);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let d = load<u32>(state, 12);
  for (let k = 0; k < count; k++) {
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotl<u32>(d, 11);
  }
  store<u32>(state, a);
  store<u32>(state, b, 4);
  store<u32>(state, c, 8);
  store<u32>(state, d, 12);
}

/** State of a generator further on: the sum, modulo 2, of the columns that its bits choose. */
// @ts-ignore: decorator
@inline
function jumped(state: usize, columns: usize): v128 {
  let sum = i32x4.splat(0);
  for (let word: usize = 0; word < 16; word += 4) {
    const bits = load<u32>(state + word);
    const column = columns + (word << 7);
    for (let bit: u32 = 0; bit < 32; bit++) {
      const chosen = i32x4.splat(-(<i32>((bits >>> bit) & 1)));
      sum = v128.xor(sum, v128.and(v128.load(column + (bit << 4)), chosen));
    }
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function rotated(words: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(words, bits), i32x4.shr_u(words, 32 - bits));
}

/**
 * Splits what a generator draws into quarters of `numWords` words.
 *
 * @param states its four words; left behind are those of the four generators, first words of all, then second ones, and so on.
 * @param columns of the jump by `numWords` words: what becomes of each of the 128 bits of a state alone, 16 bytes each.
 */
function splitState(states: usize, columns: usize): void {
  const first = v128.load(states);
  const second = jumped(states, columns);
  v128.store(states, second);
  const third = jumped(states, columns);
  v128.store(states, third);
  storeTransposed(states, 16, first, second, third, jumped(states, columns));
}

/**
 * xoshiro128++: draws 4 `run` words from each of four generators, which become two uniform numbers for each of 4 `run` subcarriers,
 * those of one generator after those of another: the first numbers in a part of the scratch, the second ones two parts on.
 *
 * @param words space for eight words of each generator, of two subcarriers.
 */
function drawUniform(states: usize, run: usize, words: usize, to: usize): void {
  let a = v128.load(states);
  let b = v128.load(states, 16);
  let c = v128.load(states, 32);
  let d = v128.load(states, 48);
  const next = run << 3;
  for (const end = to + next; to < end; to += 16) {
    for (let word = words; word < words + WORDS_BYTES; word += 16) {
      v128.store(word, i32x4.add(rotated(i32x4.add(a, d), 7), a));
      const t = i32x4.shl(b, 9);
      c = v128.xor(c, a);
      d = v128.xor(d, b);
      b = v128.xor(b, c);
      a = v128.xor(a, d);
      c = v128.xor(c, t);
      d = rotated(d, 11);
    }
    storeUniform(words, to, next);
    storeUniform(words + 32, to + 2 * STRIDE, next);
  }
  v128.store(states, a);
  v128.store(states, b, 16);
  v128.store(states, c, 32);
  v128.store(states, d, 48);
}

/** Two words of each generator and two four words on become a number of each for two subcarriers, `next` bytes from one to another. */
// @ts-ignore: decorator
@inline
function storeUniform(words: usize, to: usize, next: usize): void {
  const upper = i32x4.shr_u(v128.load(words), 5);
  const lower = i32x4.shr_u(v128.load(words, 16), 6);
  const upper2 = i32x4.shr_u(v128.load(words, 64), 5);
  const lower2 = i32x4.shr_u(v128.load(words, 80), 6);
  const upperLow = v128.shuffle<i32>(upper, upper2, 0, 4, 1, 5);
  const lowerLow = v128.shuffle<i32>(lower, lower2, 0, 4, 1, 5);
  v128.store(to, uniform(upperLow, lowerLow));
  v128.store(to + next, uniform(secondHalf(upperLow), secondHalf(lowerLow)));
  const upperHigh = v128.shuffle<i32>(upper, upper2, 2, 6, 3, 7);
  const lowerHigh = v128.shuffle<i32>(lower, lower2, 2, 6, 3, 7);
  v128.store(to + 2 * next, uniform(upperHigh, lowerHigh));
  v128.store(to + 3 * next, uniform(secondHalf(upperHigh), secondHalf(lowerHigh)));
}

/** Two numbers in [0, 1), of 27 and 26 random bits each. */
// @ts-ignore: decorator
@inline
function uniform(upper: v128, lower: v128): v128 {
  return f64x2.add(
    f64x2.mul(f64x2.convert_low_i32x4_s(upper), v128.load(BITS, 16)),
    f64x2.mul(f64x2.convert_low_i32x4_s(lower), v128.load(BITS)),
  );
}

// @ts-ignore: decorator
@inline
function secondHalf(words: v128): v128 {
  return v128.shuffle<i64>(words, words, 1, 1);
}

/**
 * out_m = |signal_m + scale (x_m + j y_m)|^2 with x_m and y_m standard normal, in the order x_0, y_0, x_1, ... `count` is a
 * multiple of eight; signal is planar with `imag` bytes from real to imaginary parts, out is single precision.
 *
 * One loop would wait for its long chains of operations, of which a processor sees too few at a time; several short ones do not.
 *
 * @param states four words of the generator, and space for twelve more.
 * @param columns of the jump by `count` words, see `splitState`.
 * @param scratch space for three parts of STRIDE bytes and WORDS_BYTES.
 */
export function noisyPowers(
  signal: usize,
  imag: usize,
  count: i32,
  scale: f64,
  states: usize,
  columns: usize,
  scratch: usize,
  out: usize,
): void {
  splitState(states, columns);
  const quarter = (<usize>count) >> 2;
  for (let first: usize = 0; first < quarter; first += RUN) {
    const run = min<usize>(RUN, quarter - first);
    drawUniform(states, run, scratch + 3 * STRIDE, scratch);
    toMantissa(scratch, scratch + (run << 5));
    toLogarithm(scratch, scratch + (run << 5));
    toPolar(scratch, scratch + (run << 5), scale);
    for (let k: usize = 0; k < 4; k++) {
      const at = k * quarter + first;
      addNoise(signal + (at << 3), imag, scratch + ((k * run) << 3), run, out + (at << 2));
    }
  }
}

/** Numbers become s and the exponent of the logarithm of 1 less them. */
function toMantissa(at: usize, end: usize): void {
  const one = v128.load(BITS, 32);
  const carrier = v128.load(BITS, 48);
  const offset = v128.load(BITS, 64);
  const mantissa = v128.load(BITS, 80);
  const root2 = v128.load(BITS, 96);
  const half = v128.load(BITS, 112);
  for (; at < end; at += 16) {
    const x = f64x2.sub(one, v128.load(at));
    // 2^52 + exponent + 1023 as a double, by its bits.
    const biased = v128.or(i64x2.shr_u(x, 52), carrier);
    const exponent = f64x2.sub(biased, offset);
    let m = v128.or(v128.and(x, mantissa), one);
    const big = f64x2.gt(m, root2);
    m = v128.bitselect(f64x2.mul(m, half), m, big);
    v128.store(at, f64x2.div(f64x2.sub(m, one), f64x2.add(m, one)));
    v128.store(at, f64x2.add(exponent, v128.and(big, one)), STRIDE);
  }
}

/** s becomes the logarithm without its exponent. */
function toLogarithm(at: usize, end: usize): void {
  // Kept in registers: of fewer instructions per turn a processor sees more turns at a time.
  const c21 = v128.load(LOGARITHM);
  const c19 = v128.load(LOGARITHM, 16);
  const c17 = v128.load(LOGARITHM, 32);
  const c15 = v128.load(LOGARITHM, 48);
  const c13 = v128.load(LOGARITHM, 64);
  const c11 = v128.load(LOGARITHM, 80);
  const c9 = v128.load(LOGARITHM, 96);
  const c7 = v128.load(LOGARITHM, 112);
  const c5 = v128.load(LOGARITHM, 128);
  const c3 = v128.load(LOGARITHM, 144);
  const c1 = v128.load(LOGARITHM, 160);
  for (; at < end; at += 16) {
    const s = v128.load(at);
    const z = f64x2.mul(s, s);
    let p = f64x2.add(f64x2.mul(z, c21), c19);
    p = f64x2.add(f64x2.mul(z, p), c17);
    p = f64x2.add(f64x2.mul(z, p), c15);
    p = f64x2.add(f64x2.mul(z, p), c13);
    p = f64x2.add(f64x2.mul(z, p), c11);
    p = f64x2.add(f64x2.mul(z, p), c9);
    p = f64x2.add(f64x2.mul(z, p), c7);
    p = f64x2.add(f64x2.mul(z, p), c5);
    p = f64x2.add(f64x2.mul(z, p), c3);
    p = f64x2.add(f64x2.mul(z, p), c1);
    v128.store(at, f64x2.mul(s, p));
  }
}

/** Finishes the logarithm and takes the root, and turns become sine and cosine of a quarter of the angle. */
function toPolar(at: usize, end: usize, scale: f64): void {
  const size = f64x2.splat(scale);
  const minusTwo = v128.load(BITS, 128);
  const ln2 = v128.load(BITS, 144);
  for (; at < end; at += 16) {
    const log = f64x2.add(f64x2.mul(v128.load(at, STRIDE), ln2), v128.load(at));
    v128.store(at, f64x2.mul(size, f64x2.sqrt(f64x2.mul(minusTwo, log))));
    const t = quarterAngle(v128.load(at, 2 * STRIDE));
    const z = f64x2.mul(t, t);
    v128.store(at, smallSine(t, z), STRIDE);
    v128.store(at, smallCosine(z), 2 * STRIDE);
  }
}

/** out = |signal + radius exp(j angle)|^2. */
function addNoise(signal: usize, imag: usize, at: usize, run: usize, out: usize): void {
  for (const end = out + (run << 2); out < end; out += 8) {
    const radius = v128.load(at);
    const sin1 = v128.load(at, STRIDE);
    const cos1 = v128.load(at, 2 * STRIDE);
    const sin2 = doubledSine(sin1, cos1);
    const cos2 = doubledCosine(sin1);
    const re = f64x2.add(v128.load(signal), f64x2.mul(radius, doubledCosine(sin2)));
    const im = f64x2.add(v128.load(signal + imag), f64x2.mul(radius, doubledSine(sin2, cos2)));
    const power = f64x2.add(f64x2.mul(re, re), f64x2.mul(im, im));
    v128.store64_lane(out, f32x4.demote_f64x2_zero(power), 0);
    at += 16;
    signal += 16;
  }
}
