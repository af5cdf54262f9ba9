/** Received powers of codewords in single precision (AssemblyScript). Pointers are byte offsets. */

/** First address that is free for the caller. */
export function firstAddress(): usize {
  return __heap_base;
}

/**
 * out_k = |sum over g of wave_g weights_kg|^2 of each row k that is asked for.
 *
 * @param wave real parts, then imaginary ones, `half` bytes each: a multiple of 16.
 * @param weights rows like the wave.
 * @param rows which of them, i32, shape [numRows].
 * @param out f32, shape [numRows].
 */
export function powers(wave: usize, half: usize, weights: usize, rows: usize, numRows: i32, out: usize): void {
  for (let k: usize = 0; k < <usize>numRows; k++) {
    const row = weights + 2 * half * (<usize>load<i32>(rows + (k << 2)));
    let re = f32x4.splat(0);
    let im = f32x4.splat(0);
    for (let at: usize = 0; at < half; at += 16) {
      const ar = v128.load(wave + at);
      const ai = v128.load(wave + half + at);
      const br = v128.load(row + at);
      const bi = v128.load(row + half + at);
      re = f32x4.add(re, f32x4.sub(f32x4.mul(ar, br), f32x4.mul(ai, bi)));
      im = f32x4.add(im, f32x4.add(f32x4.mul(ar, bi), f32x4.mul(ai, br)));
    }
    const sumRe = sum(re);
    const sumIm = sum(im);
    store<f32>(out + (k << 2), sumRe * sumRe + sumIm * sumIm);
  }
}

// @ts-ignore: decorator
@inline
function sum(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}
