/**
 * SIMD kernels of the fast evaluator (AssemblyScript). Complex vectors are planar: `length` real parts, then `length`
 * imaginary parts. Lengths are powers of two of at least 16, pointers are 16-byte aligned; the caller owns the memory.
 */

import { storeTransposed } from '../../kernels/transpose.part.as';

export { addPath, dot, energy } from './element-sums.part.as';

/** First address that is free for the caller. */
export function firstAddress(): usize {
  return __heap_base;
}

/** Single-precision copy of `count` doubles. */
export function toSingle(from: usize, to: usize, count: i32): void {
  for (let k: usize = 0; k < <usize>count; k += 4) {
    const low = f32x4.demote_f64x2_zero(v128.load(from + (k << 3)));
    const high = f32x4.demote_f64x2_zero(v128.load(from + (k << 3) + 16));
    v128.store(to + (k << 2), v128.shuffle<f32>(low, high, 0, 1, 4, 5));
  }
}

/** out = x * chirp with elements `numAngles` apart added up, single precision, planar [2, numAngles]. */
export function chirpFold(x: usize, chirp: usize, length: i32, numAngles: i32, out: usize): void {
  const imag: usize = (<usize>length) << 2;
  const period: usize = (<usize>numAngles) << 2;
  for (let at: usize = 0; at < period; at += 16) {
    let re = f32x4.splat(0);
    let im = f32x4.splat(0);
    for (let from = at; from < imag; from += period) {
      const xr = v128.load(x + from);
      const xi = v128.load(x + imag + from);
      const cr = v128.load(chirp + from);
      const ci = v128.load(chirp + imag + from);
      re = f32x4.add(re, f32x4.sub(f32x4.mul(xr, cr), f32x4.mul(xi, ci)));
      im = f32x4.add(im, f32x4.add(f32x4.mul(xr, ci), f32x4.mul(xi, cr)));
    }
    v128.store(out + at, re);
    v128.store(out + period + at, im);
  }
}

/**
 * out = DFT of x * chirp, single precision, not scaled: Stockham's autosorting FFT, radix 4. `scratch` and `scratch2` are
 * as long as x. `twiddles`: exp(-j 2 pi k / length), k = 0..length-1, planar; then for k = 0..length/4-1 the powers 1, 2
 * and 3 of it, each planar, for the first pass.
 */
export function chirpedFft(
  x: usize,
  chirp: usize,
  scratch: usize,
  scratch2: usize,
  out: usize,
  length: i32,
  twiddles: usize,
): void {
  const imag: usize = (<usize>length) << 2;
  let n = length >> 2;
  let stride = 4;
  firstPass(x, chirp, scratch, length, twiddles + 2 * imag);
  let from = scratch;
  let other = scratch2;
  while (n >= 4) {
    const quarter = n >> 2;
    const to = quarter == 1 ? out : other;
    for (let p = 0; p < quarter; p++) {
      const w: usize = twiddles + ((<usize>(p * stride)) << 2);
      const w2: usize = twiddles + ((<usize>(2 * p * stride)) << 2);
      const w3: usize = twiddles + ((<usize>(3 * p * stride)) << 2);
      butterflies(
        from + ((<usize>(stride * p)) << 2),
        (<usize>(stride * quarter)) << 2,
        to + ((<usize>(stride * 4 * p)) << 2),
        (<usize>stride) << 2,
        imag,
        v128.load32_splat(w),
        v128.load32_splat(w + imag),
        v128.load32_splat(w2),
        v128.load32_splat(w2 + imag),
        v128.load32_splat(w3),
        v128.load32_splat(w3 + imag),
      );
    }
    other = from;
    from = to;
    n = quarter;
    stride <<= 2;
  }
  if (n == 2) {
    const half = imag >> 1;
    for (let at: usize = 0; at < half; at += 16) {
      const ar = v128.load(from + at);
      const ai = v128.load(from + imag + at);
      const br = v128.load(from + half + at);
      const bi = v128.load(from + imag + half + at);
      v128.store(out + at, f32x4.add(ar, br));
      v128.store(out + imag + at, f32x4.add(ai, bi));
      v128.store(out + half + at, f32x4.sub(ar, br));
      v128.store(out + imag + half + at, f32x4.sub(ai, bi));
    }
  }
}

/** Radix-4 butterflies over `run` bytes of neighbouring columns that share their twiddle factors. */
// @ts-ignore: decorator
@inline
function butterflies(
  from: usize,
  quarter: usize,
  to: usize,
  run: usize,
  imag: usize,
  w1r: v128,
  w1i: v128,
  w2r: v128,
  w2i: v128,
  w3r: v128,
  w3i: v128,
): void {
  for (let at: usize = 0; at < run; at += 16) {
    const f = from + at;
    const ar = v128.load(f);
    const ai = v128.load(f + imag);
    const br = v128.load(f + quarter);
    const bi = v128.load(f + quarter + imag);
    const cr = v128.load(f + 2 * quarter);
    const ci = v128.load(f + 2 * quarter + imag);
    const dr = v128.load(f + 3 * quarter);
    const di = v128.load(f + 3 * quarter + imag);
    const sr = f32x4.add(ar, cr);
    const si = f32x4.add(ai, ci);
    const tr = f32x4.sub(ar, cr);
    const ti = f32x4.sub(ai, ci);
    const ur = f32x4.add(br, dr);
    const ui = f32x4.add(bi, di);
    // j (b - d)
    const vr = f32x4.sub(di, bi);
    const vi = f32x4.sub(br, dr);
    const o = to + at;
    v128.store(o, f32x4.add(sr, ur));
    v128.store(o + imag, f32x4.add(si, ui));
    const pr = f32x4.sub(tr, vr);
    const pi = f32x4.sub(ti, vi);
    v128.store(o + run, f32x4.sub(f32x4.mul(pr, w1r), f32x4.mul(pi, w1i)));
    v128.store(o + run + imag, f32x4.add(f32x4.mul(pr, w1i), f32x4.mul(pi, w1r)));
    const qr = f32x4.sub(sr, ur);
    const qi = f32x4.sub(si, ui);
    v128.store(o + 2 * run, f32x4.sub(f32x4.mul(qr, w2r), f32x4.mul(qi, w2i)));
    v128.store(o + 2 * run + imag, f32x4.add(f32x4.mul(qr, w2i), f32x4.mul(qi, w2r)));
    const xr = f32x4.add(tr, vr);
    const xi = f32x4.add(ti, vi);
    v128.store(o + 3 * run, f32x4.sub(f32x4.mul(xr, w3r), f32x4.mul(xi, w3i)));
    v128.store(o + 3 * run + imag, f32x4.add(f32x4.mul(xr, w3i), f32x4.mul(xi, w3r)));
  }
}

/** First pass, chirp included: four butterflies side by side, transposed to where Stockham's order wants them. */
function firstPass(from: usize, chirp: usize, to: usize, length: i32, twiddles: usize): void {
  const imag: usize = (<usize>length) << 2;
  const quarter = imag >> 2;
  for (let at: usize = 0; at < quarter; at += 16) {
    const w = twiddles + at;
    let f = from + at;
    let g = chirp + at;
    const ar = productRe(f, g, imag);
    const ai = productIm(f, g, imag);
    f += quarter;
    g += quarter;
    const br = productRe(f, g, imag);
    const bi = productIm(f, g, imag);
    f += quarter;
    g += quarter;
    const cr = productRe(f, g, imag);
    const ci = productIm(f, g, imag);
    f += quarter;
    g += quarter;
    const dr = productRe(f, g, imag);
    const di = productIm(f, g, imag);
    const sr = f32x4.add(ar, cr);
    const si = f32x4.add(ai, ci);
    const tr = f32x4.sub(ar, cr);
    const ti = f32x4.sub(ai, ci);
    const ur = f32x4.add(br, dr);
    const ui = f32x4.add(bi, di);
    const vr = f32x4.sub(di, bi);
    const vi = f32x4.sub(br, dr);
    const pr = f32x4.sub(tr, vr);
    const pi = f32x4.sub(ti, vi);
    const w1r = v128.load(w);
    const w1i = v128.load(w + quarter);
    const qr = f32x4.sub(sr, ur);
    const qi = f32x4.sub(si, ui);
    const w2r = v128.load(w + 2 * quarter);
    const w2i = v128.load(w + 3 * quarter);
    const xr = f32x4.add(tr, vr);
    const xi = f32x4.add(ti, vi);
    const w3r = v128.load(w + 4 * quarter);
    const w3i = v128.load(w + 5 * quarter);
    const o = to + (at << 2);
    storeTransposed(
      o,
      16,
      f32x4.add(sr, ur),
      f32x4.sub(f32x4.mul(pr, w1r), f32x4.mul(pi, w1i)),
      f32x4.sub(f32x4.mul(qr, w2r), f32x4.mul(qi, w2i)),
      f32x4.sub(f32x4.mul(xr, w3r), f32x4.mul(xi, w3i)),
    );
    storeTransposed(
      o + imag,
      16,
      f32x4.add(si, ui),
      f32x4.add(f32x4.mul(pr, w1i), f32x4.mul(pi, w1r)),
      f32x4.add(f32x4.mul(qr, w2i), f32x4.mul(qi, w2r)),
      f32x4.add(f32x4.mul(xr, w3i), f32x4.mul(xi, w3r)),
    );
  }
}

// @ts-ignore: decorator
@inline
function productRe(a: usize, b: usize, imag: usize): v128 {
  return f32x4.sub(f32x4.mul(v128.load(a), v128.load(b)), f32x4.mul(v128.load(a + imag), v128.load(b + imag)));
}

// @ts-ignore: decorator
@inline
function productIm(a: usize, b: usize, imag: usize): v128 {
  return f32x4.add(f32x4.mul(v128.load(a), v128.load(b + imag)), f32x4.mul(v128.load(a + imag), v128.load(b)));
}

/**
 * power_c = |alpha_c bin_c + noise_c|^2 for one ring; returns the largest. `noise` (planar, with `noiseImag` bytes from
 * real to imaginary parts) is left out when 0.
 */
export function powers(
  bins: usize,
  alpha: usize,
  noise: usize,
  noiseImag: usize,
  length: i32,
  out: usize,
): f32 {
  const imag: usize = (<usize>length) << 2;
  let top = f32x4.splat(0);
  for (let at: usize = 0; at < imag; at += 16) {
    const ar = v128.load(bins + at);
    const ai = v128.load(bins + imag + at);
    const br = v128.load(alpha + at);
    const bi = v128.load(alpha + imag + at);
    let re = f32x4.sub(f32x4.mul(ar, br), f32x4.mul(ai, bi));
    let im = f32x4.add(f32x4.mul(ar, bi), f32x4.mul(ai, br));
    if (noise != 0) {
      re = f32x4.add(re, v128.load(noise + at));
      im = f32x4.add(im, v128.load(noise + noiseImag + at));
    }
    const power = f32x4.add(f32x4.mul(re, re), f32x4.mul(im, im));
    v128.store(out + at, power);
    top = f32x4.max(top, power);
  }
  return max(
    max(f32x4.extract_lane(top, 0), f32x4.extract_lane(top, 1)),
    max(f32x4.extract_lane(top, 2), f32x4.extract_lane(top, 3)),
  );
}

/**
 * Writes the columns c whose sqrt(power_c) + margin * residual_c reaches `level`, in order, and returns how many.
 */
export function candidates(
  power: usize,
  residual: usize,
  count: i32,
  level: f32,
  margin: f32,
  out: usize,
): i32 {
  const levels = f32x4.splat(level);
  const margins = f32x4.splat(margin);
  let found = 0;
  for (let c = 0; c < count; c += 4) {
    const at: usize = (<usize>c) << 2;
    const gap = f32x4.sub(levels, f32x4.mul(margins, v128.load(residual + at)));
    // Negative where the margin alone reaches the level; then any power does.
    const threshold = f32x4.mul(gap, f32x4.abs(gap));
    let mask = i32x4.bitmask(f32x4.ge(v128.load(power + at), threshold));
    while (mask != 0) {
      store<i32>(out + ((<usize>found) << 2), c + ctz(mask));
      found++;
      mask &= mask - 1;
    }
  }
  return found;
}

/**
 * What columns receive, by a few bins each, single precision: re, im and how far off that is, of the norm of the channel, for each.
 *
 * @param windows 32 bytes per column: addresses of its ring's bins and of its coefficients, its first bin, how many there are from
 *   there on, cyclic, and how far off they are (f32). The first is a multiple of four, and so are how many.
 * @param coefficients per four bins their real parts, then their imaginary ones.
 * @param out 12 bytes per column.
 */
export function estimates(columns: usize, count: i32, windows: usize, numAngles: i32, out: usize): void {
  const imag: usize = (<usize>numAngles) << 2;
  for (let k: usize = 0; k < <usize>count; k++) {
    const window = windows + ((<usize>load<i32>(columns + (k << 2))) << 5);
    const bins = <usize>load<u32>(window);
    let coefficient = <usize>load<u32>(window, 4);
    let bin = bins + ((<usize>load<u32>(window, 8)) << 2);
    let sumRe = f32x4.splat(0);
    let sumIm = f32x4.splat(0);
    for (let left = load<i32>(window, 12); left > 0; left -= 4) {
      const ar = v128.load(coefficient);
      const ai = v128.load(coefficient, 16);
      const br = v128.load(bin);
      const bi = v128.load(bin + imag);
      sumRe = f32x4.add(sumRe, f32x4.sub(f32x4.mul(ar, br), f32x4.mul(ai, bi)));
      sumIm = f32x4.add(sumIm, f32x4.add(f32x4.mul(ar, bi), f32x4.mul(ai, br)));
      coefficient += 32;
      bin += 16;
      if (bin == bins + imag) bin = bins;
    }
    const to = out + 12 * k;
    store<f32>(to, total(sumRe));
    store<f32>(to, total(sumIm), 4);
    store<f32>(to, load<f32>(window, 16), 8);
  }
}

// @ts-ignore: decorator
@inline
function total(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}
