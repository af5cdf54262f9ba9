/** Reads data sets back: samples as columns, paths user by user, windows of either kind with the split by passes. */
import path from 'node:path';
import { duckdb } from '../../../record/duckdb.js';
import { libraryPath } from '../../../record/library-path.js';
import type { UserPaths } from '../deepmimo/user-paths.js';
import { invalid } from '../problems.js';
import { TABLES } from './columns.js';
import { hashOf } from './hash.js';
import { type Manifest, type ManifestOf, readManifest } from './manifest.js';

/** Samples as columns, [numSamples] each; no objects per sample. */
export interface SampleColumns {
  readonly manifest: ManifestOf<'samples'>;
  readonly numSamples: number;
  readonly pass: Int32Array;
  readonly segment: Int32Array;
  /** From 0; -1 where it is not known. */
  readonly label: Int32Array;
  /** NaN where nobody knows. */
  readonly timeS: Float64Array;
  readonly xM: Float64Array;
  readonly yM: Float64Array;
  /** Paths from `manifest.source.folder`. */
  readonly image: readonly (string | null)[];
  readonly user: readonly (string | null)[];
  /** Shape [numSamples, numBeams], NaN where there is no power; empty where sweeps have codewords of their own. */
  readonly powers: Float32Array;
}

/** @throws DATASET_INVALID, FILE_NOT_FOUND. */
export async function readSamples(folder: string): Promise<SampleColumns> {
  const manifest = await manifestOf(folder, 'samples');
  const numSamples = manifest.numRows;
  const numBeams = manifest.numBeams ?? 0;
  const doubles = () => new Float64Array(numSamples).fill(Number.NaN);
  const columns = {
    pass: new Int32Array(numSamples),
    segment: new Int32Array(numSamples),
    label: new Int32Array(numSamples),
    timeS: doubles(),
    xM: doubles(),
    yM: doubles(),
    image: new Array<string | null>(numSamples).fill(null),
    user: new Array<string | null>(numSamples).fill(null),
    powers: new Float32Array(numSamples * numBeams).fill(Number.NaN),
  };
  let row = 0;
  for await (const sample of rowsOf(
    folder,
    manifest,
    'pass, segment, label, time_s, x_m, y_m, image, "user", powers',
  )) {
    columns.pass[row] = sample.pass as number;
    columns.segment[row] = sample.segment as number;
    columns.label[row] = (sample.label as number | null) ?? -1;
    columns.timeS[row] = (sample.time_s as number | null) ?? Number.NaN;
    columns.xM[row] = (sample.x_m as number | null) ?? Number.NaN;
    columns.yM[row] = (sample.y_m as number | null) ?? Number.NaN;
    columns.image[row] = sample.image as string | null;
    columns.user[row] = sample.user as string | null;
    const powers = sample.powers as number[] | null;
    if (powers?.length === numBeams) columns.powers.set(powers, row * numBeams);
    row += 1;
  }
  requireRows(row, manifest, folder);
  return { manifest, numSamples, ...columns };
}

export interface WindowLists {
  readonly pass: number;
  readonly images: readonly (string | null)[];
  readonly history: readonly (number | null)[];
  readonly future: readonly (number | null)[];
}

/** @throws DATASET_INVALID, FILE_NOT_FOUND. */
export async function* readWindowLists(folder: string): AsyncGenerator<WindowLists> {
  const manifest = await manifestOf(folder, 'windows');
  for await (const row of rowsOf(folder, manifest, 'pass, images, history, future'))
    yield row as unknown as WindowLists;
}

/** Of the samples that carry them, in the order of the table. @throws DATASET_INVALID, FILE_NOT_FOUND. */
export async function* readImageBytes(
  folder: string,
): AsyncGenerator<{ readonly image: string; readonly bytes: Uint8Array }, undefined> {
  const manifest = await manifestOf(folder, 'samples');
  // The table is in order; to sort it would take all pictures into memory.
  const asWritten = 'WHERE image_bytes IS NOT NULL';
  for await (const { image, image_bytes } of rowsOf(folder, manifest, 'image, image_bytes', asWritten))
    yield { image: image as string, bytes: image_bytes as Uint8Array };
}

/** In the order of the source. @throws DATASET_INVALID, FILE_NOT_FOUND. */
export async function* readPaths(folder: string): AsyncGenerator<UserPaths> {
  const manifest = await manifestOf(folder, 'paths');
  for await (const row of rowsOf(
    folder,
    manifest,
    Object.keys(TABLES.paths)
      .map((name) => `"${name}"`)
      .join(', '),
  )) {
    const list = (name: string) => Float64Array.from(row[name] as number[]);
    const optional = (name: string) => (row[name] === null ? null : list(name));
    yield {
      base: row.base as string,
      receivers: row.receivers as string | null,
      user: row.user as number,
      positionM: [row.x_m as number, row.y_m as number, row.z_m as number],
      power: list('power'),
      phaseRad: list('phase_rad'),
      delayS: list('delay_s'),
      departureAzimuthRad: list('departure_azimuth_rad'),
      departureElevationRad: list('departure_elevation_rad'),
      arrivalAzimuthRad: optional('arrival_azimuth_rad'),
      arrivalElevationRad: optional('arrival_elevation_rad'),
      interactions: Int32Array.from(row.interactions as number[]),
    };
  }
}

/** @throws DATASET_INVALID for a table that is missing, or is not the one that the manifest was written with. */
export async function requireUnchanged(folder: string, { table, contentHash }: Manifest): Promise<void> {
  const file = path.join(folder, table);
  const hash = await hashOf(file).catch((cause: Error) => {
    throw invalid(`The table cannot be read: ${cause.message}`, file, 'Import the source again', cause);
  });
  if (hash === contentHash) return;
  throw invalid(
    'The table is not the one that the manifest was written with',
    file,
    'Import the source again',
  );
}

async function manifestOf<K extends Manifest['kind']>(folder: string, kind: K): Promise<ManifestOf<K>> {
  const manifest = await readManifest(folder);
  if (manifest.kind === kind) return manifest as ManifestOf<K>;
  throw invalid(
    `The data set is one of ${manifest.kind}, and one of ${kind} is wanted here`,
    folder,
    'Give another one',
  );
}

async function* rowsOf(
  folder: string,
  { table }: Manifest,
  columns: string,
  rows = 'ORDER BY "row"',
): AsyncGenerator<Readonly<Record<string, unknown>>> {
  const file = path.join(folder, table);
  const instance = await duckdb().DuckDBInstance.create(':memory:', { threads: '1' });
  try {
    const connection = await instance.connect();
    const from = `read_parquet('${libraryPath(file).replaceAll("'", "''")}')`;
    const result = await connection.stream(`SELECT ${columns} FROM ${from} ${rows}`);
    for await (const some of result.yieldRowObjectJs()) yield* some;
  } catch (cause) {
    throw invalid(
      `The table cannot be read: ${(cause as Error).message.split('\n')[0]}`,
      file,
      'Import the source again',
      cause,
    );
  } finally {
    instance.closeSync();
  }
}

function requireRows(numRows: number, manifest: Manifest, folder: string): void {
  if (numRows === manifest.numRows) return;
  throw invalid(
    `The table has ${numRows} rows, and the manifest says ${manifest.numRows}`,
    path.join(folder, manifest.table),
    'Import the source again',
  );
}
