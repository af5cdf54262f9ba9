/** Export of a recording to Parquet, one file per table. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { BeamloopError } from '../core/errors.js';
import type { Recording } from './recording.js';
import { orderSql, TABLE_NAMES } from './schema.js';

/**
 * Writes `<table>.parquet` for every table into `folder` (created; files are overwritten). Rows are in the table's
 * order, so the same rows give the same file byte for byte.
 * @returns the paths
 * @throws BeamloopError FILE_UNWRITABLE.
 */
export async function exportParquet(recording: Recording, folder: string): Promise<string[]> {
  const files = TABLE_NAMES.map((table) => path.join(folder, `${table}.parquet`));
  try {
    await mkdir(folder, { recursive: true });
    for (const [k, table] of TABLE_NAMES.entries()) {
      const quoted = files[k]!.replaceAll("'", "''");
      await recording.query(
        `COPY (SELECT * FROM ${table} ${orderSql(table)}) TO '${quoted}' (FORMAT PARQUET, COMPRESSION ZSTD)`,
      );
    }
  } catch (error) {
    throw new BeamloopError('FILE_UNWRITABLE', {
      what: `The tables cannot be written: ${(error as Error).message}`,
      where: folder,
      todo: 'Check that the folder is writable and the disk has room',
      cause: error,
    });
  }
  return files;
}
