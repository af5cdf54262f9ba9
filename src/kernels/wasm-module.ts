/** Loads kernels that the build compiled to WebAssembly from AssemblyScript. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BeamloopError } from '../core/errors.js';

/** Kernels' constants take a few hundred bytes; `instantiate` sees to it that they end before this. */
export const FIRST_ADDRESS = 4096;

/** Every kernel keeps its constants from address 0 on and says where they end; pointers are byte offsets. */
export interface WasmKernel {
  readonly memory: WebAssembly.Memory;
  firstAddress(): number;
}

const compiled = new Map<string, WebAssembly.Module>();

/**
 * An instance with `numBytes` of memory of its own.
 *
 * @param name of the compiled file, relative to src.
 * @throws BeamloopError FILE_NOT_FOUND when it was not built.
 */
export function instantiate<Kernel extends WasmKernel>(name: string, numBytes: number): Kernel {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(numBytes / 65_536) });
  const instance = new WebAssembly.Instance(moduleOf(name), { env: { memory } });
  const kernel = { ...(instance.exports as unknown as Kernel), memory };
  if (kernel.firstAddress() > FIRST_ADDRESS) throw new Error(`${name} needs more memory for its constants`);
  return kernel;
}

function moduleOf(name: string): WebAssembly.Module {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  // Tests run this file from src, where the build leaves nothing.
  const folder = import.meta.url.endsWith('.ts') ? '../../dist/src' : '..';
  const path = fileURLToPath(new URL(`${folder}/${name}`, import.meta.url));
  let bytes: Uint8Array<ArrayBuffer>;
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
  const module = new WebAssembly.Module(bytes);
  compiled.set(name, module);
  return module;
}
