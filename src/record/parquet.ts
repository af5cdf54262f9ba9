/** Export of a recording to Parquet, one file per table. */
import path from 'node:path';
import { makeFolder, writing } from '../core/writing.js';
import { libraryPath } from './library-path.js';
import type { Recording } from './recording.js';
import { orderSql, TABLE_NAMES } from './schema.js';

/**
 * Writes `<table>.parquet` for every table into `folder` (created; files are overwritten). Rows are in the table's
 * order, so the same rows give the same file byte for byte.
 * @returns the paths
 * @throws BeamloopError FILE_UNWRITABLE.
 */
export async function exportParquet(recording: Recording, folder: string): Promise<string[]> {
  await makeFolder('The tables', folder);
  return writing('The tables', folder, async () => {
    const files: string[] = [];
    for (const table of TABLE_NAMES) {
      const file = path.join(folder, `${table}.parquet`);
      const quoted = libraryPath(file).replaceAll("'", "''");
      await recording.query(
        `COPY (SELECT * FROM ${table} ${orderSql(table)}) TO '${quoted}' (FORMAT PARQUET, COMPRESSION ZSTD)`,
      );
      files.push(file);
    }
    return files;
  });
}
