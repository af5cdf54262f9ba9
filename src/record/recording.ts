/**
 * A recording: one folder per run with a DuckDB file in it.
 *
 * Rows are appended in memory and committed together, at the latest `flushIntervalS` after the first of them.
 * A commit is a whole transaction that was synced to disk: what `durable()` promised survives `kill -9`, and rows
 * appended before others are never lost without them.
 */

import { existsSync, type Stats } from 'node:fs';
import { link, open as openFile, readdir, rename, rmdir, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { type Clock, monotonicClock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
import { shellWord } from '../core/shell-word.js';
import { VERSION } from '../core/version.js';
import { makeFolder } from '../core/writing.js';
import {
  cannotBeMade,
  createDatabase,
  type OpenedDatabase,
  openDatabase,
  type Recovery,
  refusal,
} from './database.js';
import { fromDatabase, RowAppender } from './row-appender.js';
import {
  type Column,
  columnsOf,
  createTablesSql,
  OLDEST_SCHEMA_VERSION,
  RECORDING_SCHEMA_VERSION,
  type Row,
  selectSql,
  TABLE_NAMES,
  type TableName,
} from './schema.js';

const FILE_NAME = 'recording.duckdb';
/** Of the file while it is made; the number of the process follows. */
const UNFINISHED = `${FILE_NAME}.new-`;
const MAX_ROWS_PER_COMMIT = 2000;

export interface RecordingOptions {
  readonly clock?: Clock;
  /** Longest time that a row waits in memory, s. */
  readonly flushIntervalS?: number;
}

/** What identifies a run; every entry becomes a row of table `run`. */
export interface RunInfo {
  readonly scenarioName: string;
  /** The scenario file as it was read. */
  readonly scenarioText: string;
  /** The calibration table that the scenario names, as it was read; null when it names none. */
  readonly calibrationText: string | null;
  /** Scenario after units, defaults and drawn users were resolved. */
  readonly scenario: unknown;
  readonly seed: number;
  /** What was set apart from the file, by key; absent when nothing was. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
}

interface RecordingParts {
  readonly database: OpenedDatabase;
  readonly writer: DuckDBConnection;
  readonly reader: DuckDBConnection;
  readonly appender: RowAppender | undefined;
  readonly absent: Absent;
  readonly file: Stats;
}

/** Tables and columns that came after the recording was made: nothing is in them. */
interface Absent {
  readonly tables: readonly TableName[];
  readonly columns: readonly ColumnOfTable[];
}

interface ColumnOfTable {
  readonly table: TableName;
  readonly column: Column;
}

interface Batch {
  readonly rows: { readonly table: TableName; readonly row: Readonly<Record<string, unknown>> }[];
  readonly committed: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

export class Recording {
  readonly folder: string;
  /** What could not be used of a log that was damaged; null when nothing was. */
  readonly recovery: Recovery | null;
  readonly #database: OpenedDatabase;
  readonly #writer: DuckDBConnection;
  readonly #reader: DuckDBConnection;
  readonly #appender: RowAppender | undefined;
  readonly #absent: Absent;
  /** The file that was opened, to tell it from another one under its name. */
  readonly #file: Stats;
  readonly #clock: Clock;
  readonly #flushIntervalS: number;
  #batch = newBatch();
  #committing: Promise<void> | undefined;
  #flushing: Promise<void> | undefined;
  #wakeFlush: AbortController | undefined;
  #failure: unknown;
  #closed = false;

  private constructor(folder: string, parts: RecordingParts, options: RecordingOptions) {
    this.folder = folder;
    this.recovery = parts.database.recovery;
    this.#database = parts.database;
    this.#writer = parts.writer;
    this.#reader = parts.reader;
    this.#appender = parts.appender;
    this.#absent = parts.absent;
    this.#file = parts.file;
    this.#clock = options.clock ?? monotonicClock;
    this.#flushIntervalS = options.flushIntervalS ?? 0.05;
  }

  /** What whoever reads it should know, one sentence each. */
  get warnings(): string[] {
    if (this.recovery === null) return [];
    const { lostBytes, kept } = this.recovery;
    return [
      `The end of the recording's log was damaged: ${lostBytes} bytes of it cannot be used, and what was recorded in them is ` +
        `lost; everything before is there. The log as it was found is ${kept}`,
    ];
  }

  /** Throws RECORDING_EXISTS when the folder holds a recording already. */
  static requireFree(folder: string): void {
    if (existsSync(path.join(folder, FILE_NAME))) throw exists(folder);
  }

  /**
   * Starts a recording in `folder`, which is created. Until it is whole, its file has another name: whoever sees the recording
   * can open it. Throws RECORDING_EXISTS when the folder holds one already; FILE_UNWRITABLE.
   */
  static async create(folder: string, info: RunInfo, options: RecordingOptions = {}): Promise<Recording> {
    Recording.requireFree(folder);
    await makeFolder('The folder of the recording', folder);
    await removeLeftovers(folder);
    const unfinished = path.join(folder, `${UNFINISHED}${process.pid}`);
    try {
      await writeBeginning(unfinished, info);
      await nameExclusively(unfinished, path.join(folder, FILE_NAME));
    } catch (error) {
      await removeLeftovers(folder);
      await rmdir(folder).catch(() => {}); // only when nothing else is in it
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw exists(folder);
      throw error instanceof BeamloopError ? error : cannotBeMade(folder, error);
    }
    return Recording.open(folder, 'write', options);
  }

  /**
   * Opens the recording of `folder`, to go on with it ('write') or to read it ('read').
   * Throws FILE_NOT_FOUND, RECORDING_INVALID (not a recording), RECORDING_DAMAGED, RECORDING_VERSION, RECORDING_BUSY,
   * FILE_UNREADABLE or FILE_UNWRITABLE (its rights forbid it).
   */
  static async open(
    folder: string,
    mode: 'read' | 'write',
    options: RecordingOptions = {},
  ): Promise<Recording> {
    const name = path.join(folder, FILE_NAME);
    await requireRecording(folder);
    const database = await openDatabase(name, mode);
    try {
      const writer = await database.instance.connect();
      const absent = await checkSchema(writer, folder);
      const isOlder = absent.tables.length + absent.columns.length > 0;
      if (mode === 'write' && isOlder) await migrate(writer, absent);
      const parts = {
        database,
        writer,
        absent: mode === 'write' ? { tables: [], columns: [] } : absent,
        reader: await database.instance.connect(),
        appender: mode === 'write' ? await RowAppender.open(writer) : undefined,
        file: await stat(name),
      };
      const recording = new Recording(folder, parts, options);
      if (mode === 'write' && database.recovery !== null) recording.event('log recovered', database.recovery);
      return recording;
    } catch (error) {
      await database.close();
      throw refusal(error, folder, mode);
    }
  }

  /** Appends a row. Returns at once; `durable()` tells when it is on disk. A key that is there already is a fault. */
  append<N extends TableName>(table: N, row: Row<N>): void {
    if (this.#closed || this.#appender === undefined) {
      throw new Error(`recording ${this.folder} is not open for writing`);
    }
    this.#batch.rows.push({ table, row });
    this.#startFlush();
    if (this.#batch.rows.length >= MAX_ROWS_PER_COMMIT) this.#wakeFlush?.abort();
  }

  /** Notes that something happened, with the time of the wall clock. */
  event(kind: string, detail: unknown = {}): void {
    this.append('events', { wallTime: new Date(), kind, detail });
  }

  /** Resolves once everything appended so far is committed. Rejects when the disk refused it. */
  durable(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#batch.rows.length > 0) return this.#batch.committed;
    return this.#committing ?? Promise.resolve();
  }

  /** As `durable`, without waiting for more rows to commit together. */
  flushed(): Promise<void> {
    this.#wakeFlush?.abort();
    return this.durable();
  }

  /**
   * All rows of a table in its order (or those that an SQL condition picks, e.g. `WHERE ue = 'alice'`).
   * Rejects with RECORDING_DAMAGED when the file is damaged where they are.
   */
  async rows<N extends TableName>(table: N, where = ''): Promise<Row<N>[]> {
    if (this.#absent.tables.includes(table)) return [];
    const absent = this.#absent.columns.filter((of) => of.table === table).map(({ column }) => column.name);
    const rows = await this.query(selectSql(table, where, absent));
    return rows.map((row) => fromDatabase(table, row));
  }

  /** The value of one key of table `run`; undefined when it was not recorded. */
  async runValue(key: string): Promise<unknown> {
    return (await this.rows('run')).find((row) => row.key === key)?.value;
  }

  /**
   * Any SQL that reads; rows as plain objects (BIGINT comes as bigint). For reports and exports.
   * Rejects with RECORDING_DAMAGED when the file is damaged where they are.
   */
  async query(sql: string): Promise<Record<string, unknown>[]> {
    try {
      return (await this.#reader.runAndReadAll(sql)).getRowObjectsJS();
    } catch (error) {
      throw isOfSql(error) ? error : refusal(error, this.folder, 'read');
    }
  }

  /** Commits what is left and closes. Safe to call twice. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#wakeFlush?.abort();
      await this.#flushing;
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#appender !== undefined) await this.#requireFile();
    } finally {
      this.#appender?.close();
      this.#reader.closeSync();
      this.#writer.closeSync();
      await this.#database.close();
    }
  }

  /** A file that was deleted takes everything that is written to it, and keeps nothing. */
  async #requireFile(): Promise<void> {
    const { dev, ino } = this.#file;
    const found = await stat(path.join(this.folder, FILE_NAME)).catch(() => null);
    if (found?.dev === dev && found.ino === ino) return;
    throw new BeamloopError('RECORDING_LOST', {
      what: `${FILE_NAME} was deleted, moved or replaced during the run; what was recorded is lost with it`,
      where: this.folder,
      todo: 'Run the scenario again, and leave the folder alone until the run has ended',
    });
  }

  #unwritten(error: unknown): BeamloopError {
    return new BeamloopError('RECORDING_LOST', {
      what: `The recording could not be written: ${error instanceof Error ? error.message : error}`,
      where: this.folder,
      todo: `Check that the disk has room and that the folder is writable, then go on with: beamloop resume ${shellWord(this.folder)}`,
      cause: error,
    });
  }

  #startFlush(): void {
    if (this.#flushing !== undefined) return;
    this.#flushing = this.#flushLoop();
  }

  async #flushLoop(): Promise<void> {
    const appender = this.#appender!;
    while (this.#batch.rows.length > 0 && this.#failure === undefined) {
      if (!this.#closed && this.#batch.rows.length < MAX_ROWS_PER_COMMIT) {
        const wake = new AbortController();
        this.#wakeFlush = wake;
        await this.#clock.sleep(this.#flushIntervalS, wake.signal).catch(() => {});
      }
      const batch = this.#batch;
      this.#batch = newBatch();
      this.#committing = batch.committed;
      try {
        await this.#writer.run('BEGIN');
        for (const { table, row } of batch.rows) appender.append(table, row);
        appender.flush();
        await this.#writer.run('COMMIT');
        await this.#requireFile();
        batch.resolve();
      } catch (error) {
        // A key that is there twice is a fault of ours, not of the disk.
        const isOurs = error instanceof BeamloopError || isOfSql(error);
        this.#failure = isOurs ? error : this.#unwritten(error);
        batch.reject(this.#failure);
      } finally {
        this.#committing = undefined;
      }
    }
    // In the same turn as the loop's last look at the batch: no row can slip between.
    this.#flushing = undefined;
  }
}

function newBatch(): Batch {
  let resolve!: () => void;
  let reject!: (reason: unknown) => void;
  const committed = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // Whoever does not ask for durability is told by close().
  committed.catch(() => {});
  return { rows: [], committed, resolve, reject };
}

/** What an older recording lacks. Throws RECORDING_INVALID, RECORDING_VERSION. */
async function checkSchema(connection: DuckDBConnection, folder: string): Promise<Absent> {
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
async function migrate(connection: DuckDBConnection, { tables, columns }: Absent): Promise<void> {
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

/** The file with its tables and what identifies the run, without a log beside it. */
async function writeBeginning(file: string, info: RunInfo): Promise<void> {
  const instance = await createDatabase(file);
  try {
    const writer = await instance.connect();
    await writer.run('BEGIN');
    await writer.run(createTablesSql());
    const appender = await RowAppender.open(writer);
    const entries = Object.entries({ schemaVersion: RECORDING_SCHEMA_VERSION, ...info });
    for (const [key, value] of entries) appender.append('run', { key, value });
    appender.flush();
    await writer.run('COMMIT');
    appender.close();
    await writer.run('CHECKPOINT');
    writer.closeSync();
  } finally {
    instance.closeSync();
  }
}

/** Gives a file another name unless that is taken (EEXIST), at once and for good. */
async function nameExclusively(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
    await unlink(from);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Some file systems know no second names.
    if (code === undefined || !['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'].includes(code)) throw error;
    await rename(from, to);
  }
  const folder = await openFile(path.dirname(to)).catch(() => null); // not everywhere can folders be opened
  await folder?.sync().catch(() => {});
  await folder?.close();
}

/** Removes what processes left that ended while they made a recording here. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(UNFINISHED)) continue;
    const pid = Number.parseInt(name.slice(UNFINISHED.length), 10);
    if (pid !== process.pid && isRunning(pid)) continue;
    await unlink(path.join(folder, name)).catch(() => {});
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function requireRecording(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTDIR') throw notARecording(folder, 'it is a file');
    if (error.code !== 'ENOENT') throw refusal(error, folder, 'read');
    throw new BeamloopError('FILE_NOT_FOUND', {
      what: 'The folder does not exist',
      where: folder,
      todo: 'Name the folder that beamloop run printed, e.g. recordings/first-light-20261121T120000Z',
    });
  });
  if (names.includes(FILE_NAME)) return;
  if (!names.some((name) => name.startsWith(UNFINISHED)))
    throw notARecording(folder, `it holds no ${FILE_NAME}`);
  throw new BeamloopError('RECORDING_INVALID', {
    what: 'The run ended before it had recorded anything',
    where: folder,
    todo: 'Start it again with beamloop run',
  });
}

/** What DuckDB refuses because of what it is told, not of the file. */
function isOfSql(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(Parser|Binder|Catalog|Conversion|Invalid Input) Error|violates .* constraint/.test(error.message)
  );
}

function exists(folder: string): BeamloopError {
  return new BeamloopError('RECORDING_EXISTS', {
    what: 'The folder already holds a recording',
    where: folder,
    todo: `Name another folder with --out, or go on with: beamloop resume ${shellWord(folder)}`,
  });
}

function notARecording(folder: string, why: string): BeamloopError {
  return new BeamloopError('RECORDING_INVALID', {
    what: `Not a recording: ${why}`,
    where: folder,
    todo: 'Name the folder that beamloop run printed',
  });
}
