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

/** Sum of the squares of a row in double precision. */
export function energy(row: usize, length: i32): f64 {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  for (let at: usize = 0; at < (<usize>length) << 2; at += 16) {
    const values = v128.load(row + at);
    const low = f64x2.promote_low_f32x4(values);
    const high = f64x2.promote_low_f32x4(v128.shuffle<i32>(values, values, 2, 3, 2, 3));
    a = f64x2.add(a, f64x2.mul(low, low));
    b = f64x2.add(b, f64x2.mul(high, high));
  }
  const sum = f64x2.add(a, b);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

// @ts-ignore: decorator
@inline
function largest(row: usize, length: i32): f32 {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  for (let at: usize = 0; at < (<usize>length) << 2; at += 32) {
    a = f32x4.max(a, v128.load(row + at));
    b = f32x4.max(b, v128.load(row + at, 16));
  }
  const top = f32x4.max(a, b);
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

// @ts-ignore: decorator
@inline
function plusPairs(sum: v128, values: v128): v128 {
  const high = v128.shuffle<i32>(values, values, 2, 3, 2, 3);
  return f64x2.add(sum, f64x2.add(f64x2.promote_low_f32x4(values), f64x2.promote_low_f32x4(high)));
}

/**
 * Codes a row of values that are not negative, times `weight`, in whole steps of 1/255 of its largest value, one byte
 * each.
 *
 * @param norms of the row's blocks of 16, single precision [length / 16], kept where larger than what is there.
 * @param out three doubles: the sum of the row, the step (1 for a row of zeros), the energy of what the codes leave out.
 */
export function codeRow(row: usize, length: i32, weight: f64, codes: usize, norms: usize, out: usize): void {
  const weights = f32x4.splat(<f32>weight);
  const top = largest(row, length) * <f32>weight;
  const step: f32 = top > 0 ? top / 255 : 1;
  const steps = f32x4.splat(step);
  const perStep = f32x4.splat(1 / step);
  let sum = f64x2.splat(0);
  let missed = f32x4.splat(0);
  for (let k: usize = 0; k < <usize>length; k += 16) {
    const at = row + (k << 2);
    const va = f32x4.mul(weights, v128.load(at));
    const vb = f32x4.mul(weights, v128.load(at, 16));
    const vc = f32x4.mul(weights, v128.load(at, 32));
    const vd = f32x4.mul(weights, v128.load(at, 48));
    sum = plusPairs(plusPairs(plusPairs(plusPairs(sum, va), vb), vc), vd);

    const ab = f32x4.add(f32x4.mul(va, va), f32x4.mul(vb, vb));
    const cd = f32x4.add(f32x4.mul(vc, vc), f32x4.mul(vd, vd));
    const norm = norms + (k >> 2);
    store<f32>(norm, max(load<f32>(norm), sqrt<f32>(sumOfLanes(f32x4.add(ab, cd)))));

    const a = codesOf(va, perStep);
    const b = codesOf(vb, perStep);
    const c = codesOf(vc, perStep);
    const d = codesOf(vd, perStep);
    v128.store(
      codes + k,
      i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(a, b), i16x8.narrow_i32x4_u(c, d)),
    );
    missed = f32x4.add(missed, f32x4.add(squaredError(va, a, steps), squaredError(vb, b, steps)));
    missed = f32x4.add(missed, f32x4.add(squaredError(vc, c, steps), squaredError(vd, d, steps)));
  }
  store<f64>(out, f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
  store<f64>(out + 8, step);
  store<f64>(out + 16, sumOfLanes(missed));
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

/** Mean of those of `count` doubles that are not above the limit; NaN where all are. */
export function meanUpTo(limit: f64, z: usize, count: i32): f64 {
  let sum: f64 = 0;
  let taken = 0;
  for (let at = z; at < z + ((<usize>count) << 3); at += 8) {
    const value = load<f64>(at);
    if (value <= limit) {
      sum += value;
      taken++;
    }
  }
  return sum / <f64>taken;
}

/** @param out two doubles: energy of `count` doubles around a centre, and the largest distance from it. */
export function measurePowers(z: usize, count: i32, centre: f64, out: usize): void {
  let energy: f64 = 0;
  let most: f64 = 0;
  for (let at = z; at < z + ((<usize>count) << 3); at += 8) {
    const above = load<f64>(at) - centre;
    energy += above * above;
    most = max(most, abs(above));
  }
  store<f64>(out, energy);
  store<f64>(out, most, 8);
}

/**
 * Codes `count` doubles around a centre in whole steps, 16 bits each.
 *
 * @param norms of what is above the centre in each block of 16, times `scale`, single precision.
 * @returns the energy of what the codes leave out.
 */
export function codePowers(
  z: usize,
  count: i32,
  centre: f64,
  step: f64,
  codes: usize,
  scale: f64,
  norms: usize,
): f64 {
  const perStep = 1 / step;
  let missed: f64 = 0;
  for (let block = 0; block < count; block += 16) {
    let energy: f64 = 0;
    const end = min(count, block + 16);
    for (let k = block; k < end; k++) {
      const above = load<f64>(z + ((<usize>k) << 3)) - centre;
      const code = nearest(above * perStep);
      store<i16>(codes + ((<usize>k) << 1), <i16>code);
      const error = above - code * step;
      missed += error * error;
      // What lies below can only lower a product.
      const positive = max(above, 0);
      energy += positive * positive;
    }
    store<f32>(norms + ((<usize>block) >> 2), <f32>(sqrt(energy) * scale));
  }
  return missed;
}
