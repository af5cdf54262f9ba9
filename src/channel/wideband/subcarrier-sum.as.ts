/** Kernels of the fast sum over elements (AssemblyScript). Pointers are 16-byte aligned; the caller owns the memory. */
export { prepare, spread, wrap } from './spreading.part.as';
export { transform } from './grid-fft.part.as';

/** First address that is free for the caller. */
export function firstAddress(): usize {
  return __heap_base;
}
