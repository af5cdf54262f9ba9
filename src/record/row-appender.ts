/** Rows to DuckDB and back, by the column declarations of schema.ts. */
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import { once } from '../core/once.js';
import { duckdb } from './duckdb.js';
import { type Column, columnsOf, type Row, TABLE_NAMES, type TableName } from './schema.js';

type Write = (appender: DuckDBAppender, value: unknown) => void;

const floatList = once(() => duckdb().LIST(duckdb().FLOAT));

const writers: Record<Column['sqlType'], Write> = {
  UINTEGER: (appender, value) => appender.appendUInteger(value as number),
  UBIGINT: (appender, value) => appender.appendUBigInt(BigInt(value as number)),
  DOUBLE: (appender, value) => appender.appendDouble(value as number),
  VARCHAR: (appender, value) => appender.appendVarchar(value as string),
  JSON: (appender, value) => appender.appendVarchar(JSON.stringify(value, plainArrays)),
  TIMESTAMP: (appender, value) =>
    appender.appendTimestamp(new (duckdb().DuckDBTimestampValue)(BigInt((value as Date).getTime()) * 1000n)),
  'FLOAT[]': (appender, value) =>
    appender.appendList(duckdb().listValue(Array.from(value as Float32Array)), floatList()),
};

/** Typed arrays are written like others; by themselves they would come out as objects. */
function plainArrays(_key: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value;
}

type Targets = Map<
  TableName,
  { readonly appender: DuckDBAppender; readonly columns: readonly Column[]; dirty: boolean }
>;

const ALL_COLUMNS = Object.fromEntries(TABLE_NAMES.map((table) => [table, columnsOf(table)]));

/** One DuckDB appender per table, inside the connection's transaction. */
export class RowAppender {
  readonly #tables: Targets;

  private constructor(tables: Targets) {
    this.#tables = tables;
  }

  /** @param columns of the tables that rows are appended to; all tables of a recording unless given. */
  static async open(
    connection: DuckDBConnection,
    columns: Partial<Record<TableName, readonly Column[]>> = ALL_COLUMNS,
  ): Promise<RowAppender> {
    const tables: Targets = new Map();
    for (const [name, ofTable] of Object.entries(columns) as [TableName, readonly Column[]][]) {
      tables.set(name, { appender: await connection.createAppender(name), columns: ofTable, dirty: false });
    }
    return new RowAppender(tables);
  }

  append(table: TableName, row: Readonly<Record<string, unknown>>): void {
    const target = this.#tables.get(table)!;
    for (const column of target.columns) {
      const value = row[column.name];
      if (value === null && column.nullable) target.appender.appendNull();
      else writers[column.sqlType](target.appender, value);
    }
    target.appender.endRow();
    target.dirty = true;
  }

  /** Hands all rows to the transaction; throws on a duplicate key. */
  flush(): void {
    for (const target of this.#tables.values()) {
      if (!target.dirty) continue;
      target.dirty = false;
      target.appender.flushSync();
    }
  }

  close(): void {
    for (const { appender } of this.#tables.values()) {
      appender.clear();
      appender.closeSync();
    }
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
