/**
 * DFT of the grid, as far as it is wanted (AssemblyScript): Stockham's autosorting FFT, radix 4, double precision. Between
 * the first and the last pass neighbours lie in pairs, two real parts and then two imaginary parts, so that a butterfly
 * reads four streams instead of eight.
 */

/**
 * out[k] = factor_k sum over l of grid_l exp(-j 2 pi k l / length) for -lower <= k < upper; out is planar.
 *
 * @param grid planar with `gridImag` bytes from real to imaginary parts.
 * @param length a power of two of at least 16.
 * @param twiddles per pass but the last, for p = 0..n/4-1: w^p, w^2p and w^3p, w = exp(-j 2 pi / n), n the length that is
 *   left; the first pass's planar, the others' six numbers together.
 * @param work,work2 two numbers per grid point.
 * @param factors of k = 0..length/4-1, then of k = -length/4..-1.
 * @param out k = 0 of the real parts; one number before the first and after the last is overwritten.
 */
export function transform(
  grid: usize,
  gridImag: usize,
  length: i32,
  twiddles: usize,
  work: usize,
  work2: usize,
  factors: usize,
  lower: i32,
  upper: i32,
  out: usize,
  outImag: usize,
): void {
  const quarterLength: usize = (<usize>length) << 1;
  firstPass(grid, gridImag, work, quarterLength, twiddles);
  let w = twiddles + 6 * quarterLength;
  let from = work;
  let to = work2;
  let n = length >> 2;
  let stride = 4;
  while (n > 4) {
    const quarter = n >> 2;
    const run: usize = (<usize>stride) << 4;
    for (let p: usize = 0; p < <usize>quarter; p++) {
      butterflies(from + run * p, run * quarter, to + 4 * run * p, run, w);
      w += 48;
    }
    const swap = from;
    from = to;
    to = swap;
    n = quarter;
    stride <<= 2;
  }
  const negativeFactors = factors + quarterLength;
  if (n == 4) {
    last4Positive(from, length, factors, upper, out, outImag);
    last4Negative(from, length, negativeFactors, lower, out, outImag);
  } else {
    last2(from, from + ((<usize>length) << 3), false, factors, upper, out, outImag);
    const skipped: usize = (<usize>((length >> 2) - lower)) & ~1;
    const start = from + ((<usize>length) << 2) + (skipped << 4);
    last2(
      start,
      start + ((<usize>length) << 3),
      true,
      negativeFactors + (skipped << 3),
      (length >> 2) - <i32>skipped,
      out - ((<usize>length) << 1) + (skipped << 3),
      outImag,
    );
  }
}

/** Two butterflies side by side, put where Stockham's order wants them. */
function firstPass(grid: usize, gridImag: usize, to: usize, quarter: usize, twiddles: usize): void {
  for (let at: usize = 0; at < quarter; at += 16) {
    const f = grid + at;
    const g = f + gridImag;
    const ar = v128.load(f);
    const ai = v128.load(g);
    const br = v128.load(f + quarter);
    const bi = v128.load(g + quarter);
    const cr = v128.load(f + 2 * quarter);
    const ci = v128.load(g + 2 * quarter);
    const dr = v128.load(f + 3 * quarter);
    const di = v128.load(g + 3 * quarter);
    const sr = f64x2.add(ar, cr);
    const si = f64x2.add(ai, ci);
    const tr = f64x2.sub(ar, cr);
    const ti = f64x2.sub(ai, ci);
    const ur = f64x2.add(br, dr);
    const ui = f64x2.add(bi, di);
    // -j (b - d)
    const vr = f64x2.sub(bi, di);
    const vi = f64x2.sub(dr, br);
    const w = twiddles + at;
    const o = to + (at << 3);
    const y0r = f64x2.add(sr, ur);
    const y0i = f64x2.add(si, ui);
    const y1r = productRe(f64x2.add(tr, vr), f64x2.add(ti, vi), v128.load(w), v128.load(w + quarter));
    const y1i = productIm(f64x2.add(tr, vr), f64x2.add(ti, vi), v128.load(w), v128.load(w + quarter));
    store4(o, y0r, y0i, y1r, y1i);
    const w2 = w + 2 * quarter;
    const y2r = productRe(f64x2.sub(sr, ur), f64x2.sub(si, ui), v128.load(w2), v128.load(w2 + quarter));
    const y2i = productIm(f64x2.sub(sr, ur), f64x2.sub(si, ui), v128.load(w2), v128.load(w2 + quarter));
    const w3 = w + 4 * quarter;
    const y3r = productRe(f64x2.sub(tr, vr), f64x2.sub(ti, vi), v128.load(w3), v128.load(w3 + quarter));
    const y3i = productIm(f64x2.sub(tr, vr), f64x2.sub(ti, vi), v128.load(w3), v128.load(w3 + quarter));
    store4(o + 32, y2r, y2i, y3r, y3i);
  }
}

/** Outputs a and b of two butterflies become pairs; the second butterfly's are four numbers on. */
// @ts-ignore: decorator
@inline
function store4(to: usize, ar: v128, ai: v128, br: v128, bi: v128): void {
  v128.store(to, v128.shuffle<f64>(ar, br, 0, 2));
  v128.store(to + 16, v128.shuffle<f64>(ai, bi, 0, 2));
  v128.store(to + 64, v128.shuffle<f64>(ar, br, 1, 3));
  v128.store(to + 80, v128.shuffle<f64>(ai, bi, 1, 3));
}

/** Butterflies over `run` bytes of neighbouring columns that share their twiddle factors. */
// @ts-ignore: decorator
@inline
function butterflies(from: usize, quarter: usize, to: usize, run: usize, w: usize): void {
  const w1r = v128.load64_splat(w);
  const w1i = v128.load64_splat(w + 8);
  const w2r = v128.load64_splat(w + 16);
  const w2i = v128.load64_splat(w + 24);
  const w3r = v128.load64_splat(w + 32);
  const w3i = v128.load64_splat(w + 40);
  for (let at: usize = 0; at < run; at += 32) {
    const f = from + at;
    const ar = v128.load(f);
    const ai = v128.load(f, 16);
    const br = v128.load(f + quarter);
    const bi = v128.load(f + quarter, 16);
    const cr = v128.load(f + 2 * quarter);
    const ci = v128.load(f + 2 * quarter, 16);
    const dr = v128.load(f + 3 * quarter);
    const di = v128.load(f + 3 * quarter, 16);
    const sr = f64x2.add(ar, cr);
    const si = f64x2.add(ai, ci);
    const tr = f64x2.sub(ar, cr);
    const ti = f64x2.sub(ai, ci);
    const ur = f64x2.add(br, dr);
    const ui = f64x2.add(bi, di);
    // -j (b - d)
    const vr = f64x2.sub(bi, di);
    const vi = f64x2.sub(dr, br);
    const o = to + at;
    v128.store(o, f64x2.add(sr, ur));
    v128.store(o, f64x2.add(si, ui), 16);
    const pr = f64x2.add(tr, vr);
    const pi = f64x2.add(ti, vi);
    v128.store(o + run, productRe(pr, pi, w1r, w1i));
    v128.store(o + run, productIm(pr, pi, w1r, w1i), 16);
    const qr = f64x2.sub(sr, ur);
    const qi = f64x2.sub(si, ui);
    v128.store(o + 2 * run, productRe(qr, qi, w2r, w2i));
    v128.store(o + 2 * run, productIm(qr, qi, w2r, w2i), 16);
    const xr = f64x2.sub(tr, vr);
    const xi = f64x2.sub(ti, vi);
    v128.store(o + 3 * run, productRe(xr, xi, w3r, w3i));
    v128.store(o + 3 * run, productIm(xr, xi, w3r, w3i), 16);
  }
}

// @ts-ignore: decorator
@inline
function productRe(ar: v128, ai: v128, br: v128, bi: v128): v128 {
  return f64x2.sub(f64x2.mul(ar, br), f64x2.mul(ai, bi));
}

// @ts-ignore: decorator
@inline
function productIm(ar: v128, ai: v128, br: v128, bi: v128): v128 {
  return f64x2.add(f64x2.mul(ar, bi), f64x2.mul(ai, br));
}

/** Last pass of radix 4, first quarter of its outputs: a + b + c + d. */
function last4Positive(from: usize, length: i32, factor: usize, upper: i32, out: usize, outImag: usize): void {
  const quarter: usize = (<usize>length) << 2;
  for (let k: usize = 0; k < <usize>upper; k += 2) {
    const a = from + (k << 4);
    const b = a + quarter;
    const c = b + quarter;
    const d = c + quarter;
    const w = v128.load(factor + (k << 3));
    const re = f64x2.add(f64x2.add(v128.load(a), v128.load(c)), f64x2.add(v128.load(b), v128.load(d)));
    const im = f64x2.add(
      f64x2.add(v128.load(a, 16), v128.load(c, 16)),
      f64x2.add(v128.load(b, 16), v128.load(d, 16)),
    );
    v128.store(out + (k << 3), f64x2.mul(re, w));
    v128.store(out + outImag + (k << 3), f64x2.mul(im, w));
  }
}

/** Last pass of radix 4, last quarter of its outputs: a - c + j (b - d). */
function last4Negative(from: usize, length: i32, factor: usize, lower: i32, out: usize, outImag: usize): void {
  const quarter: usize = (<usize>length) << 2;
  const end: usize = (<usize>length) >> 2;
  for (let k: usize = (end - lower) & ~1; k < end; k += 2) {
    const a = from + (k << 4);
    const b = a + quarter;
    const c = b + quarter;
    const d = c + quarter;
    const w = v128.load(factor + (k << 3));
    const re = f64x2.add(
      f64x2.sub(v128.load(a), v128.load(c)),
      f64x2.sub(v128.load(d, 16), v128.load(b, 16)),
    );
    const im = f64x2.add(
      f64x2.sub(v128.load(a, 16), v128.load(c, 16)),
      f64x2.sub(v128.load(b), v128.load(d)),
    );
    const o = out + ((k - end) << 3);
    v128.store(o, f64x2.mul(re, w));
    v128.store(o + outImag, f64x2.mul(im, w));
  }
}

/** Last pass of radix 2: a + b, or a - b. */
// @ts-ignore: decorator
@inline
function last2(a: usize, b: usize, minus: bool, factor: usize, count: i32, out: usize, outImag: usize): void {
  for (let k: usize = 0; k < <usize>count; k += 2) {
    const at = k << 4;
    const w = v128.load(factor + (k << 3));
    const ar = v128.load(a + at);
    const ai = v128.load(a + at, 16);
    const br = v128.load(b + at);
    const bi = v128.load(b + at, 16);
    const re = minus ? f64x2.sub(ar, br) : f64x2.add(ar, br);
    const im = minus ? f64x2.sub(ai, bi) : f64x2.add(ai, bi);
    v128.store(out + (k << 3), f64x2.mul(re, w));
    v128.store(out + outImag + (k << 3), f64x2.mul(im, w));
  }
}
