/** From elements at arbitrary delays to a regular grid over one period of delay (AssemblyScript). */
import { doubledCosine, doubledSine, quarterAngle, smallCosine, smallSine } from '../../kernels/trigonometry.part.as';

/**
 * Weights turned by their delay at the reference frequency, times a gain, and their places on the grid. Complex vectors
 * are planar with `imag` bytes from real to imaginary parts; `count` is even.
 *
 * @param place in grid points, within one period.
 */
export function prepare(
  weights: usize,
  delay: usize,
  imag: usize,
  count: i32,
  gainRe: f64,
  gainIm: f64,
  referenceHz: f64,
  spacingHz: f64,
  numPoints: f64,
  turned: usize,
  place: usize,
): void {
  const reference = f64x2.splat(referenceHz);
  const spacing = f64x2.splat(spacingHz);
  const points = f64x2.splat(numPoints);
  const gr = f64x2.splat(gainRe);
  const gi = f64x2.splat(gainIm);
  const end: usize = (<usize>count) << 3;
  // Three short loops: a processor sees too few turns at a time of the chain of operations of one.
  for (let at: usize = 0; at < end; at += 16) {
    const tau = v128.load(delay + at);
    v128.store(turned + at, quarterAngle(f64x2.mul(tau, reference)));
    const periods = f64x2.mul(tau, spacing);
    v128.store(place + at, f64x2.mul(f64x2.sub(periods, f64x2.floor(periods)), points));
  }
  for (let at: usize = 0; at < end; at += 16) {
    const t = v128.load(turned + at);
    const z = f64x2.mul(t, t);
    v128.store(turned + at, smallSine(t, z));
    v128.store(turned + imag + at, smallCosine(z));
  }
  for (let at: usize = 0; at < end; at += 16) {
    const sin1 = v128.load(turned + at);
    const cos1 = v128.load(turned + imag + at);
    const sin2 = doubledSine(sin1, cos1);
    const cos2 = doubledCosine(sin1);
    const sin = doubledSine(sin2, cos2);
    const cos = doubledCosine(sin2);
    const wr = v128.load(weights + at);
    const wi = v128.load(weights + imag + at);
    const ar = f64x2.sub(f64x2.mul(gr, wr), f64x2.mul(gi, wi));
    const ai = f64x2.add(f64x2.mul(gr, wi), f64x2.mul(gi, wr));
    v128.store(turned + at, f64x2.add(f64x2.mul(ar, cos), f64x2.mul(ai, sin)));
    v128.store(turned + imag + at, f64x2.sub(f64x2.mul(ai, cos), f64x2.mul(ar, sin)));
  }
}

/**
 * Adds every element to the grid points around its place: twelve of them in double precision (T = f64), eight in single
 * (f32).
 *
 * @param turned,place double precision; @param grid planar with `gridImag` bytes from real to imaginary parts; up to
 *   six points are written before its first and after its last.
 * @param window the spreading function on its outer half, a vector of neighbouring points at a time: twelve vectors each,
 *   its even and then its odd coefficients, highest power first. The other points mirror these.
 */
// @ts-ignore: decorator
@inline
export function spreadOver<T>(
  turned: usize,
  imag: usize,
  place: usize,
  count: i32,
  grid: usize,
  gridImag: usize,
  window: usize,
): void {
  const reach: f64 = sizeof<T>() == 8 ? 6.0 : 4.0;
  for (let at: usize = 0; at < (<usize>count) << 3; at += 8) {
    const start = load<f64>(place + at) - reach;
    const first = Math.ceil(start);
    // From the middle between two grid points, in half a point.
    const x = v128.splat<T>(<T>(2.0 * (first - start) - 1.0));
    const z = v128.mul<T>(x, x);
    const ar = v128.splat<T>(<T>load<f64>(turned + at));
    const ai = v128.splat<T>(<T>load<f64>(turned + imag + at));
    const re = grid + (<isize>first) * sizeof<T>();
    const im = re + gridImag;
    if (sizeof<T>() == 8) {
      const even0 = half<T>(z, window);
      const odd0 = v128.mul<T>(x, half<T>(z, window + 96));
      const even1 = half<T>(z, window + 192);
      const odd1 = v128.mul<T>(x, half<T>(z, window + 288));
      const even2 = half<T>(z, window + 384);
      const odd2 = v128.mul<T>(x, half<T>(z, window + 480));
      accumulate<T>(re, im, ar, ai, v128.add<T>(even0, odd0));
      accumulate<T>(re + 16, im + 16, ar, ai, v128.add<T>(even1, odd1));
      accumulate<T>(re + 32, im + 32, ar, ai, v128.add<T>(even2, odd2));
      accumulate<T>(re + 48, im + 48, ar, ai, mirrored<T>(v128.sub<T>(even2, odd2)));
      accumulate<T>(re + 64, im + 64, ar, ai, mirrored<T>(v128.sub<T>(even1, odd1)));
      accumulate<T>(re + 80, im + 80, ar, ai, mirrored<T>(v128.sub<T>(even0, odd0)));
    } else {
      const even = half<T>(z, window);
      const odd = v128.mul<T>(x, half<T>(z, window + 96));
      accumulate<T>(re, im, ar, ai, v128.add<T>(even, odd));
      accumulate<T>(re + 16, im + 16, ar, ai, mirrored<T>(v128.sub<T>(even, odd)));
    }
  }
}

/** Five steps of Horner's rule. */
// @ts-ignore: decorator
@inline
function half<T>(z: v128, coefficients: usize): v128 {
  let sum = v128.add<T>(v128.mul<T>(z, v128.load(coefficients)), v128.load(coefficients, 16));
  sum = v128.add<T>(v128.mul<T>(z, sum), v128.load(coefficients, 32));
  sum = v128.add<T>(v128.mul<T>(z, sum), v128.load(coefficients, 48));
  sum = v128.add<T>(v128.mul<T>(z, sum), v128.load(coefficients, 64));
  return v128.add<T>(v128.mul<T>(z, sum), v128.load(coefficients, 80));
}

// @ts-ignore: decorator
@inline
function mirrored<T>(v: v128): v128 {
  return sizeof<T>() == 8 ? v128.shuffle<f64>(v, v, 1, 0) : v128.shuffle<f32>(v, v, 3, 2, 1, 0);
}

// @ts-ignore: decorator
@inline
function accumulate<T>(re: usize, im: usize, ar: v128, ai: v128, window: v128): void {
  v128.store(re, v128.add<T>(v128.load(re), v128.mul<T>(ar, window)));
  v128.store(im, v128.add<T>(v128.load(im), v128.mul<T>(ai, window)));
}

/** What was written beyond either end of the grid belongs to its other end. `margin` is a multiple of 4. */
// @ts-ignore: decorator
@inline
export function wrapEnds<T>(grid: usize, numPoints: i32, margin: i32): void {
  const length: usize = (<usize>numPoints) * sizeof<T>();
  const reach: usize = (<usize>margin) * sizeof<T>();
  for (let at: usize = 0; at < reach; at += 16) {
    const start = grid + at;
    v128.store(start, v128.add<T>(v128.load(start), v128.load(start + length)));
    const end = start + length - reach;
    v128.store(end, v128.add<T>(v128.load(end), v128.load(end - length)));
  }
}
