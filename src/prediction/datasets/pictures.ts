/** Pictures of a data set: files that it names, or bytes that are in its table. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Manifest } from './parquet/manifest.js';
import { readImageBytes } from './parquet/read-dataset.js';

export interface Pictures {
  /**
   * The bytes of a picture by its name in the data set; null where it is not there. Pictures that are in a table have to be asked
   * for in the table's order.
   */
  read(name: string): Promise<Uint8Array | null>;
  close(): Promise<void>;
}

/** @param folder that names count from. */
export function picturesInFiles(folder: string): Pictures {
  return {
    read: (name) => readFile(path.resolve(folder, name)).catch(() => null),
    close: async () => {},
  };
}

export function picturesOfDataset(folder: string, manifest: Manifest): Pictures {
  const files = picturesInFiles(manifest.source.folder ?? folder);
  if (manifest.kind !== 'samples') return files;
  const rows = readImageBytes(folder);
  let isOver = false;
  return {
    async read(name) {
      while (!isOver) {
        const { value, done } = await rows.next();
        isOver = done === true;
        if (value?.image === name) return value.bytes;
      }
      return files.read(name);
    },
    close: async () => {
      await rows.return(undefined);
    },
  };
}
