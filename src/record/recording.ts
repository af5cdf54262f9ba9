/**
 * A recording: one folder per run with a DuckDB file in it.
 *
 * Rows are appended in memory and committed together, at the latest `flushIntervalS` after the first of them.
 * A commit is a whole transaction that was synced to disk: what `durable()` promised survives `kill -9`, and rows
 * appended before others are never lost without them.
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { type Clock, monotonicClock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
import { openDatabase } from './database.js';
import { fromDatabase, RowAppender } from './row-appender.js';
import {
  createTablesSql,
  RECORDING_SCHEMA_VERSION,
  type Row,
  selectSql,
  TABLE_NAMES,
  type TableName,
} from './schema.js';

const FILE_NAME = 'recording.duckdb';
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
  readonly versions: Readonly<Record<string, string>>;
}

interface Batch {
  readonly rows: { readonly table: TableName; readonly row: Readonly<Record<string, unknown>> }[];
  readonly committed: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

export class Recording {
  readonly folder: string;
  readonly #instance: DuckDBInstance;
  readonly #writer: DuckDBConnection;
  readonly #reader: DuckDBConnection;
  readonly #appender: RowAppender | undefined;
  readonly #clock: Clock;
  readonly #flushIntervalS: number;
  #batch = newBatch();
  #committing: Promise<void> | undefined;
  #flushing: Promise<void> | undefined;
  #wakeFlush: AbortController | undefined;
  #failure: unknown;
  #closed = false;

  private constructor(
    folder: string,
    instance: DuckDBInstance,
    writer: DuckDBConnection,
    reader: DuckDBConnection,
    appender: RowAppender | undefined,
    options: RecordingOptions,
  ) {
    this.folder = folder;
    this.#instance = instance;
    this.#writer = writer;
    this.#reader = reader;
    this.#appender = appender;
    this.#clock = options.clock ?? monotonicClock;
    this.#flushIntervalS = options.flushIntervalS ?? 0.05;
  }

  /** Throws RECORDING_EXISTS when the folder holds a recording already. */
  static requireFree(folder: string): void {
    if (!existsSync(path.join(folder, FILE_NAME))) return;
    throw new BeamloopError('RECORDING_EXISTS', {
      what: 'The folder already holds a recording',
      where: folder,
      todo: `Name another folder with --out, or go on with: beamloop resume ${folder}`,
    });
  }

  /** Starts a recording in `folder`, which is created. Throws RECORDING_EXISTS when it holds one already; FILE_UNWRITABLE. */
  static async create(folder: string, info: RunInfo, options: RecordingOptions = {}): Promise<Recording> {
    Recording.requireFree(folder);
    const file = path.join(folder, FILE_NAME);
    await mkdir(folder, { recursive: true }).catch((error: Error) => {
      throw new BeamloopError('FILE_UNWRITABLE', {
        what: `The folder cannot be made: ${error.message}`,
        where: folder,
        todo: 'Name a folder with --out that can be written to',
        cause: error,
      });
    });
    const instance = await openDatabase(file, 'write');
    const writer = await instance.connect();
    await writer.run('BEGIN');
    await writer.run(createTablesSql());
    const appender = await RowAppender.open(writer);
    const entries = Object.entries({ schemaVersion: RECORDING_SCHEMA_VERSION, ...info });
    for (const [key, value] of entries) appender.append('run', { key, value });
    appender.flush();
    await writer.run('COMMIT');
    return new Recording(folder, instance, writer, await instance.connect(), appender, options);
  }

  /**
   * Opens the recording of `folder`, to go on with it ('write') or to read it ('read').
   * Throws FILE_NOT_FOUND, RECORDING_INVALID (not a recording, damaged or of another version) or RECORDING_BUSY.
   */
  static async open(
    folder: string,
    mode: 'read' | 'write',
    options: RecordingOptions = {},
  ): Promise<Recording> {
    const file = path.join(folder, FILE_NAME);
    if (!existsSync(folder)) {
      throw new BeamloopError('FILE_NOT_FOUND', {
        what: 'The folder does not exist',
        where: folder,
        todo: 'Name the folder that beamloop run printed, e.g. recordings/first-light-20261121T120000Z',
      });
    }
    if (!existsSync(file)) throw notARecording(folder, `it holds no ${FILE_NAME}`);
    const instance = await openDatabase(file, mode);
    const writer = await instance.connect();
    try {
      await checkSchema(writer, folder);
    } catch (error) {
      writer.closeSync();
      instance.closeSync();
      throw error;
    }
    const appender = mode === 'write' ? await RowAppender.open(writer) : undefined;
    return new Recording(folder, instance, writer, await instance.connect(), appender, options);
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

  /** All rows of a table in its order (or those that an SQL condition picks, e.g. `WHERE ue = 'alice'`). */
  async rows<N extends TableName>(table: N, where = ''): Promise<Row<N>[]> {
    const result = await this.#reader.runAndReadAll(selectSql(table, where));
    return result.getRowObjectsJS().map((row) => fromDatabase(table, row));
  }

  /** The value of one key of table `run`; undefined when it was not recorded. */
  async runValue(key: string): Promise<unknown> {
    return (await this.rows('run')).find((row) => row.key === key)?.value;
  }

  /** Any SQL that reads; rows as plain objects (BIGINT comes as bigint). For reports and exports. */
  async query(sql: string): Promise<Record<string, unknown>[]> {
    return (await this.#reader.runAndReadAll(sql)).getRowObjectsJS();
  }

  /** Commits what is left and closes. Safe to call twice. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#wakeFlush?.abort();
      await this.#flushing;
      if (this.#failure !== undefined) throw this.#failure;
    } finally {
      this.#appender?.close();
      this.#reader.closeSync();
      this.#writer.closeSync();
      this.#instance.closeSync();
    }
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
        batch.resolve();
      } catch (error) {
        this.#failure = new BeamloopError('RECORDING_INVALID', {
          what: `The recording could not be written: ${error instanceof Error ? error.message : error}`,
          where: this.folder,
          todo: 'Check that the disk has room and that the folder is writable',
          cause: error,
        });
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

async function checkSchema(connection: DuckDBConnection, folder: string): Promise<void> {
  const found = new Set(
    (await connection.runAndReadAll('SELECT table_name AS name FROM duckdb_tables()'))
      .getRowObjectsJS()
      .map((row) => row.name),
  );
  const missing = TABLE_NAMES.filter((table) => !found.has(table));
  if (missing.length > 0) throw notARecording(folder, `table ${missing[0]} is not there`);
  const [version] = (
    await connection.runAndReadAll(`SELECT value FROM run WHERE key = 'schemaVersion'`)
  ).getRowObjectsJS();
  if (version?.value !== String(RECORDING_SCHEMA_VERSION)) {
    throw notARecording(folder, `its version is ${version?.value}, not ${RECORDING_SCHEMA_VERSION}`);
  }
}

function notARecording(folder: string, why: string): BeamloopError {
  return new BeamloopError('RECORDING_INVALID', {
    what: `Not a recording: ${why}`,
    where: folder,
    todo: 'Name the folder that beamloop run printed',
  });
}
