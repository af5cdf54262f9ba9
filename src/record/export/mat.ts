import { open } from 'node:fs/promises';
import type { Column } from '../schema.js';
import type { CollectedTable } from './collected-table.js';
import { type MatValue, matHeader, writeVariable } from './mat-file.js';

/**
 * Writes tables as one MAT file: a struct `beamloop` with the metadata, and a struct per table with a field per column.
 * Numbers are columns of doubles (NaN: null), texts and JSON cells of text (empty: null), lists of equal length matrices of singles with a
 * row per row of the table, other lists cells. Times are ISO 8601.
 */
export async function writeMat(
  file: string,
  tables: AsyncIterable<CollectedTable>,
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.write(matHeader('MATLAB 5.0 MAT-file, written by beamloop'));
    const texts = Object.entries(metadata).map(([key, text]) => [key, { kind: 'char', text } as MatValue]);
    await writeVariable(handle, 'beamloop', { kind: 'struct', fields: Object.fromEntries(texts) });
    for await (const { name, columns, rows } of tables) {
      const fields = columns.map((column) => [
        column.sqlName,
        columnValue(
          column,
          rows.map((row) => row[column.name]),
        ),
      ]);
      await writeVariable(handle, name, { kind: 'struct', fields: Object.fromEntries(fields) });
    }
  } finally {
    await handle.close();
  }
}

function columnValue({ sqlType }: Column, values: readonly unknown[]): MatValue {
  switch (sqlType) {
    case 'UINTEGER':
    case 'UBIGINT':
    case 'DOUBLE':
      return {
        kind: 'double',
        rows: values.length,
        values: Float64Array.from(values as (number | null)[], (value) => value ?? Number.NaN),
      };
    case 'FLOAT[]':
      return listValue(values as (Float32Array | null)[]);
    case 'JSON':
      return textCells(values.map((value) => (value === null ? '' : JSON.stringify(value))));
    case 'TIMESTAMP':
      return textCells(values.map((value) => (value as Date).toISOString()));
    case 'VARCHAR':
      return textCells(values.map((value) => (value as string | null) ?? ''));
  }
}

function textCells(texts: readonly string[]): MatValue {
  return { kind: 'cell', values: texts.map((text) => ({ kind: 'char', text })) };
}

/** Matrices are stored column by column. */
function listValue(lists: readonly (Float32Array | null)[]): MatValue {
  const length = lists[0]?.length ?? 0;
  if (lists.some((list) => list?.length !== length)) {
    const rowOf = (list: Float32Array | null): MatValue => ({
      kind: 'single',
      rows: list === null || list.length === 0 ? 0 : 1,
      values: list ?? new Float32Array(),
    });
    return { kind: 'cell', values: lists.map(rowOf) };
  }
  const values = new Float32Array(lists.length * length);
  for (const [row, list] of lists.entries()) {
    for (let k = 0; k < length; k++) values[k * lists.length + row] = list![k]!;
  }
  return { kind: 'single', rows: lists.length, values };
}
