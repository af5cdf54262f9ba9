/** Files of numpy with several named arrays, `.npz`: a zip archive of `.npy` files. */
import { createRequire } from 'node:module';
import { once } from '../../../core/once.js';
import { invalid } from '../problems.js';
import type { NumberArray } from './matrix.js';
import { readNpy } from './npy.js';

/** Loaded when the first archive is read, as src/core/yaml.ts says. */
const fflate = once(() => createRequire(import.meta.url)('fflate') as typeof import('fflate'));

/**
 * Reads one array.
 *
 * @param name of the array; where the file holds only one, that is taken whatever its name.
 * @throws DATASET_INVALID for what is no such file, lacks the array, is cut off or damaged.
 */
export function readNpz(bytes: Uint8Array, name: string, file: string): NumberArray {
  let entries: Record<string, Uint8Array>;
  try {
    entries = fflate().unzipSync(bytes);
  } catch (cause) {
    throw invalid(
      `The file cannot be unpacked: ${(cause as Error).message}`,
      file,
      'Copy or download the file again',
      cause,
    );
  }
  const names = Object.keys(entries);
  const wanted = `${name}.npy`;
  const found = names.includes(wanted) ? wanted : names.length === 1 ? names[0]! : undefined;
  if (found !== undefined) return readNpy(entries[found]!, `${file}:${found}`);
  throw invalid(
    `The file holds no array '${name}': ${names.join(', ') || 'it is empty'}`,
    file,
    `Save the array under the name ${name}`,
  );
}
