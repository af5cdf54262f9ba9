/** Powers in noise (AssemblyScript): draws what src/core/random.ts draws, two subcarriers at once. */
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

/** First address that is free for the caller. */
export function firstAddress(): usize {
  return __heap_base;
}

/** xoshiro128++: writes the next `count` words. @param state its four words. */
function drawWords(state: usize, count: i32, out: usize): void {
  let a = load<u32>(state);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let d = load<u32>(state, 12);
  for (let at: usize = 0; at < (<usize>count) << 2; at += 4) {
    store<u32>(out + at, rotl<u32>(a + d, 7) + a);
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotl<u32>(d, 11);
  }
}

/** In [0, 1) with 53 random bits, of two words. */
// @ts-ignore: decorator
@inline
function uniform(words: usize): f64 {
  const bits = ((<u64>(load<u32>(words) >>> 5)) << 26) | (<u64>(load<u32>(words, 4) >>> 6));
  return <f64>(<i64>bits) * (1.0 / 9007199254740992.0);
}

/**
 * out_m = |signal_m + scale (x_m + j y_m)|^2 with x_m and y_m standard normal, in the order x_0, y_0, x_1, ... `count` is
 * even; signal is planar with `imag` bytes from real to imaginary parts, out is single precision.
 *
 * @param state four words of the generator.
 * @param words space for four words per subcarrier.
 */
export function noisyPowers(
  signal: usize,
  imag: usize,
  count: i32,
  scale: f64,
  state: usize,
  words: usize,
  out: usize,
): void {
  drawWords(state, 4 * count, words);
  const size = f64x2.splat(scale);
  for (let at: usize = 0; at < (<usize>count) << 3; at += 16) {
    const word = words + 2 * at;
    const radii = f64x2(uniform(word), uniform(word + 16));
    const turns = f64x2(uniform(word + 8), uniform(word + 24));
    const one = f64x2.splat(1);
    const log = logarithm(f64x2.sub(one, radii));
    const radius = f64x2.mul(size, f64x2.sqrt(f64x2.mul(f64x2.splat(-2), log)));
    const t = quarterAngle(turns);
    const z = f64x2.mul(t, t);
    const sin1 = smallSine(t, z);
    const cos1 = smallCosine(z);
    const sin2 = doubledSine(sin1, cos1);
    const cos2 = doubledCosine(sin1);
    const re = f64x2.add(v128.load(signal + at), f64x2.mul(radius, doubledCosine(sin2)));
    const im = f64x2.add(v128.load(signal + imag + at), f64x2.mul(radius, doubledSine(sin2, cos2)));
    const power = f64x2.add(f64x2.mul(re, re), f64x2.mul(im, im));
    v128.store64_lane(out + (at >> 1), f32x4.demote_f64x2_zero(power), 0);
  }
}

/** Natural logarithm of positive normal numbers. */
// @ts-ignore: decorator
@inline
function logarithm(x: v128): v128 {
  // 2^52 + exponent + 1023 as a double, by its bits.
  const biased = v128.or(i64x2.shr_u(x, 52), i64x2.splat(0x4330000000000000));
  let exponent = f64x2.sub(biased, f64x2.splat(4503599627370496.0 + 1023.0));
  let m = v128.or(v128.and(x, i64x2.splat(0x000fffffffffffff)), i64x2.splat(0x3ff0000000000000));
  const big = f64x2.gt(m, f64x2.splat(1.4142135623730951));
  m = v128.bitselect(f64x2.mul(m, f64x2.splat(0.5)), m, big);
  exponent = f64x2.add(exponent, v128.and(big, f64x2.splat(1)));
  const one = f64x2.splat(1);
  const s = f64x2.div(f64x2.sub(m, one), f64x2.add(m, one));
  const z = f64x2.mul(s, s);
  let p = horner(z, v128.load(LOGARITHM), LOGARITHM + 16);
  p = horner(z, p, LOGARITHM + 32);
  p = horner(z, p, LOGARITHM + 48);
  p = horner(z, p, LOGARITHM + 64);
  p = horner(z, p, LOGARITHM + 80);
  p = horner(z, p, LOGARITHM + 96);
  p = horner(z, p, LOGARITHM + 112);
  p = horner(z, p, LOGARITHM + 128);
  p = horner(z, p, LOGARITHM + 144);
  p = horner(z, p, LOGARITHM + 160);
  return f64x2.add(f64x2.mul(exponent, f64x2.splat(0.6931471805599453)), f64x2.mul(s, p));
}
