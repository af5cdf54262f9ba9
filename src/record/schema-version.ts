/** Whether a recording is of a version that can be read, what an older one lacks, and making it one of this version. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { BeamloopError } from '../core/errors.js';
import { VERSION } from '../core/version.js';
import { notARecording } from './recording-file.js';
import {
  type Column,
  columnsOf,
  createTablesSql,
  OLDEST_SCHEMA_VERSION,
  RECORDING_SCHEMA_VERSION,
  TABLE_NAMES,
  type TableName,
} from './schema.js';

/** Tables and columns that came after the recording was made: nothing is in them. */
export interface Absent {
  readonly tables: readonly TableName[];
  readonly columns: readonly ColumnOfTable[];
}

interface ColumnOfTable {
  readonly table: TableName;
  readonly column: Column;
}

/** What an older recording lacks. Throws RECORDING_INVALID, RECORDING_VERSION. */
export async function checkSchema(connection: DuckDBConnection, folder: string): Promise<Absent> {
  const columnsOfFile = await connection.runAndReadAll(
    'SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal',
  );
  const foundColumns = new Set<string>();
  const found = new Set<unknown>();
  for (const { table_name, column_name } of columnsOfFile.getRowObjectsJS()) {
    found.add(table_name);
    foundColumns.add(`${table_name}.${column_name}`);
  }
  if (!found.has('run')) throw notARecording(folder, 'table run is not there');
  const run = (await connection.runAndReadAll('SELECT key, value FROM run')).getRowObjectsJS();
  const value = (key: string) => run.find((row) => row.key === key)?.value as string | undefined;
  const version = Number(value('schemaVersion'));
  if (!Number.isInteger(version)) throw notARecording(folder, 'it does not say its version');
  if (version > RECORDING_SCHEMA_VERSION || version < OLDEST_SCHEMA_VERSION) {
    throw otherVersion(folder, version, value('versions'));
  }
  const tables = TABLE_NAMES.filter((table) => !found.has(table));
  const columns = TABLE_NAMES.filter((table) => found.has(table)).flatMap((table) =>
    columnsOf(table)
      .filter(({ sqlName }) => !foundColumns.has(`${table}.${sqlName}`))
      .map((column) => ({ table, column })),
  );
  if (tables.length > 0 && version === RECORDING_SCHEMA_VERSION) {
    throw notARecording(folder, `table ${tables[0]} is not there`);
  }
  const lacking = columns.find(({ column }) => !column.nullable);
  if (lacking !== undefined) {
    throw notARecording(folder, `table ${lacking.table} has no column ${lacking.column.sqlName}`);
  }
  return { tables, columns };
}

/** Makes an older recording one of this version. */
export async function migrate(connection: DuckDBConnection, { tables, columns }: Absent): Promise<void> {
  const added = columns.map(
    ({ table, column }) => `ALTER TABLE ${table} ADD COLUMN ${column.sqlName} ${column.sqlType};`,
  );
  await connection.run(
    `BEGIN; ${createTablesSql(tables)} ${added.join(' ')} UPDATE run SET value = '${RECORDING_SCHEMA_VERSION}' WHERE key = 'schemaVersion'; COMMIT`,
  );
}

function otherVersion(folder: string, version: number, versions: string | undefined): BeamloopError {
  const by = (JSON.parse(versions ?? '{}') as { beamloop?: string } | null)?.beamloop;
  const newer = version > RECORDING_SCHEMA_VERSION;
  return new BeamloopError('RECORDING_VERSION', {
    what:
      `The recording has schema version ${version}${by === undefined ? '' : `, written by beamloop ${by}`}; this is beamloop ` +
      `${VERSION}, which reads versions ${OLDEST_SCHEMA_VERSION} to ${RECORDING_SCHEMA_VERSION}`,
    where: folder,
    todo: newer
      ? 'Read it with a beamloop as new as the one that wrote it'
      : 'Read it with the beamloop that wrote it, or measure again',
  });
}
