/** A table of texts with commas between: quoted values, CRLF, a byte-order mark and columns without a name are all met. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { once } from '../../../core/once.js';
import { invalid, type Problems } from '../problems.js';

/** Loaded when the first table is read, as src/core/yaml.ts says: only data sets are such tables. */
const csv = once(() => createRequire(import.meta.url)('csv-parse/sync') as typeof import('csv-parse/sync'));

export interface CsvRow {
  /** Of the file, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

export interface CsvTable {
  readonly file: string;
  /** In small letters, without spaces around them; one may be empty. */
  readonly names: readonly string[];
  readonly rows: readonly CsvRow[];
}

/** @throws DATASET_INVALID for what is no such table. */
export async function readCsv(file: string, problems: Problems): Promise<CsvTable> {
  const text = await readFile(file, 'utf8');
  let records: { readonly record: string[]; readonly info: { readonly lines: number } }[];
  try {
    // With `info` each record comes with where it stood; the types of the library do not say so.
    records = csv().parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as typeof records;
  } catch (cause) {
    throw invalid(
      `The table cannot be read: ${(cause as Error).message}`,
      file,
      'Check the quotation marks in that line',
      cause,
    );
  }
  const [header, ...others] = records;
  if (header === undefined) throw invalid('The file is empty', file, 'Give the table of the scenario');
  const names = header.record.map((name) => name.toLowerCase());
  const rows: CsvRow[] = [];
  for (const { record, info } of others) {
    if (record.length === names.length) rows.push({ line: info.lines, cells: record });
    else {
      problems.add(
        'a line of the table has more or fewer values than the header has names',
        `${file}:${info.lines}`,
        'it is left out',
      );
    }
  }
  return { file, names, rows };
}

/** The header alone, without reading the rest into rows; null for what is no table. */
export async function csvNames(file: string): Promise<readonly string[] | null> {
  const text = await readFile(file, 'utf8');
  try {
    const [names] = csv().parse(text, { bom: true, to_line: 1, relax_column_count: true, trim: true });
    return names?.map((name) => name.toLowerCase()) ?? null;
  } catch {
    return null;
  }
}
