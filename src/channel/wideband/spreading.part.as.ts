/** From elements at arbitrary delays to a regular grid over one period of delay (AssemblyScript). */
import {
  doubledCosine,
  doubledSine,
  horner,
  quarterAngle,
  smallCosine,
  smallSine,
} from '../trigonometry.part.as';

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
  for (let at: usize = 0; at < (<usize>count) << 3; at += 16) {
    const tau = v128.load(delay + at);
    const t = quarterAngle(f64x2.mul(tau, reference));
    const z = f64x2.mul(t, t);
    const sin1 = smallSine(t, z);
    const cos1 = smallCosine(z);
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
    const periods = f64x2.mul(tau, spacing);
    v128.store(place + at, f64x2.mul(f64x2.sub(periods, f64x2.floor(periods)), points));
  }
}

/**
 * Adds every element to the twelve grid points around its place.
 *
 * @param grid planar with `gridImag` bytes from real to imaginary parts; up to six points are written before
 *   its first and after its last.
 * @param window the spreading function on three pairs of neighbouring points: twelve vectors each, its even and then its
 *   odd coefficients, highest power first. The other six points mirror these.
 */
export function spread(
  turned: usize,
  imag: usize,
  place: usize,
  count: i32,
  grid: usize,
  gridImag: usize,
  window: usize,
): void {
  for (let at: usize = 0; at < (<usize>count) << 3; at += 8) {
    const start = load<f64>(place + at) - 6.0;
    const first = Math.ceil(start);
    // From the middle between two grid points, in half a point.
    const x = f64x2.splat(2.0 * (first - start) - 1.0);
    const z = f64x2.mul(x, x);
    const ar = v128.load64_splat(turned + at);
    const ai = v128.load64_splat(turned + imag + at);
    const re = grid + ((<isize>first) << 3);
    const im = re + gridImag;
    const even0 = half(z, window);
    const odd0 = f64x2.mul(x, half(z, window + 96));
    const even1 = half(z, window + 192);
    const odd1 = f64x2.mul(x, half(z, window + 288));
    const even2 = half(z, window + 384);
    const odd2 = f64x2.mul(x, half(z, window + 480));
    accumulate(re, im, ar, ai, f64x2.add(even0, odd0));
    accumulate(re + 16, im + 16, ar, ai, f64x2.add(even1, odd1));
    accumulate(re + 32, im + 32, ar, ai, f64x2.add(even2, odd2));
    accumulate(re + 48, im + 48, ar, ai, mirrored(f64x2.sub(even2, odd2)));
    accumulate(re + 64, im + 64, ar, ai, mirrored(f64x2.sub(even1, odd1)));
    accumulate(re + 80, im + 80, ar, ai, mirrored(f64x2.sub(even0, odd0)));
  }
}

/** Five steps of Horner's rule. */
// @ts-ignore: decorator
@inline
function half(z: v128, coefficients: usize): v128 {
  let sum = horner(z, v128.load(coefficients), coefficients + 16);
  sum = horner(z, sum, coefficients + 32);
  sum = horner(z, sum, coefficients + 48);
  sum = horner(z, sum, coefficients + 64);
  return horner(z, sum, coefficients + 80);
}

// @ts-ignore: decorator
@inline
function mirrored(v: v128): v128 {
  return v128.shuffle<f64>(v, v, 1, 0);
}

// @ts-ignore: decorator
@inline
function accumulate(re: usize, im: usize, ar: v128, ai: v128, window: v128): void {
  v128.store(re, f64x2.add(v128.load(re), f64x2.mul(ar, window)));
  v128.store(im, f64x2.add(v128.load(im), f64x2.mul(ai, window)));
}

/** What was written beyond either end of the grid belongs to its other end. */
export function wrap(grid: usize, numPoints: i32, margin: i32): void {
  const length: usize = (<usize>numPoints) << 3;
  for (let at: usize = 0; at < (<usize>margin) << 3; at += 16) {
    const start = grid + at;
    v128.store(start, f64x2.add(v128.load(start), v128.load(start + length)));
    const end = start + length - ((<usize>margin) << 3);
    v128.store(end, f64x2.add(v128.load(end), v128.load(end - length)));
  }
}
