/** Looks up the power gain of splitting beams in a table of two arguments (AssemblyScript). */

/** First address that is free for the caller. */
export function firstAddress(): usize {
  return __heap_base;
}

/** Lagrange's weights of the points -1, 0, 1 and 2 for a place t in [0, 1], by powers of t, highest first. */
const WEIGHTS = memory.data<f32>(
  [
    -1.0 / 6.0, 0.5, -0.5, 1.0 / 6.0,
    0.5, -1.0, 0.5, 0.0,
    -1.0 / 3.0, -0.5, 1.0, -1.0 / 6.0,
    0.0, 1.0, 0.0, 0.0,
  ],
  16,
);

/** Adding it rounds a double to a whole number and leaves that in its low bits. */
const ROUNDER: f64 = 6755399441055744.0;

// @ts-ignore: decorator
@inline
function weights(t: v128): v128 {
  let w = f32x4.add(f32x4.mul(t, v128.load(WEIGHTS)), v128.load(WEIGHTS, 16));
  w = f32x4.add(f32x4.mul(t, w), v128.load(WEIGHTS, 32));
  return f32x4.add(f32x4.mul(t, w), v128.load(WEIGHTS, 48));
}

/**
 * out_k = table(|u_k|, |v_k|), u_k = tilt_k - slope_k sinAngle wrapped to [-1, 1], v_k = bend_k - slope_k ring.
 *
 * @param table single precision, rows of `stride` bytes; its second number of its second row is that of u = v = 0.
 * @param columns per unit of u; @param rows per unit of v. The caller sees to it that v stays within the table.
 * @param tilt,bend,slope,out double precision; `count` is even.
 */
export function gains(
  table: usize,
  stride: usize,
  columns: f64,
  rows: f64,
  tilt: usize,
  bend: usize,
  slope: usize,
  count: i32,
  sinAngle: f64,
  ring: f64,
  out: usize,
): void {
  const rounder = f64x2.splat(ROUNDER);
  const half = f64x2.splat(0.5);
  for (let at: usize = 0; at < (<usize>count) << 3; at += 16) {
    const s = v128.load(slope + at);
    let u = f64x2.sub(v128.load(tilt + at), f64x2.mul(s, f64x2.splat(sinAngle)));
    u = f64x2.sub(u, f64x2.mul(f64x2.nearest(f64x2.mul(u, f64x2.splat(0.5))), f64x2.splat(2)));
    const v = f64x2.sub(v128.load(bend + at), f64x2.mul(s, f64x2.splat(ring)));
    const x = f64x2.mul(f64x2.abs(u), f64x2.splat(columns));
    const y = f64x2.mul(f64x2.abs(v), f64x2.splat(rows));
    // The largest whole number below, in the low bits; a whole number may go with the one below it.
    const i = f64x2.add(f64x2.sub(x, half), rounder);
    const j = f64x2.add(f64x2.sub(y, half), rounder);
    const t = f32x4.demote_f64x2_zero(f64x2.sub(x, f64x2.sub(i, rounder)));
    const r = f32x4.demote_f64x2_zero(f64x2.sub(y, f64x2.sub(j, rounder)));
    const one = interpolate(
      table + (<usize>i32x4.extract_lane(i, 0) << 2) + <usize>i32x4.extract_lane(j, 0) * stride,
      stride,
      v128.shuffle<f32>(t, t, 0, 0, 0, 0),
      v128.shuffle<f32>(r, r, 0, 0, 0, 0),
    );
    const two = interpolate(
      table + (<usize>i32x4.extract_lane(i, 2) << 2) + <usize>i32x4.extract_lane(j, 2) * stride,
      stride,
      v128.shuffle<f32>(t, t, 1, 1, 1, 1),
      v128.shuffle<f32>(r, r, 1, 1, 1, 1),
    );
    // Lanes 0 to 3 of each become one sum each.
    const halves = f32x4.add(
      v128.shuffle<f32>(one, two, 0, 4, 1, 5),
      v128.shuffle<f32>(one, two, 2, 6, 3, 7),
    );
    const sum = f32x4.add(halves, v128.shuffle<f32>(halves, halves, 2, 3, 2, 3));
    v128.store(out + at, f64x2.promote_low_f32x4(f32x4.max(sum, f32x4.splat(0))));
  }
}

// @ts-ignore: decorator
@inline
function interpolate(at: usize, stride: usize, t: v128, r: v128): v128 {
  const w = weights(r);
  let sum = f32x4.mul(v128.load(at), v128.shuffle<f32>(w, w, 0, 0, 0, 0));
  sum = f32x4.add(sum, f32x4.mul(v128.load(at + stride), v128.shuffle<f32>(w, w, 1, 1, 1, 1)));
  sum = f32x4.add(sum, f32x4.mul(v128.load(at + 2 * stride), v128.shuffle<f32>(w, w, 2, 2, 2, 2)));
  sum = f32x4.add(sum, f32x4.mul(v128.load(at + 3 * stride), v128.shuffle<f32>(w, w, 3, 3, 3, 3)));
  return f32x4.mul(sum, weights(t));
}
