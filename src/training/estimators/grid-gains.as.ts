/** Power of weighted sums of complex rows (AssemblyScript, SIMD). */

/** First address that is free for the caller. */
export function firstAddress(): usize {
  return __heap_base;
}

/**
 * out_i[m] = |sum over k of weights[i][k] row_k[m]|^2 for `numOut` rows of single precision, one after the other.
 *
 * @param rows `count` rows of real parts, `stride` bytes apart; the imaginary parts lie `imag` bytes further.
 * @param weights [numOut][count]; @param length of a row, a multiple of 16.
 */
export function powers(
  rows: usize,
  stride: usize,
  imag: usize,
  count: i32,
  weights: usize,
  length: i32,
  out: usize,
  numOut: i32,
): void {
  const span = (<usize>length) << 2;
  const last = rows + (<usize>count) * stride;
  for (let at: usize = 0; at < span; at += 64) {
    let w = weights;
    // All rows of results from the same columns while they are near.
    for (let to = out + at; to < out + (<usize>numOut) * span; to += span) {
      let re0 = f32x4.splat(0);
      let re1 = f32x4.splat(0);
      let re2 = f32x4.splat(0);
      let re3 = f32x4.splat(0);
      let im0 = f32x4.splat(0);
      let im1 = f32x4.splat(0);
      let im2 = f32x4.splat(0);
      let im3 = f32x4.splat(0);
      for (let row = rows + at; row < last; row += stride) {
        const weight = v128.load32_splat(w);
        const other = row + imag;
        re0 = f32x4.add(re0, f32x4.mul(weight, v128.load(row)));
        re1 = f32x4.add(re1, f32x4.mul(weight, v128.load(row, 16)));
        re2 = f32x4.add(re2, f32x4.mul(weight, v128.load(row, 32)));
        re3 = f32x4.add(re3, f32x4.mul(weight, v128.load(row, 48)));
        im0 = f32x4.add(im0, f32x4.mul(weight, v128.load(other)));
        im1 = f32x4.add(im1, f32x4.mul(weight, v128.load(other, 16)));
        im2 = f32x4.add(im2, f32x4.mul(weight, v128.load(other, 32)));
        im3 = f32x4.add(im3, f32x4.mul(weight, v128.load(other, 48)));
        w += 4;
      }
      v128.store(to, f32x4.add(f32x4.mul(re0, re0), f32x4.mul(im0, im0)));
      v128.store(to, f32x4.add(f32x4.mul(re1, re1), f32x4.mul(im1, im1)), 16);
      v128.store(to, f32x4.add(f32x4.mul(re2, re2), f32x4.mul(im2, im2)), 32);
      v128.store(to, f32x4.add(f32x4.mul(re3, re3), f32x4.mul(im3, im3)), 48);
    }
  }
}
