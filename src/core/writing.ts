import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { BeamloopError } from './errors.js';

/**
 * Runs what writes into a folder.
 *
 * @param what what is written, as a sentence begins: `The report`.
 * @throws BeamloopError FILE_UNWRITABLE.
 */
export async function writing<T>(what: string, folder: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw new BeamloopError('FILE_UNWRITABLE', {
      what: `${what} cannot be written: ${(error as Error).message}`,
      where: folder,
      todo: 'Check that the folder is writable and the disk has room',
      cause: error,
    });
  }
}

/**
 * Makes a folder with all that it is in. Folder by folder: what Node does by itself never ends where a folder can neither be
 * found nor made, as in /proc.
 *
 * @param what as for `writing`.
 * @throws BeamloopError FILE_UNWRITABLE.
 */
export function makeFolder(what: string, folder: string): Promise<void> {
  return writing(what, folder, () => makeWithParents(path.resolve(folder)));
}

async function makeWithParents(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (found?.isDirectory()) return;
  if (found !== null) throw new Error(`${folder} is a file, not a folder`);
  await makeWithParents(path.dirname(folder));
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error; // somebody else made it meanwhile
  });
}
