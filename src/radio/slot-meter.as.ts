/** Symbols of a slot to sums over symbols of a kind (AssemblyScript), in single precision; slot-meter.ts says what they are. */
import { dft } from '../kernels/fft.part.as';

const NUM_KINDS: usize = 3;

/** First address that is free for the caller. */
export function firstAddress(): usize {
  return __heap_base;
}

/**
 * Turns `count` samples by an angle that grows evenly: sample n by lanes[n % 4] step^(n / 4). Planar, as everything here.
 *
 * @param lanes four real parts, then four imaginary parts.
 */
function turned(
  from: usize,
  fromImag: usize,
  count: i32,
  lanes: usize,
  stepRe: f32,
  stepIm: f32,
  to: usize,
  toImag: usize,
): void {
  let cos = v128.load(lanes);
  let sin = v128.load(lanes, 16);
  const c = f32x4.splat(stepRe);
  const s = f32x4.splat(stepIm);
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) {
    const x = v128.load(from + at);
    const y = v128.load(from + fromImag + at);
    v128.store(to + at, f32x4.sub(f32x4.mul(x, cos), f32x4.mul(y, sin)));
    v128.store(to + toImag + at, f32x4.add(f32x4.mul(x, sin), f32x4.mul(y, cos)));
    const next = f32x4.sub(f32x4.mul(cos, c), f32x4.mul(sin, s));
    sin = f32x4.add(f32x4.mul(cos, s), f32x4.mul(sin, c));
    cos = next;
  }
}

/** Adds one symbol's pilots to its kind's sums; returns the sum of their powers. */
// @ts-ignore: decorator
@inline
function added(out: usize, outImag: usize, numPilots: i32, sums: usize, sumsImag: usize): f32 {
  let energy = f32x4.splat(0);
  for (let at: usize = 0; at < (<usize>numPilots) << 2; at += 16) {
    const x = v128.load(out + at);
    const y = v128.load(out + outImag + at);
    v128.store(sums + at, f32x4.add(v128.load(sums + at), x));
    v128.store(sums + sumsImag + at, f32x4.add(v128.load(sums + sumsImag + at), y));
    energy = f32x4.add(energy, f32x4.add(f32x4.mul(x, x), f32x4.mul(y, y)));
  }
  return (
    f32x4.extract_lane(energy, 0) +
    f32x4.extract_lane(energy, 1) +
    f32x4.extract_lane(energy, 2) +
    f32x4.extract_lane(energy, 3)
  );
}

/**
 * @param samples of the first symbol's transform on; those of the next are `step` bytes on. Planar with `imag` bytes between the parts.
 * @param turns per symbol, four real and four imaginary parts; not looked at where the step is 1 + 0j.
 * @param sums shape [3, numPilots], real parts, then `sumsImag` bytes on imaginary parts; are overwritten.
 * @param out of the lowest pilot; some numbers before and after the pilots are overwritten.
 * @returns sum of the powers of all pilots of all symbols.
 */
export function measure(
  samples: usize,
  imag: usize,
  step: usize,
  numSymbols: i32,
  fftSize: i32,
  turns: usize,
  stepRe: f32,
  stepIm: f32,
  grid: usize,
  twiddles: usize,
  work: usize,
  work2: usize,
  factors: usize,
  numPilots: i32,
  out: usize,
  outImag: usize,
  sums: usize,
  sumsImag: usize,
): f64 {
  const half = numPilots >> 1;
  const kindBytes: usize = (<usize>numPilots) << 2;
  const gridImag: usize = ((<usize>fftSize) << 2) + 64;
  memory.fill(sums, 0, NUM_KINDS * kindBytes);
  memory.fill(sums + sumsImag, 0, NUM_KINDS * kindBytes);
  let energy: f64 = 0;
  for (let j = 0; j < numSymbols; j++) {
    let from = samples + (<usize>j) * step;
    let fromImag = imag;
    if (stepIm != 0 || stepRe != 1) {
      turned(from, imag, fftSize, turns + ((<usize>j) << 5), stepRe, stepIm, grid, gridImag);
      from = grid;
      fromImag = gridImag;
    }
    dft<f32>(from, fromImag, fftSize, twiddles, work, work2, factors, half, half, out + ((<usize>half) << 2), outImag);
    energy += <f64>added(out, outImag, numPilots, sums + ((<usize>j) % NUM_KINDS) * kindBytes, sumsImag);
  }
  return energy;
}
