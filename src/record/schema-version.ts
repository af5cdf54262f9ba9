/** Whether a recording is of a version that can be read, and how an older one is read or made one of this version. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { BeamloopError } from '../core/errors.js';
import { VERSION } from '../core/version.js';
import { notARecording } from './recording-file.js';
import {
  createTablesSql,
  OLDEST_SCHEMA_VERSION,
  RECORDING_SCHEMA_VERSION,
  selectOlderSql,
  TABLE_NAMES,
  type TableName,
} from './schema.js';

/** The tables of an older recording, and the columns that each has. */
export type OlderTables = ReadonlyMap<TableName, ReadonlySet<string>>;

/** Null for a recording of this version. Throws RECORDING_INVALID, RECORDING_VERSION. */
export async function checkSchema(connection: DuckDBConnection, folder: string): Promise<OlderTables | null> {
  const columns = await connection.runAndReadAll(
    'SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal',
  );
  const found = new Map<string, Set<string>>();
  for (const { table_name, column_name } of columns.getRowObjectsJS()) {
    const ofTable = found.get(String(table_name)) ?? new Set();
    found.set(String(table_name), ofTable.add(String(column_name)));
  }
  if (!found.has('run')) throw notARecording(folder, 'table run is not there');
  const run = (await connection.runAndReadAll('SELECT key, value FROM run')).getRowObjectsJS();
  const value = (key: string) => run.find((row) => row.key === key)?.value as string | undefined;
  const version = Number(value('schemaVersion'));
  if (!Number.isInteger(version)) throw notARecording(folder, 'it does not say its version');
  if (version > RECORDING_SCHEMA_VERSION || version < OLDEST_SCHEMA_VERSION) {
    throw otherVersion(folder, version, value('versions'));
  }
  const older = new Map<TableName, ReadonlySet<string>>();
  for (const table of TABLE_NAMES) {
    const ofTable = found.get(table);
    if (ofTable === undefined) {
      if (version < RECORDING_SCHEMA_VERSION) continue;
      throw notARecording(folder, `table ${table} is not there`);
    }
    if (selectOlderSql(table, table, ofTable) === null) {
      throw notARecording(folder, `table ${table} lacks a column; it has ${[...ofTable].join(', ')}`);
    }
    older.set(table, ofTable);
  }
  return version === RECORDING_SCHEMA_VERSION ? null : older;
}

/** Makes an older recording one of this version, at once or not at all. */
export async function migrate(connection: DuckDBConnection, older: OlderTables): Promise<void> {
  const set = [...older].map(
    ([table, columns]) =>
      `CREATE TEMP TABLE before AS ${selectOlderSql(table, table, columns)}; DROP TABLE ${table}; ` +
      `${createTablesSql([table])} INSERT INTO ${table} SELECT * FROM before; DROP TABLE before;`,
  );
  const added = createTablesSql(TABLE_NAMES.filter((table) => !older.has(table)));
  await connection.run(
    `BEGIN; ${set.join(' ')} ${added} UPDATE run SET value = '${RECORDING_SCHEMA_VERSION}' WHERE key = 'schemaVersion'; COMMIT`,
  );
}

/** Lets this connection read an older recording as if it were one of this version; the file stays as it is. */
export async function readAsThisVersion(connection: DuckDBConnection, older: OlderTables): Promise<void> {
  const [row] = (await connection.runAndReadAll('SELECT current_database() AS name')).getRowObjectsJS();
  const views = [...older].map(
    ([table, columns]) =>
      `CREATE TEMP VIEW ${table} AS ${selectOlderSql(table, `"${row!.name}".main.${table}`, columns)};`,
  );
  const empty = createTablesSql(
    TABLE_NAMES.filter((table) => !older.has(table)),
    'TEMP TABLE',
  );
  await connection.run(`${views.join(' ')} ${empty}`);
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
