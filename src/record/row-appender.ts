/** Rows to DuckDB and back, by the column declarations of schema.ts. */
import type { DuckDBAppender, DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { duckdb } from './duckdb.js';
import { type ColumnKind, kindOf, type OtherValue, type PlainRows } from './plain-rows.js';
import { type Column, columnsOf, type Row, TABLE_NAMES, type TableName } from './schema.js';

/** Of a chunk: the size of DuckDB's vectors. */
const MOST_ROWS = 2048;

/** A number or text as DuckDB's vectors take it. */
function given(value: OtherValue, sqlType: Column['sqlType']): DuckDBValue {
  if (value === null) return null;
  if (sqlType === 'UBIGINT') return BigInt(value);
  if (sqlType === 'TIMESTAMP') return new (duckdb().DuckDBTimestampValue)(BigInt(value) * 1000n);
  return value;
}

interface Target {
  readonly appender: DuckDBAppender;
  readonly types: readonly DuckDBType[];
  readonly columns: readonly Filled[];
  readonly ofKind: Readonly<Record<ColumnKind, readonly Filled[]>>;
}

/** A column with what is to be written to it. */
interface Filled {
  readonly sqlType: Column['sqlType'];
  values: DuckDBValue[];
}

const ALL_COLUMNS = Object.fromEntries(TABLE_NAMES.map((table) => [table, columnsOf(table)]));

/** One DuckDB appender per table, inside the connection's transaction. Rows go there column by column: lists cell by cell take ten times as long. */
export class RowAppender {
  readonly #tables: ReadonlyMap<TableName, Target>;

  private constructor(tables: ReadonlyMap<TableName, Target>) {
    this.#tables = tables;
  }

  /** @param columns of the tables that rows are appended to; all tables of a recording unless given. */
  static async open(
    connection: DuckDBConnection,
    columns: Partial<Record<TableName, readonly Column[]>> = ALL_COLUMNS,
  ): Promise<RowAppender> {
    const tables = new Map<TableName, Target>();
    for (const [name, ofTable] of Object.entries(columns) as [TableName, readonly Column[]][]) {
      const appender = await connection.createAppender(name);
      const types = ofTable.map((_, k) => appender.columnType(k));
      const filled = ofTable.map(({ sqlType }): Filled => ({ sqlType, values: [] }));
      const of = (kind: ColumnKind) => filled.filter((_, k) => kindOf(ofTable[k]!) === kind);
      const ofKind = { number: of('number'), other: of('other'), list: of('list') };
      tables.set(name, { appender, types, columns: filled, ofKind });
    }
    return new RowAppender(tables);
  }

  append(rows: PlainRows): void {
    const { ofKind } = this.#tables.get(rows.table)!;
    fill(ofKind.number, rows.numbers, rows.numRows);
    fill(ofKind.other, rows.others, rows.numRows);
    fillLists(ofKind.list, rows);
  }

  /** Hands all rows to the transaction; throws on a duplicate key. */
  flush(): void {
    for (const { appender, types, columns } of this.#tables.values()) {
      const filled = columns.map(({ values }) => values);
      const numRows = filled[0]!.length;
      if (numRows === 0) continue;
      for (const column of columns) column.values = [];
      for (let k = 0; k < numRows; k += MOST_ROWS) {
        const chunk = duckdb().DuckDBDataChunk.create(types, Math.min(MOST_ROWS, numRows - k));
        for (const [c, values] of filled.entries()) chunk.setColumnValues(c, values.slice(k, k + MOST_ROWS));
        appender.appendDataChunk(chunk);
      }
      appender.flushSync();
    }
  }

  close(): void {
    for (const { appender } of this.#tables.values()) {
      appender.clear();
      appender.closeSync();
    }
  }
}

/** @param from values of all these columns, shape [numRows][numColumns]. */
function fill(columns: readonly Filled[], from: ArrayLike<OtherValue>, numRows: number): void {
  for (const [place, { sqlType, values }] of columns.entries()) {
    for (let k = 0; k < numRows; k++) values.push(given(from[k * columns.length + place]!, sqlType));
  }
}

function fillLists(columns: readonly Filled[], { lengths, values }: PlainRows): void {
  let at = 0;
  for (const [k, length] of lengths.entries()) {
    const end = at + Math.max(0, length);
    // A list's vector wants no more of them than a length and numbers.
    const list = values.subarray(at, end) as unknown as number[];
    columns[k % columns.length]!.values.push(length < 0 ? null : duckdb().listValue(list));
    at = end;
  }
}

/** A row as DuckDB gives it → as schema.ts types it. */
export function fromDatabase<N extends TableName>(table: N, row: Readonly<Record<string, unknown>>): Row<N> {
  const result: Record<string, unknown> = {};
  for (const { name, sqlType } of columnsOf(table)) {
    const value = row[name];
    if (value === null) result[name] = null;
    else if (sqlType === 'UBIGINT') result[name] = Number(value);
    else if (sqlType === 'JSON') result[name] = JSON.parse(value as string);
    else if (sqlType === 'FLOAT[]') result[name] = Float32Array.from(value as number[]);
    else result[name] = value;
  }
  return result as Row<N>;
}
