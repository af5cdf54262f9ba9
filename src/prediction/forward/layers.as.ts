/**
 * Layers of the networks in single precision (AssemblyScript): what a tracking step needs, without TensorFlow. Pointers are byte
 * offsets; matrices are row-major.
 */

/** First address that is free for the caller. */
export function firstAddress(): usize {
  return __heap_base;
}

/** Activations. */
const RELU: i32 = 1;
const SIGMOID: i32 = 2;

/**
 * out = f(x w + b), four rows at a time where there are as many.
 *
 * @param x [rows, inputs], `xStride` bytes from row to row.
 * @param w [inputs, outputs].
 * @param b [outputs]; 0 = none.
 * @param activation 0 = none, 1 = ReLU, 2 = sigmoid.
 * @param out [rows, outputs], `outStride` bytes from row to row.
 */
export function dense(
  x: usize,
  xStride: usize,
  rows: i32,
  inputs: i32,
  w: usize,
  b: usize,
  outputs: i32,
  activation: i32,
  out: usize,
  outStride: usize,
): void {
  const row: usize = (<usize>outputs) << 2;
  let r = 0;
  for (; r + 2 <= rows; r += 2) {
    const x0 = x + (<usize>r) * xStride;
    const x1 = x0 + xStride;
    const o0 = out + (<usize>r) * outStride;
    const o1 = o0 + outStride;
    let at: usize = 0;
    for (; at + 64 <= row; at += 64) {
      let a0 = bias(b, at);
      let a1 = bias(b, at + 16);
      let a2 = bias(b, at + 32);
      let a3 = bias(b, at + 48);
      let c0 = a0;
      let c1 = a1;
      let c2 = a2;
      let c3 = a3;
      let from = w + at;
      const end = <usize>inputs << 2;
      for (let k: usize = 0; k < end; k += 4) {
        const w0 = v128.load(from);
        const w1 = v128.load(from, 16);
        const w2 = v128.load(from, 32);
        const w3 = v128.load(from, 48);
        const p = v128.load32_splat(x0 + k);
        const q = v128.load32_splat(x1 + k);
        a0 = f32x4.add(a0, f32x4.mul(p, w0));
        a1 = f32x4.add(a1, f32x4.mul(p, w1));
        a2 = f32x4.add(a2, f32x4.mul(p, w2));
        a3 = f32x4.add(a3, f32x4.mul(p, w3));
        c0 = f32x4.add(c0, f32x4.mul(q, w0));
        c1 = f32x4.add(c1, f32x4.mul(q, w1));
        c2 = f32x4.add(c2, f32x4.mul(q, w2));
        c3 = f32x4.add(c3, f32x4.mul(q, w3));
        from += row;
      }
      v128.store(o0 + at, activated(a0, activation));
      v128.store(o0 + at, activated(a1, activation), 16);
      v128.store(o0 + at, activated(a2, activation), 32);
      v128.store(o0 + at, activated(a3, activation), 48);
      v128.store(o1 + at, activated(c0, activation));
      v128.store(o1 + at, activated(c1, activation), 16);
      v128.store(o1 + at, activated(c2, activation), 32);
      v128.store(o1 + at, activated(c3, activation), 48);
    }
    narrow(x0, inputs, w, b, row, at, activation, o0);
    narrow(x1, inputs, w, b, row, at, activation, o1);
  }
  if (r < rows) narrow(x + (<usize>r) * xStride, inputs, w, b, row, 0, activation, out + (<usize>r) * outStride);
}

/** One row's outputs from byte `at` on. */
function narrow(
  x: usize,
  inputs: i32,
  w: usize,
  b: usize,
  row: usize,
  first: usize,
  activation: i32,
  out: usize,
): void {
  const end = (<usize>inputs) << 2;
  let at = first;
  for (; at + 16 <= row; at += 16) {
    let sum = bias(b, at);
    let from = w + at;
    for (let k: usize = 0; k < end; k += 4) {
      sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(x + k), v128.load(from)));
      from += row;
    }
    v128.store(out + at, activated(sum, activation));
  }
  // Outputs that fill no vector.
  for (; at < row; at += 4) {
    let sum: f32 = b == 0 ? 0 : load<f32>(b + at);
    let from = w + at;
    for (let k: usize = 0; k < end; k += 4) {
      sum += load<f32>(x + k) * load<f32>(from);
      from += row;
    }
    store<f32>(out + at, f32x4.extract_lane(activated(f32x4.splat(sum), activation), 0));
  }
}

// @ts-ignore: decorator
@inline
function bias(b: usize, at: usize): v128 {
  return b == 0 ? f32x4.splat(0) : v128.load(b + at);
}

// @ts-ignore: decorator
@inline
function activated(x: v128, activation: i32): v128 {
  if (activation == RELU) return f32x4.max(x, f32x4.splat(0));
  if (activation == SIGMOID) return sigmoid(x);
  return x;
}

/**
 * One slot of the gated recurrent unit, in place: g = n + z (g - n).
 *
 * @param input [rows, 3 hidden]: gates reset, update, fresh; `past` the recurrent products likewise.
 * @param state [rows, hidden].
 */
export function recur(input: usize, past: usize, state: usize, rows: i32, hidden: i32): void {
  const width: usize = (<usize>hidden) << 2;
  for (let r = 0; r < rows; r++) {
    for (let at: usize = 0; at < width; at += 16) {
      const i = input + at;
      const p = past + at;
      const reset = sigmoid(f32x4.add(v128.load(i), v128.load(p)));
      const update = sigmoid(f32x4.add(v128.load(i + width), v128.load(p + width)));
      const sum = f32x4.add(v128.load(i + 2 * width), f32x4.mul(reset, v128.load(p + 2 * width)));
      const fresh = hyperbolicTangent(sum);
      const before = v128.load(state + at);
      v128.store(state + at, f32x4.add(fresh, f32x4.mul(update, f32x4.sub(before, fresh))));
    }
    input += 3 * width;
    past += 3 * width;
    state += width;
  }
}

// @ts-ignore: decorator
@inline
function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(x))));
}

// @ts-ignore: decorator
@inline
function hyperbolicTangent(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.sub(f32x4.div(f32x4.splat(2), f32x4.add(one, exponential(f32x4.mul(x, f32x4.splat(-2))))), one);
}

/**
 * exp x = 2^n exp r with |r| <= ln 2 / 2, the second by its Taylor series to r^7, good to the last bit but one; x is clipped to
 * where neither overflows.
 */
// @ts-ignore: decorator
@inline
function exponential(x: v128): v128 {
  const clipped = f32x4.max(f32x4.min(x, f32x4.splat(87)), f32x4.splat(-87));
  const n = f32x4.nearest(f32x4.mul(clipped, f32x4.splat(1.4426950408889634)));
  // ln 2 in two parts, the first exact in products with n.
  let r = f32x4.sub(clipped, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let p = f32x4.splat(1.0 / 5040.0);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 720.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 120.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 24.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 6.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.5));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}
