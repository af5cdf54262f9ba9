/** Columns of the tables of a data set, declared once: SQL, writer and row types follow (docs/datasets.md describes them). */
import type { DuckDBAppender } from '@duckdb/node-api';
import { once } from '../../../core/once.js';
import { duckdb } from '../../../record/duckdb.js';

/** What a column holds, as DuckDB and as TypeScript; any may be null. */
interface ColumnValues {
  INTEGER: number;
  DOUBLE: number;
  BOOLEAN: boolean;
  VARCHAR: string;
  BLOB: Uint8Array;
  'FLOAT[]': ArrayLike<number>;
  'DOUBLE[]': ArrayLike<number>;
  'INTEGER[]': ArrayLike<number | null>;
  'VARCHAR[]': readonly (string | null)[];
}
type ColumnType = keyof ColumnValues;
type Columns = Readonly<Record<string, ColumnType>>;
type RowOf<C extends Columns> = { readonly [N in keyof C]: ColumnValues[C[N]] | null };

export const TABLES = {
  samples: {
    row: 'INTEGER',
    recording: 'VARCHAR',
    user: 'VARCHAR',
    pass: 'INTEGER',
    segment: 'INTEGER',
    source_index: 'INTEGER',
    time_s: 'DOUBLE',
    powers: 'FLOAT[]',
    codewords: 'VARCHAR[]',
    label: 'INTEGER',
    source_label: 'INTEGER',
    x_m: 'DOUBLE',
    y_m: 'DOUBLE',
    image: 'VARCHAR',
    image_bytes: 'BLOB',
  },
  windows: {
    row: 'INTEGER',
    pass: 'INTEGER',
    images: 'VARCHAR[]',
    history: 'INTEGER[]',
    future: 'INTEGER[]',
  },
  paths: {
    row: 'INTEGER',
    base: 'VARCHAR',
    receivers: 'VARCHAR',
    user: 'INTEGER',
    x_m: 'DOUBLE',
    y_m: 'DOUBLE',
    z_m: 'DOUBLE',
    line_of_sight: 'BOOLEAN',
    power: 'DOUBLE[]',
    phase_rad: 'DOUBLE[]',
    delay_s: 'DOUBLE[]',
    departure_azimuth_rad: 'DOUBLE[]',
    departure_elevation_rad: 'DOUBLE[]',
    arrival_azimuth_rad: 'DOUBLE[]',
    arrival_elevation_rad: 'DOUBLE[]',
    interactions: 'INTEGER[]',
  },
} as const satisfies Record<string, Columns>;

export type DatasetKind = keyof typeof TABLES;
export type DatasetRow<K extends DatasetKind> = RowOf<(typeof TABLES)[K]>;

type Write = (appender: DuckDBAppender, value: unknown) => void;

const lists = once(() => {
  const { LIST, FLOAT, DOUBLE, INTEGER, VARCHAR } = duckdb();
  return {
    'FLOAT[]': LIST(FLOAT),
    'DOUBLE[]': LIST(DOUBLE),
    'INTEGER[]': LIST(INTEGER),
    'VARCHAR[]': LIST(VARCHAR),
  };
});

function listWriter(type: 'FLOAT[]' | 'DOUBLE[]' | 'INTEGER[]' | 'VARCHAR[]'): Write {
  return (appender, value) =>
    appender.appendList(duckdb().listValue(Array.from(value as ArrayLike<number | string>)), lists()[type]);
}

export const WRITERS: Readonly<Record<ColumnType, Write>> = {
  INTEGER: (appender, value) => appender.appendInteger(value as number),
  DOUBLE: (appender, value) => appender.appendDouble(value as number),
  BOOLEAN: (appender, value) => appender.appendBoolean(value as boolean),
  VARCHAR: (appender, value) => appender.appendVarchar(value as string),
  BLOB: (appender, value) => appender.appendBlob(value as Uint8Array),
  'FLOAT[]': listWriter('FLOAT[]'),
  'DOUBLE[]': listWriter('DOUBLE[]'),
  'INTEGER[]': listWriter('INTEGER[]'),
  'VARCHAR[]': listWriter('VARCHAR[]'),
};
