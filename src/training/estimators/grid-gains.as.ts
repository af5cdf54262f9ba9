/** Power of weighted sums of complex rows (AssemblyScript, SIMD). */

/** First address that is free for the caller. */
export function firstAddress(): usize {
  return __heap_base;
}

/**
 * Takes a row into `rows`: 16 real parts in single precision, then their 16 imaginary parts, `stride` bytes apart.
 *
 * @param re,im double precision; @param length a multiple of 16.
 */
export function take(re: usize, im: usize, length: i32, rows: usize, stride: usize): void {
  let to = rows;
  for (let at: usize = 0; at < (<usize>length) << 3; at += 128) {
    for (let k: usize = 0; k < 128; k += 32) {
      v128.store(to + (k >> 1), demoted(re + at + k));
      v128.store(to + (k >> 1), demoted(im + at + k), 64);
    }
    to += stride;
  }
}

// @ts-ignore: decorator
@inline
function demoted(at: usize): v128 {
  const low = f32x4.demote_f64x2_zero(v128.load(at));
  const high = f32x4.demote_f64x2_zero(v128.load(at, 16));
  return v128.shuffle<f32>(low, high, 0, 1, 4, 5);
}

/**
 * out_i[m] = |sum over k of weights[i][k] row_k[m]|^2 for `numOut` rows of single precision, one after the other.
 *
 * @param rows as `take` leaves them: `count` of them, 128 bytes apart, so that what is needed at a time lies together.
 * @param weights [numOut][count]; @param length of a row, a multiple of 16.
 */
export function powers(
  rows: usize,
  stride: usize,
  count: i32,
  weights: usize,
  length: i32,
  out: usize,
  numOut: i32,
): void {
  const span = (<usize>length) << 2;
  const end = out + (<usize>numOut) * span;
  let first = rows;
  for (let at: usize = 0; at < span; at += 64) {
    const last = first + ((<usize>count) << 7);
    let w = weights;
    for (let to = out + at; to < end; to += span) {
      let re0 = f32x4.splat(0);
      let re1 = f32x4.splat(0);
      let re2 = f32x4.splat(0);
      let re3 = f32x4.splat(0);
      let im0 = f32x4.splat(0);
      let im1 = f32x4.splat(0);
      let im2 = f32x4.splat(0);
      let im3 = f32x4.splat(0);
      for (let row = first; row < last; row += 128) {
        const weight = v128.load32_splat(w);
        re0 = f32x4.add(re0, f32x4.mul(weight, v128.load(row)));
        re1 = f32x4.add(re1, f32x4.mul(weight, v128.load(row, 16)));
        re2 = f32x4.add(re2, f32x4.mul(weight, v128.load(row, 32)));
        re3 = f32x4.add(re3, f32x4.mul(weight, v128.load(row, 48)));
        im0 = f32x4.add(im0, f32x4.mul(weight, v128.load(row, 64)));
        im1 = f32x4.add(im1, f32x4.mul(weight, v128.load(row, 80)));
        im2 = f32x4.add(im2, f32x4.mul(weight, v128.load(row, 96)));
        im3 = f32x4.add(im3, f32x4.mul(weight, v128.load(row, 112)));
        w += 4;
      }
      v128.store(to, f32x4.add(f32x4.mul(re0, re0), f32x4.mul(im0, im0)));
      v128.store(to, f32x4.add(f32x4.mul(re1, re1), f32x4.mul(im1, im1)), 16);
      v128.store(to, f32x4.add(f32x4.mul(re2, re2), f32x4.mul(im2, im2)), 32);
      v128.store(to, f32x4.add(f32x4.mul(re3, re3), f32x4.mul(im3, im3)), 48);
    }
    first += stride;
  }
}
