/**
 * SIMD kernels of the search for the best row of a dictionary (AssemblyScript). Rows are single precision, their length
 * a multiple of 16, pointers 16-byte aligned; the caller owns the memory.
 */

/** First address that is free for the caller. */
export function firstAddress(): usize {
  return __heap_base;
}

// @ts-ignore: decorator
@inline
function sumOfLanes(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

/** out[k] = <row k, z> for `count` rows one after the other. Each sum is gathered in 16 parts. */
export function products(rows: usize, count: i32, length: i32, z: usize, out: usize): void {
  const bytes: usize = (<usize>length) << 2;
  let row = rows;
  for (let k = 0; k < count; k++) {
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    for (let at: usize = 0; at < bytes; at += 64) {
      const r = row + at;
      const s = z + at;
      a = f32x4.add(a, f32x4.mul(v128.load(r), v128.load(s)));
      b = f32x4.add(b, f32x4.mul(v128.load(r, 16), v128.load(s, 16)));
      c = f32x4.add(c, f32x4.mul(v128.load(r, 32), v128.load(s, 32)));
      d = f32x4.add(d, f32x4.mul(v128.load(r, 48), v128.load(s, 48)));
    }
    store<f32>(out + ((<usize>k) << 2), sumOfLanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d))));
    row += bytes;
  }
}

/** <row, z> in double precision; z is double too. */
export function exactProduct(row: usize, length: i32, z: usize): f64 {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  for (let k: usize = 0; k < <usize>length; k += 4) {
    const r = v128.load(row + (k << 2));
    const s = z + (k << 3);
    a = f64x2.add(a, f64x2.mul(f64x2.promote_low_f32x4(r), v128.load(s)));
    b = f64x2.add(b, f64x2.mul(f64x2.promote_low_f32x4(v128.shuffle<i32>(r, r, 2, 3, 2, 3)), v128.load(s, 16)));
  }
  const sum = f64x2.add(a, b);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** Sum of the squares of doubles. */
export function energy(values: usize, length: i32): f64 {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  for (let at: usize = 0; at < (<usize>length) << 3; at += 32) {
    const x = v128.load(values + at);
    const y = v128.load(values + at, 16);
    a = f64x2.add(a, f64x2.mul(x, x));
    b = f64x2.add(b, f64x2.mul(y, y));
  }
  const sum = f64x2.add(a, b);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** Doubles times `weight` to single precision; returns the sum of what is then there. */
export function storeRow(values: usize, length: i32, weight: f64, row: usize): f64 {
  const weights = f64x2.splat(weight);
  let sum = f64x2.splat(0);
  for (let k: usize = 0; k < <usize>length; k += 4) {
    const from = values + (k << 3);
    const low = f32x4.demote_f64x2_zero(f64x2.mul(weights, v128.load(from)));
    const high = f32x4.demote_f64x2_zero(f64x2.mul(weights, v128.load(from, 16)));
    sum = f64x2.add(sum, f64x2.add(f64x2.promote_low_f32x4(low), f64x2.promote_low_f32x4(high)));
    v128.store(row + (k << 2), v128.shuffle<f32>(low, high, 0, 1, 4, 5));
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** Norms of a row's blocks of 16, kept in `out`, [length / 16], where they are larger than what is there. */
export function raiseBlockNorms(row: usize, length: i32, out: usize): void {
  for (let block: usize = 0; block < (<usize>length) << 2; block += 64) {
    const a = v128.load(row + block);
    const b = v128.load(row + block, 16);
    const c = v128.load(row + block, 32);
    const d = v128.load(row + block, 48);
    const ab = f32x4.add(f32x4.mul(a, a), f32x4.mul(b, b));
    const cd = f32x4.add(f32x4.mul(c, c), f32x4.mul(d, d));
    const at = out + (block >> 4);
    store<f32>(at, max(load<f32>(at), sqrt<f32>(sumOfLanes(f32x4.add(ab, cd)))));
  }
}

/** The largest value of a row of values that are not negative. */
export function largest(row: usize, length: i32): f32 {
  let top = f32x4.splat(0);
  for (let at: usize = 0; at < (<usize>length) << 2; at += 16) top = f32x4.max(top, v128.load(row + at));
  return max(
    max(f32x4.extract_lane(top, 0), f32x4.extract_lane(top, 1)),
    max(f32x4.extract_lane(top, 2), f32x4.extract_lane(top, 3)),
  );
}

// @ts-ignore: decorator
@inline
function codesOf(values: v128, perStep: v128): v128 {
  return i32x4.trunc_sat_f32x4_u(f32x4.add(f32x4.mul(values, perStep), f32x4.splat(0.5)));
}

// @ts-ignore: decorator
@inline
function squaredError(values: v128, codes: v128, steps: v128): v128 {
  const error = f32x4.sub(values, f32x4.mul(f32x4.convert_i32x4_s(codes), steps));
  return f32x4.mul(error, error);
}

/**
 * Codes of a row in whole steps, 0 to 255, one byte each. Returns the energy of what they leave out.
 */
export function encode(row: usize, length: i32, step: f32, codes: usize): f32 {
  const steps = f32x4.splat(step);
  const perStep = f32x4.splat(1 / step);
  let energy = f32x4.splat(0);
  for (let k: usize = 0; k < <usize>length; k += 16) {
    const at = row + (k << 2);
    const va = v128.load(at);
    const vb = v128.load(at, 16);
    const vc = v128.load(at, 32);
    const vd = v128.load(at, 48);
    const a = codesOf(va, perStep);
    const b = codesOf(vb, perStep);
    const c = codesOf(vc, perStep);
    const d = codesOf(vd, perStep);
    v128.store(
      codes + k,
      i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(a, b), i16x8.narrow_i32x4_u(c, d)),
    );
    energy = f32x4.add(energy, squaredError(va, a, steps));
    energy = f32x4.add(energy, squaredError(vb, b, steps));
    energy = f32x4.add(energy, squaredError(vc, c, steps));
    energy = f32x4.add(energy, squaredError(vd, d, steps));
  }
  return sumOfLanes(energy);
}

/** out[k] = <codes of row k, z> for `count` rows one after the other; z in 16-bit integers. The sums must fit 32 bits. */
export function codedProducts(codes: usize, count: i32, length: i32, z: usize, out: usize): void {
  let row = codes;
  for (let k = 0; k < count; k++) {
    let a = i32x4.splat(0);
    let b = i32x4.splat(0);
    for (let at: usize = 0; at < <usize>length; at += 16) {
      const c = v128.load(row + at);
      const s = z + (at << 1);
      a = i32x4.add(a, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(c), v128.load(s)));
      b = i32x4.add(b, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(c), v128.load(s, 16)));
    }
    a = i32x4.add(a, b);
    store<i32>(
      out + ((<usize>k) << 2),
      i32x4.extract_lane(a, 0) + i32x4.extract_lane(a, 1) + i32x4.extract_lane(a, 2) + i32x4.extract_lane(a, 3),
    );
    row += <usize>length;
  }
}
