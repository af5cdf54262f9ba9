import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { CollectedTable } from './collected-table.js';

/**
 * Writes a table as comma-separated values (RFC 4180, LF): metadata as lines that begin with `#`, a line of names, a line per
 * row. A list has a column for each of its values, `powers_1`, `powers_2`, …; what is null is empty.
 */
export async function writeCsv(
  file: string,
  table: CollectedTable,
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  await pipeline(Readable.from(lines(table, metadata)), createWriteStream(file));
}

function* lines(
  { columns, rows }: CollectedTable,
  metadata: Readonly<Record<string, string>>,
): Generator<string> {
  for (const [key, value] of Object.entries(metadata)) yield `# ${key}: ${value.replaceAll('\n', ' ')}\n`;
  const widths = columns.map(({ name, sqlType }) =>
    sqlType === 'FLOAT[]'
      ? rows.reduce((most, row) => Math.max(most, (row[name] as Float32Array | null)?.length ?? 0), 0)
      : 1,
  );
  const names = columns.flatMap(({ sqlName, sqlType }, k) =>
    sqlType === 'FLOAT[]' ? Array.from({ length: widths[k]! }, (_, m) => `${sqlName}_${m + 1}`) : [sqlName],
  );
  yield `${names.join(',')}\n`;
  for (const row of rows) {
    const cells = columns.flatMap(({ name, sqlType }, k) =>
      sqlType === 'FLOAT[]'
        ? Array.from({ length: widths[k]! }, (_, m) => cell((row[name] as Float32Array | null)?.[m]))
        : [cell(sqlType === 'JSON' ? JSON.stringify(row[name]) : row[name])],
    );
    yield `${cells.join(',')}\n`;
  }
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
