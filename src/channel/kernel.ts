/** Loads kernel.as.ts, compiled to WebAssembly by the build. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BeamloopError } from '../core/errors.js';
import { FIRST_ADDRESS } from './kernel-memory.js';

/** Pointers are byte offsets into `memory`; kernel.as.ts says what each function does. */
export interface Kernel {
  readonly memory: WebAssembly.Memory;
  /** The kernel's constants lie below this address. */
  firstAddress(): number;
  addPath(
    h: number,
    elementY: number,
    length: number,
    gainRe: number,
    gainIm: number,
    x: number,
    y: number,
    turnsPerMetre: number,
  ): void;
  dot(a: number, b: number, length: number, out: number): void;
  energy(a: number, length: number): number;
  toSingle(from: number, to: number, count: number): void;
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
}

let compiled: WebAssembly.Module | undefined;

function kernelModule(): WebAssembly.Module {
  if (compiled === undefined) {
    // Tests run this file from src, where the build leaves nothing.
    const relative = import.meta.url.endsWith('.ts') ? '../../dist/src/channel/kernel.wasm' : './kernel.wasm';
    const path = fileURLToPath(new URL(relative, import.meta.url));
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(path);
    } catch (cause) {
      throw new BeamloopError('FILE_NOT_FOUND', {
        what: 'The compiled numerical kernel is missing',
        where: path,
        todo: 'Run npm run build',
        cause,
      });
    }
    compiled = new WebAssembly.Module(bytes);
  }
  return compiled;
}

/** A kernel with `numBytes` of memory of its own. */
export function createKernel(numBytes: number): Kernel {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(numBytes / 65_536) });
  const instance = new WebAssembly.Instance(kernelModule(), { env: { memory } });
  const kernel = { ...(instance.exports as unknown as Kernel), memory };
  if (kernel.firstAddress() > FIRST_ADDRESS)
    throw new Error('the kernel needs more memory for its constants');
  return kernel;
}
