/**
 * A convolution of 3 x 3 with a largest-of-2 x 2 pooling and ReLU in one (AssemblyScript). Pointers are byte offsets; pictures
 * have a border of one pixel of zeros and are channels-last.
 */

/** First address that is free for the caller. */
export function firstAddress(): usize {
  return __heap_base;
}

/**
 * out = relu(max over 2 x 2 of (x * w + b)).
 *
 * @param x [height + 2, width + 2, inputs].
 * @param w [outputs / 4, inputs, 9, 4].
 * @param b [outputs], a multiple of 4.
 * @param out [floor(height / 2) + 2, floor(width / 2) + 2, outputs]; its border is left as it is.
 */
export function block(
  x: usize,
  height: i32,
  width: i32,
  inputs: i32,
  w: usize,
  b: usize,
  outputs: i32,
  out: usize,
): void {
  const pixel = (<usize>inputs) << 2;
  const row = (<usize>(width + 2)) * pixel;
  const outPixel = (<usize>outputs) << 2;
  const outRow = (<usize>((width >> 1) + 2)) * outPixel;
  for (let r = 0; r < height >> 1; r++) {
    let from = x + (<usize>(2 * r)) * row;
    let to = out + (<usize>(r + 1)) * outRow + outPixel;
    for (let c = 0; c < width >> 1; c++) {
      let weights = w;
      for (let at: usize = 0; at < outPixel; at += 16) {
        const bias = v128.load(b + at);
        let a = bias;
        let e = bias;
        let f = bias;
        let g = bias;
        for (let k: usize = 0; k < pixel; k += 4) {
          const w0 = v128.load(weights);
          const w1 = v128.load(weights, 16);
          const w2 = v128.load(weights, 32);
          const w3 = v128.load(weights, 48);
          const w4 = v128.load(weights, 64);
          const w5 = v128.load(weights, 80);
          const w6 = v128.load(weights, 96);
          const w7 = v128.load(weights, 112);
          const w8 = v128.load(weights, 128);
          weights += 144;
          // Rows of the 4 x 4 pixels that the four places see.
          let p = from + k;
          let x0 = v128.load32_splat(p);
          let x1 = v128.load32_splat(p + pixel);
          let x2 = v128.load32_splat(p + 2 * pixel);
          let x3 = v128.load32_splat(p + 3 * pixel);
          a = three(a, x0, x1, x2, w0, w1, w2);
          e = three(e, x1, x2, x3, w0, w1, w2);
          p += row;
          x0 = v128.load32_splat(p);
          x1 = v128.load32_splat(p + pixel);
          x2 = v128.load32_splat(p + 2 * pixel);
          x3 = v128.load32_splat(p + 3 * pixel);
          a = three(a, x0, x1, x2, w3, w4, w5);
          e = three(e, x1, x2, x3, w3, w4, w5);
          f = three(f, x0, x1, x2, w0, w1, w2);
          g = three(g, x1, x2, x3, w0, w1, w2);
          p += row;
          x0 = v128.load32_splat(p);
          x1 = v128.load32_splat(p + pixel);
          x2 = v128.load32_splat(p + 2 * pixel);
          x3 = v128.load32_splat(p + 3 * pixel);
          a = three(a, x0, x1, x2, w6, w7, w8);
          e = three(e, x1, x2, x3, w6, w7, w8);
          f = three(f, x0, x1, x2, w3, w4, w5);
          g = three(g, x1, x2, x3, w3, w4, w5);
          p += row;
          x0 = v128.load32_splat(p);
          x1 = v128.load32_splat(p + pixel);
          x2 = v128.load32_splat(p + 2 * pixel);
          x3 = v128.load32_splat(p + 3 * pixel);
          f = three(f, x0, x1, x2, w6, w7, w8);
          g = three(g, x1, x2, x3, w6, w7, w8);
        }
        const most = f32x4.max(f32x4.max(a, e), f32x4.max(f, g));
        v128.store(to + at, f32x4.max(most, f32x4.splat(0)));
      }
      from += 2 * pixel;
      to += outPixel;
    }
  }
}

// @ts-ignore: decorator
@inline
function three(sum: v128, x0: v128, x1: v128, x2: v128, w0: v128, w1: v128, w2: v128): v128 {
  const two = f32x4.add(f32x4.mul(x0, w0), f32x4.mul(x1, w1));
  return f32x4.add(sum, f32x4.add(two, f32x4.mul(x2, w2)));
}
