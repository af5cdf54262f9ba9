/** Sums over elements, double precision (AssemblyScript). Complex vectors are planar, as screen.as.ts says. */
import { doubledCosine, doubledSine, quarterAngle, smallCosine, smallSine } from '../../kernels/trigonometry.part.as';

/**
 * h += gain * exp(-j 2 pi |p_n - u| turnsPerMetre) for elements on the y axis at `elementY` (docs/model.md eq. 3, 45).
 *
 * One loop would wait for its long chain of operations, of which a processor sees too few at a time; three short ones do not.
 *
 * @param scratch as long as h.
 */
export function addPath(
  h: usize,
  elementY: usize,
  length: i32,
  gainRe: f64,
  gainIm: f64,
  x: f64,
  y: f64,
  turnsPerMetre: f64,
  scratch: usize,
): void {
  const imag: usize = (<usize>length) << 3;
  const xx = f64x2.splat(x * x);
  const yy = f64x2.splat(y);
  const rate = f64x2.splat(turnsPerMetre);
  for (let at: usize = 0; at < imag; at += 16) {
    const dy = f64x2.sub(v128.load(elementY + at), yy);
    const turns = f64x2.mul(f64x2.sqrt(f64x2.add(xx, f64x2.mul(dy, dy))), rate);
    v128.store(scratch + at, quarterAngle(turns));
  }
  for (let at: usize = 0; at < imag; at += 16) {
    const t = v128.load(scratch + at);
    const z = f64x2.mul(t, t);
    v128.store(scratch + at, smallSine(t, z));
    v128.store(scratch + imag + at, smallCosine(z));
  }
  const gr = f64x2.splat(gainRe);
  const gi = f64x2.splat(gainIm);
  for (let at: usize = 0; at < imag; at += 16) {
    const sin1 = v128.load(scratch + at);
    const cos1 = v128.load(scratch + imag + at);
    const sin2 = doubledSine(sin1, cos1);
    const cos2 = doubledCosine(sin1);
    const sin = doubledSine(sin2, cos2);
    const cos = doubledCosine(sin2);
    const re = f64x2.add(f64x2.mul(gr, cos), f64x2.mul(gi, sin));
    const im = f64x2.sub(f64x2.mul(gi, cos), f64x2.mul(gr, sin));
    const sumRe = f64x2.add(v128.load(h + at), re);
    const sumIm = f64x2.add(v128.load(h + imag + at), im);
    v128.store(h + at, sumRe);
    v128.store(h + imag + at, sumIm);
  }
}

/** out = sum of a_n b_n (transpose product), double precision. */
export function dot(a: usize, b: usize, length: i32, out: usize): void {
  const imag: usize = (<usize>length) << 3;
  // Eight sums, because an addition takes longer than a turn of the loop.
  let rr = f64x2.splat(0);
  let ii = f64x2.splat(0);
  let ri = f64x2.splat(0);
  let ir = f64x2.splat(0);
  let rr2 = f64x2.splat(0);
  let ii2 = f64x2.splat(0);
  let ri2 = f64x2.splat(0);
  let ir2 = f64x2.splat(0);
  let aImag = a + imag;
  let bImag = b + imag;
  const end = aImag;
  while (a < end) {
    const ar = v128.load(a);
    const ai = v128.load(aImag);
    const br = v128.load(b);
    const bi = v128.load(bImag);
    rr = f64x2.add(rr, f64x2.mul(ar, br));
    ii = f64x2.add(ii, f64x2.mul(ai, bi));
    ri = f64x2.add(ri, f64x2.mul(ar, bi));
    ir = f64x2.add(ir, f64x2.mul(ai, br));
    const ar2 = v128.load(a, 16);
    const ai2 = v128.load(aImag, 16);
    const br2 = v128.load(b, 16);
    const bi2 = v128.load(bImag, 16);
    rr2 = f64x2.add(rr2, f64x2.mul(ar2, br2));
    ii2 = f64x2.add(ii2, f64x2.mul(ai2, bi2));
    ri2 = f64x2.add(ri2, f64x2.mul(ar2, bi2));
    ir2 = f64x2.add(ir2, f64x2.mul(ai2, br2));
    a += 32; aImag += 32; b += 32; bImag += 32;
  }
  const re = f64x2.sub(f64x2.add(rr, rr2), f64x2.add(ii, ii2));
  const im = f64x2.add(f64x2.add(ri, ri2), f64x2.add(ir, ir2));
  store<f64>(out, f64x2.extract_lane(re, 0) + f64x2.extract_lane(re, 1));
  store<f64>(out + 8, f64x2.extract_lane(im, 0) + f64x2.extract_lane(im, 1));
}

/** Sum of |a_n|^2, double precision. */
export function energy(a: usize, length: i32): f64 {
  let sum = f64x2.splat(0);
  for (let at: usize = 0; at < (<usize>length) << 4; at += 16) {
    const v = v128.load(a + at);
    sum = f64x2.add(sum, f64x2.mul(v, v));
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}
