/** Export of recordings to files that other programs read. */
import path from 'node:path';
import { BeamloopError } from '../../core/errors.js';
import { makeFolder, writing } from '../../core/writing.js';
import type { Recording } from '../recording.js';
import { TABLE_NAMES } from '../schema.js';
import { collectTable, type Selection } from './collected-table.js';
import { writeCsv } from './csv.js';
import { writeMat } from './mat.js';
import { writeParquet } from './parquet.js';

export const EXPORT_FORMATS = ['parquet', 'csv', 'mat'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/**
 * Writes tables of recordings into `folder` (created; files are overwritten): `<table>.parquet` or `<table>.csv` for every
 * table, or one `recording.mat`. With several recordings, a column `recording` says of which a row is. Rows are in the table's
 * order, so the same rows give the same file byte for byte.
 *
 * @returns the paths.
 * @throws BAD_ARGUMENT when two recordings have one name, or when there is no such table or user, FILE_UNWRITABLE, and what reading a recording throws.
 */
export async function exportRecordings(
  recordings: readonly Recording[],
  folder: string,
  format: ExportFormat,
  selection: Selection = {},
): Promise<string[]> {
  const named = recordings.map((recording) => ({
    name: path.basename(path.resolve(recording.folder)),
    recording,
  }));
  requireNames(named.map(({ name }) => name));
  requireKnown('format', [format], EXPORT_FORMATS);
  requireKnown('tables', selection.tables ?? [], TABLE_NAMES);
  await requireUsers(recordings, selection.users ?? []);
  const tables = TABLE_NAMES.filter((table) => selection.tables?.includes(table) ?? true);
  const metadata = await metadataOf(named);
  const collect = (table: (typeof tables)[number]) => collectTable(named, table, selection);
  await makeFolder('The tables', folder);
  return writing('The tables', folder, async () => {
    if (format === 'mat') {
      const file = path.join(folder, 'recording.mat');
      const each = async function* () {
        for (const table of tables) yield await collect(table);
      };
      await writeMat(file, each(), metadata);
      return [file];
    }
    const write = format === 'csv' ? writeCsv : writeParquet;
    const files: string[] = [];
    for (const table of tables) {
      const file = path.join(folder, `${table}.${format}`);
      await write(file, await collect(table), metadata);
      files.push(file);
    }
    return files;
  });
}

/**
 * What a file says about where it is from: of one recording nothing that its folder or the time decide, so that equal runs give
 * equal files; of several, what they are called. What else differs stands in table `run`.
 */
async function metadataOf(
  named: readonly { readonly name: string; readonly recording: Recording }[],
): Promise<Record<string, string>> {
  if (named.length !== 1) return { recordings: named.map(({ name }) => name).join(' ') };
  const { recording } = named[0]!;
  const text = async (key: string) => {
    const value = await recording.runValue(key);
    return typeof value === 'string' ? value : JSON.stringify(value ?? null);
  };
  return {
    scenario: await text('scenarioName'),
    seed: await text('seed'),
    versions: await text('versions'),
    schema: await text('schemaVersion'),
  };
}

function requireKnown(where: string, names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `'${unknown}' is none that can be exported`,
    where,
    todo: `Choose from ${known.join(', ')}`,
  });
}

/** A user that nobody knows would give empty tables, as if nothing had been measured. */
async function requireUsers(recordings: readonly Recording[], users: readonly string[]): Promise<void> {
  if (users.length === 0) return;
  const known = new Set<string>();
  for (const recording of recordings) for (const { ue } of await recording.rows('users')) known.add(ue);
  const stranger = users.find((user) => !known.has(user));
  if (stranger === undefined) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `No recording has a user '${stranger}'`,
    where: 'users',
    todo: `Choose from ${[...known].slice(0, 10).join(', ')}${known.size > 10 ? ', …' : ''}`,
  });
}

function requireNames(names: readonly string[]): void {
  const twice = names.find((name, k) => names.indexOf(name) !== k);
  if (twice === undefined) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `Two of the recordings are called ${twice}; their rows could not be told apart`,
    todo: 'Rename the folder of one, or export it by itself',
  });
}
