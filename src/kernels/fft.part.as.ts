/**
 * DFT of the grid, as far as it is wanted (AssemblyScript): Stockham's autosorting FFT, radix 4, in double precision (T =
 * f64) or single (f32). Between the first and the last pass the real parts of neighbours fill one vector and their imaginary
 * parts the next, so that a butterfly reads four streams instead of eight.
 */
import { storeTransposed } from './transpose.part.as';

/** How many numbers a vector holds. */
// @ts-ignore: decorator
@inline
function lanes<T>(): i32 {
  return 16 / sizeof<T>();
}

/**
 * out[k] = factor_k sum over l of grid_l exp(-j 2 pi k l / length) for -lower <= k < upper; out is planar.
 *
 * @param grid planar with `gridImag` bytes from real to imaginary parts.
 * @param length a power of two of at least 16.
 * @param twiddles per pass but the last, for p = 0..n/4-1: w^p, w^2p and w^3p, w = exp(-j 2 pi / n), n the length that is
 *   left; the first pass's planar, the others' six numbers together.
 * @param work,work2 two numbers per grid point.
 * @param factors of k = 0..length/4-1, then of k = -length/4..-1.
 * @param out k = 0 of the real parts; up to three numbers before the first and after the last are overwritten.
 */
export function dft<T>(
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
  const quarterLength: usize = ((<usize>length) * sizeof<T>()) >> 2;
  firstPass<T>(grid, gridImag, work, quarterLength, twiddles);
  let w = twiddles + 6 * quarterLength;
  let from = work;
  let to = work2;
  let n = length >> 2;
  let stride = 4;
  while (n > 4) {
    const quarter = n >> 2;
    const run: usize = 2 * (<usize>stride) * sizeof<T>();
    for (let p: usize = 0; p < <usize>quarter; p++) {
      butterflies<T>(from + run * p, run * quarter, to + 4 * run * p, run, w);
      w += 6 * sizeof<T>();
    }
    const swap = from;
    from = to;
    to = swap;
    n = quarter;
    stride <<= 2;
  }
  const negativeFactors = factors + quarterLength;
  // Whole vectors only: a few outputs before the first are written, too.
  const skipped: usize = (<usize>((length >> 2) - lower)) & ~(<usize>(lanes<T>() - 1));
  const column: usize = 2 * sizeof<T>();
  const negativeOut = out - quarterLength + skipped * sizeof<T>();
  const numNegative = (length >> 2) - <i32>skipped;
  const skippedFactors = negativeFactors + skipped * sizeof<T>();
  if (n == 4) {
    last4<T>(from, length, false, factors, upper, out, outImag);
    last4<T>(from + column * skipped, length, true, skippedFactors, numNegative, negativeOut, outImag);
  } else {
    last2<T>(from, length, false, factors, upper, out, outImag);
    const start = from + column * ((<usize>(length >> 2)) + skipped);
    last2<T>(start, length, true, skippedFactors, numNegative, negativeOut, outImag);
  }
}

/** As many butterflies side by side as a vector has lanes, put where Stockham's order wants them. */
// @ts-ignore: decorator
@inline
function firstPass<T>(grid: usize, gridImag: usize, to: usize, quarter: usize, twiddles: usize): void {
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
    const sr = v128.add<T>(ar, cr);
    const si = v128.add<T>(ai, ci);
    const tr = v128.sub<T>(ar, cr);
    const ti = v128.sub<T>(ai, ci);
    const ur = v128.add<T>(br, dr);
    const ui = v128.add<T>(bi, di);
    // -j (b - d)
    const vr = v128.sub<T>(bi, di);
    const vi = v128.sub<T>(dr, br);
    const w = twiddles + at;
    const o = to + (at << 3);
    const y0r = v128.add<T>(sr, ur);
    const y0i = v128.add<T>(si, ui);
    const w1r = v128.load(w);
    const w1i = v128.load(w + quarter);
    const y1r = productRe<T>(v128.add<T>(tr, vr), v128.add<T>(ti, vi), w1r, w1i);
    const y1i = productIm<T>(v128.add<T>(tr, vr), v128.add<T>(ti, vi), w1r, w1i);
    const w2r = v128.load(w + 2 * quarter);
    const w2i = v128.load(w + 3 * quarter);
    const y2r = productRe<T>(v128.sub<T>(sr, ur), v128.sub<T>(si, ui), w2r, w2i);
    const y2i = productIm<T>(v128.sub<T>(sr, ur), v128.sub<T>(si, ui), w2r, w2i);
    const w3r = v128.load(w + 4 * quarter);
    const w3i = v128.load(w + 5 * quarter);
    const y3r = productRe<T>(v128.sub<T>(tr, vr), v128.sub<T>(ti, vi), w3r, w3i);
    const y3i = productIm<T>(v128.sub<T>(tr, vr), v128.sub<T>(ti, vi), w3r, w3i);
    if (sizeof<T>() == 8) {
      storePairs(o, y0r, y0i, y1r, y1i);
      storePairs(o + 32, y2r, y2i, y3r, y3i);
    } else {
      storeTransposed(o, 32, y0r, y1r, y2r, y3r);
      storeTransposed(o + 16, 32, y0i, y1i, y2i, y3i);
    }
  }
}

/** Outputs a and b of two butterflies become pairs; the second butterfly's are four numbers on. */
// @ts-ignore: decorator
@inline
function storePairs(to: usize, ar: v128, ai: v128, br: v128, bi: v128): void {
  v128.store(to, v128.shuffle<f64>(ar, br, 0, 2));
  v128.store(to + 16, v128.shuffle<f64>(ai, bi, 0, 2));
  v128.store(to + 64, v128.shuffle<f64>(ar, br, 1, 3));
  v128.store(to + 80, v128.shuffle<f64>(ai, bi, 1, 3));
}

/** Butterflies over `run` bytes of neighbouring columns that share their twiddle factors. */
// @ts-ignore: decorator
@inline
function butterflies<T>(from: usize, quarter: usize, to: usize, run: usize, w: usize): void {
  const w1r = v128.load_splat<T>(w);
  const w1i = v128.load_splat<T>(w + 1 * sizeof<T>());
  const w2r = v128.load_splat<T>(w + 2 * sizeof<T>());
  const w2i = v128.load_splat<T>(w + 3 * sizeof<T>());
  const w3r = v128.load_splat<T>(w + 4 * sizeof<T>());
  const w3i = v128.load_splat<T>(w + 5 * sizeof<T>());
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
    const sr = v128.add<T>(ar, cr);
    const si = v128.add<T>(ai, ci);
    const tr = v128.sub<T>(ar, cr);
    const ti = v128.sub<T>(ai, ci);
    const ur = v128.add<T>(br, dr);
    const ui = v128.add<T>(bi, di);
    // -j (b - d)
    const vr = v128.sub<T>(bi, di);
    const vi = v128.sub<T>(dr, br);
    const o = to + at;
    v128.store(o, v128.add<T>(sr, ur));
    v128.store(o, v128.add<T>(si, ui), 16);
    const pr = v128.add<T>(tr, vr);
    const pi = v128.add<T>(ti, vi);
    v128.store(o + run, productRe<T>(pr, pi, w1r, w1i));
    v128.store(o + run, productIm<T>(pr, pi, w1r, w1i), 16);
    const qr = v128.sub<T>(sr, ur);
    const qi = v128.sub<T>(si, ui);
    v128.store(o + 2 * run, productRe<T>(qr, qi, w2r, w2i));
    v128.store(o + 2 * run, productIm<T>(qr, qi, w2r, w2i), 16);
    const xr = v128.sub<T>(tr, vr);
    const xi = v128.sub<T>(ti, vi);
    v128.store(o + 3 * run, productRe<T>(xr, xi, w3r, w3i));
    v128.store(o + 3 * run, productIm<T>(xr, xi, w3r, w3i), 16);
  }
}

// @ts-ignore: decorator
@inline
function productRe<T>(ar: v128, ai: v128, br: v128, bi: v128): v128 {
  return v128.sub<T>(v128.mul<T>(ar, br), v128.mul<T>(ai, bi));
}

// @ts-ignore: decorator
@inline
function productIm<T>(ar: v128, ai: v128, br: v128, bi: v128): v128 {
  return v128.add<T>(v128.mul<T>(ar, bi), v128.mul<T>(ai, br));
}

/** Last pass of radix 4: its first outputs, a + b + c + d, or those of the last quarter, a - c + j (b - d). */
// @ts-ignore: decorator
@inline
function last4<T>(
  from: usize,
  length: i32,
  negative: bool,
  factor: usize,
  count: i32,
  out: usize,
  outImag: usize,
): void {
  const quarter: usize = ((<usize>length) * sizeof<T>()) >> 1;
  for (let k = 0; k < count; k += lanes<T>()) {
    const at: usize = (<usize>k) * sizeof<T>();
    const a = from + 2 * at;
    const b = a + quarter;
    const c = b + quarter;
    const d = c + quarter;
    let re: v128;
    let im: v128;
    if (negative) {
      re = v128.add<T>(v128.sub<T>(v128.load(a), v128.load(c)), v128.sub<T>(v128.load(d, 16), v128.load(b, 16)));
      im = v128.add<T>(v128.sub<T>(v128.load(a, 16), v128.load(c, 16)), v128.sub<T>(v128.load(b), v128.load(d)));
    } else {
      re = v128.add<T>(v128.add<T>(v128.load(a), v128.load(c)), v128.add<T>(v128.load(b), v128.load(d)));
      im = v128.add<T>(
        v128.add<T>(v128.load(a, 16), v128.load(c, 16)),
        v128.add<T>(v128.load(b, 16), v128.load(d, 16)),
      );
    }
    const w = v128.load(factor + at);
    v128.store(out + at, v128.mul<T>(re, w));
    v128.store(out + outImag + at, v128.mul<T>(im, w));
  }
}

/** Last pass of radix 2: its first outputs, a + b, or those of the second half, a - b. */
// @ts-ignore: decorator
@inline
function last2<T>(
  from: usize,
  length: i32,
  negative: bool,
  factor: usize,
  count: i32,
  out: usize,
  outImag: usize,
): void {
  const half: usize = (<usize>length) * sizeof<T>();
  for (let k = 0; k < count; k += lanes<T>()) {
    const at: usize = (<usize>k) * sizeof<T>();
    const a = from + 2 * at;
    const b = a + half;
    const ar = v128.load(a);
    const ai = v128.load(a, 16);
    const br = v128.load(b);
    const bi = v128.load(b, 16);
    const re = negative ? v128.sub<T>(ar, br) : v128.add<T>(ar, br);
    const im = negative ? v128.sub<T>(ai, bi) : v128.add<T>(ai, bi);
    const w = v128.load(factor + at);
    v128.store(out + at, v128.mul<T>(re, w));
    v128.store(out + outImag + at, v128.mul<T>(im, w));
  }
}
