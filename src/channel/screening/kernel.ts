/** Loads kernel.as.ts, compiled to WebAssembly by the build. */
import { instantiate, type WasmKernel } from '../../kernels/wasm-module.js';

/** Pointers are byte offsets into `memory`; kernel.as.ts says what each function does. */
export interface Kernel extends WasmKernel {
  addPath(
    h: number,
    elementY: number,
    length: number,
    gainRe: number,
    gainIm: number,
    x: number,
    y: number,
    turnsPerMetre: number,
    scratch: number,
  ): void;
  dot(a: number, b: number, length: number, out: number): void;
  energy(a: number, length: number): number;
  toSingle(from: number, to: number, count: number): void;
  chirpFold(x: number, chirp: number, length: number, numAngles: number, out: number): void;
  chirpedFft(
    x: number,
    chirp: number,
    scratch: number,
    scratch2: number,
    out: number,
    length: number,
    twiddles: number,
  ): void;
  powers(bins: number, alpha: number, noise: number, noiseImag: number, length: number, out: number): number;
  candidates(
    power: number,
    residual: number,
    count: number,
    level: number,
    margin: number,
    out: number,
  ): number;
  estimates(columns: number, count: number, windows: number, numAngles: number, out: number): void;
}

/** A kernel with `numBytes` of memory of its own. */
export function createKernel(numBytes: number): Kernel {
  return instantiate<Kernel>('channel/screening/screen.wasm', numBytes);
}
