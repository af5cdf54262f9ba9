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
