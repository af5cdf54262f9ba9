/**
 * Kernels of the fast sum over elements (AssemblyScript), in double precision and in single. Pointers are 16-byte aligned;
 * the caller owns the memory.
 */
import { dft } from '../../kernels/fft.part.as';
import { spreadOver, wrapEnds } from './spreading.part.as';

export { prepare } from './spreading.part.as';

/** First address that is free for the caller. */
export function firstAddress(): usize {
  return __heap_base;
}

export function spread(
  turned: usize,
  imag: usize,
  place: usize,
  count: i32,
  grid: usize,
  gridImag: usize,
  window: usize,
): void {
  spreadOver<f64>(turned, imag, place, count, grid, gridImag, window);
}

export function spreadSingle(
  turned: usize,
  imag: usize,
  place: usize,
  count: i32,
  grid: usize,
  gridImag: usize,
  window: usize,
): void {
  spreadOver<f32>(turned, imag, place, count, grid, gridImag, window);
}

export function wrap(
  grid: usize,
  numPoints: i32,
  margin: i32,
): void {
  wrapEnds<f64>(grid, numPoints, margin);
}

export function wrapSingle(
  grid: usize,
  numPoints: i32,
  margin: i32,
): void {
  wrapEnds<f32>(grid, numPoints, margin);
}

export function transform(
  grid: usize,
  gridImag: usize,
  length: i32,
  twiddles: usize,
  work: usize,
  work2: usize,
  factors: usize,
  lower: i32,
  upper: i32,
  out: usize,
  outImag: usize,
): void {
  dft<f64>(grid, gridImag, length, twiddles, work, work2, factors, lower, upper, out, outImag);
}

export function transformSingle(
  grid: usize,
  gridImag: usize,
  length: i32,
  twiddles: usize,
  work: usize,
  work2: usize,
  factors: usize,
  lower: i32,
  upper: i32,
  out: usize,
  outImag: usize,
): void {
  dft<f32>(grid, gridImag, length, twiddles, work, work2, factors, lower, upper, out, outImag);
}
