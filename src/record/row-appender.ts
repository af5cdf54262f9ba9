/** Rows to DuckDB and back, by the column declarations of schema.ts. */
import type { DuckDBAppender, DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { duckdb } from './duckdb.js';
import { type Column, columnsOf, type Row, TABLE_NAMES, type TableName } from './schema.js';

/** Of a chunk: the size of DuckDB's vectors. */
const MOST_ROWS = 2048;

/** The values of a row's columns in their order, of which copies can go to other threads. */
export type PlainRow = readonly PlainValue[];
type PlainValue = string | number | Float32Array | null;

/** A value as DuckDB's vectors take it. */
function given(value: PlainValue, sqlType: Column['sqlType']): DuckDBValue {
  if (value === null) return null;
  if (sqlType === 'UBIGINT') return BigInt(value as number);
  if (sqlType === 'TIMESTAMP') return new (duckdb().DuckDBTimestampValue)(BigInt(value as number) * 1000n);
  // A list's vector wants no more of them than a length and numbers.
  if (sqlType === 'FLOAT[]') return duckdb().listValue(value as unknown as number[]);
  return value as string | number;
}

/** Typed arrays are written like others; by themselves they would come out as objects. */
function plainArrays(_key: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value;
}

/** A row of these columns as it is written; of a part of a buffer a copy, for copies to other threads are of whole buffers. */
export function plainRow(columns: readonly Column[], row: Readonly<Record<string, unknown>>): PlainRow {
  return columns.map(({ name, sqlType, nullable }) => {
    const value = row[name];
    if (value === null && nullable) return null;
    if (sqlType === 'JSON') return JSON.stringify(value, plainArrays);
    if (sqlType === 'TIMESTAMP') return (value as Date).getTime();
    if (value instanceof Float32Array && value.byteLength < value.buffer.byteLength) return value.slice();
    return value as PlainValue;
  });
}

interface Target {
  readonly appender: DuckDBAppender;
  readonly columns: readonly Column[];
  readonly types: readonly DuckDBType[];
  rows: PlainRow[];
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
      tables.set(name, { appender, columns: ofTable, types, rows: [] });
    }
    return new RowAppender(tables);
  }

  append(table: TableName, row: PlainRow): void {
    this.#tables.get(table)!.rows.push(row);
  }

  /** Hands all rows to the transaction; throws on a duplicate key. */
  flush(): void {
    for (const target of this.#tables.values()) {
      const { rows, appender } = target;
      if (rows.length === 0) continue;
      target.rows = [];
      for (let k = 0; k < rows.length; k += MOST_ROWS) appendChunk(target, rows.slice(k, k + MOST_ROWS));
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

function appendChunk({ appender, columns, types }: Target, rows: readonly PlainRow[]): void {
  const chunk = duckdb().DuckDBDataChunk.create(types, rows.length);
  for (const [k, { sqlType }] of columns.entries()) {
    chunk.setColumnValues(
      k,
      rows.map((row) => given(row[k]!, sqlType)),
    );
  }
  appender.appendDataChunk(chunk);
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
