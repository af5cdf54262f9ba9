/** Sine and cosine of two angles at once (AssemblyScript). */

/**
 * sin x = x + x^3 P(x^2) and cos x = 1 - x^2/2 + x^4 Q(x^2) on [-pi/4, pi/4]: Taylor to x^13 and x^14, good to 3e-14. Both
 * lanes are in memory, highest power first, because engines build vector constants anew in every turn of a loop.
 */
const SINE = memory.data<f64>(
  [
    1.0 / 6227020800.0, 1.0 / 6227020800.0,
    -1.0 / 39916800.0, -1.0 / 39916800.0,
    1.0 / 362880.0, 1.0 / 362880.0,
    -1.0 / 5040.0, -1.0 / 5040.0,
    1.0 / 120.0, 1.0 / 120.0,
    -1.0 / 6.0, -1.0 / 6.0,
  ],
  16,
);
const COSINE = memory.data<f64>(
  [
    -1.0 / 87178291200.0, -1.0 / 87178291200.0,
    1.0 / 479001600.0, 1.0 / 479001600.0,
    -1.0 / 3628800.0, -1.0 / 3628800.0,
    1.0 / 40320.0, 1.0 / 40320.0,
    -1.0 / 720.0, -1.0 / 720.0,
    1.0 / 24.0, 1.0 / 24.0,
    -0.5, -0.5,
    1.0, 1.0,
  ],
  16,
);
const HALF_PI = memory.data<f64>([1.5707963267948966, 1.5707963267948966], 16);

// @ts-ignore: decorator
@inline
export function horner(z: v128, sum: v128, coefficient: usize): v128 {
  return f64x2.add(f64x2.mul(z, sum), v128.load(coefficient));
}

/** A quarter of the angle of so many turns, rad: whole turns go first, exactly, and the rest suits the polynomials. */
// @ts-ignore: decorator
@inline
export function quarterAngle(turns: v128): v128 {
  return f64x2.mul(f64x2.sub(turns, f64x2.nearest(turns)), v128.load(HALF_PI));
}

/** @param z the square of x. */
// @ts-ignore: decorator
@inline
export function smallSine(x: v128, z: v128): v128 {
  let p = horner(z, v128.load(SINE), SINE + 16);
  p = horner(z, p, SINE + 32);
  p = horner(z, p, SINE + 48);
  p = horner(z, p, SINE + 64);
  p = horner(z, p, SINE + 80);
  return f64x2.add(x, f64x2.mul(f64x2.mul(x, z), p));
}

/** @param z the square of x. */
// @ts-ignore: decorator
@inline
export function smallCosine(z: v128): v128 {
  let q = horner(z, v128.load(COSINE), COSINE + 16);
  q = horner(z, q, COSINE + 32);
  q = horner(z, q, COSINE + 48);
  q = horner(z, q, COSINE + 64);
  q = horner(z, q, COSINE + 80);
  q = horner(z, q, COSINE + 96);
  return horner(z, q, COSINE + 112);
}

/** sin 2x. */
// @ts-ignore: decorator
@inline
export function doubledSine(sine: v128, cosine: v128): v128 {
  return f64x2.mul(f64x2.add(sine, sine), cosine);
}

/** cos 2x. */
// @ts-ignore: decorator
@inline
export function doubledCosine(sine: v128): v128 {
  return f64x2.sub(v128.load(COSINE + 112), f64x2.mul(f64x2.add(sine, sine), sine));
}
