/** Writes data sets: a Parquet file with a row per sample, window or user, and a manifest beside it. */
import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BeamloopError } from '../../../core/errors.js';
import { VERSION } from '../../../core/version.js';
import { makeFolder, writing } from '../../../core/writing.js';
import { duckdb } from '../../../record/duckdb.js';
import { libraryPath } from '../../../record/library-path.js';
import { type DatasetKind, type DatasetRow, TABLES, WRITERS } from './columns.js';
import { hashOf } from './hash.js';
import { FORMAT, FORMAT_VERSION, MANIFEST, type ManifestOf } from './manifest.js';

/** What a kind's manifest says beside what is known of every data set once its rows are written. */
export type Told<K extends DatasetKind> = Omit<
  ManifestOf<K>,
  'format' | 'formatVersion' | 'madeBy' | 'kind' | 'table' | 'numRows' | 'contentHash'
>;

/** Rows that are handed over at a time. */
const ROWS_AT_ONCE = 1000;

/**
 * Writes `<kind>.parquet`, then `manifest.json`: a folder without the latter is no data set. The same rows give the same
 * file, byte for byte. What was begun is removed when `rows` throws.
 *
 * @param tell called after the last row.
 * @throws BAD_ARGUMENT for a folder that holds a data set, FILE_UNWRITABLE, and what `rows` throws.
 */
export async function writeDataset<K extends DatasetKind>(
  folder: string,
  kind: K,
  rows: AsyncIterable<DatasetRow<K>>,
  tell: () => Told<K>,
): Promise<ManifestOf<K>> {
  if (existsSync(path.join(folder, MANIFEST))) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: 'The folder holds a data set already',
      where: folder,
      todo: 'Name another folder, or delete that one',
    });
  }
  // Refuses folders that DuckDB cannot write to, before there is one.
  libraryPath(path.join(folder, MANIFEST));
  await makeFolder('The data set', folder);
  const table = `${kind}.parquet`;
  const file = path.join(folder, table);
  const partial = `${file}.partial`;
  // On disk, not in memory: a data set with its images may have gigabytes.
  const scratch = path.join(folder, `.${kind}.duckdb`);
  try {
    const numRows = await writeTable(scratch, partial, kind, rows);
    const told = tell();
    const contentHash = await hashOf(partial);
    const manifest = {
      ...{ format: FORMAT, formatVersion: FORMAT_VERSION, kind, madeBy: `beamloop ${VERSION}` },
      ...{ table, numRows, contentHash },
      ...told,
    } as unknown as ManifestOf<K>;
    await writing('The data set', folder, async () => {
      await rename(partial, file);
      await writeFile(`${path.join(folder, MANIFEST)}.new`, `${JSON.stringify(manifest, null, 2)}\n`);
      await rename(`${path.join(folder, MANIFEST)}.new`, path.join(folder, MANIFEST));
    });
    return manifest;
  } finally {
    for (const left of [partial, scratch, `${scratch}.wal`, `${scratch}.tmp`]) {
      await rm(left, { recursive: true, force: true });
    }
  }
}

async function writeTable<K extends DatasetKind>(
  scratch: string,
  file: string,
  kind: K,
  rows: AsyncIterable<DatasetRow<K>>,
): Promise<number> {
  await rm(scratch, { force: true });
  // One thread: the order of rows is then fixed.
  const open = () => duckdb().DuckDBInstance.create(libraryPath(scratch), { threads: '1' });
  const instance = await writing('The data set', path.dirname(file), open);
  try {
    const connection = await instance.connect();
    const columns = Object.entries(TABLES[kind]);
    await connection.run(
      `CREATE TABLE ${kind} (${columns.map(([name, type]) => `"${name}" ${type}`).join(', ')})`,
    );
    const appender = await connection.createAppender(kind);
    let numRows = 0;
    for await (const row of rows) {
      for (const [name, type] of columns) {
        const value = row[name as keyof DatasetRow<K>];
        if (value === null) appender.appendNull();
        else WRITERS[type](appender, value);
      }
      appender.endRow();
      numRows += 1;
      if (numRows % ROWS_AT_ONCE === 0) appender.flushSync();
    }
    appender.closeSync();
    await writing('The data set', path.dirname(file), () =>
      connection.run(
        `COPY (SELECT * FROM ${kind} ORDER BY "row") TO '${libraryPath(file).replaceAll("'", "''")}' ` +
          `(FORMAT PARQUET, COMPRESSION ZSTD, KV_METADATA {beamloop_dataset: '${kind}', version: '${FORMAT_VERSION}'})`,
      ),
    );
    connection.closeSync();
    return numRows;
  } finally {
    instance.closeSync();
  }
}
