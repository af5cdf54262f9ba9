/**
 * A recording: one folder per run with a DuckDB file in it.
 *
 * Rows are appended in memory and committed together, at the latest `flushIntervalS` after the first of them.
 * A commit is a whole transaction that was synced to disk: what `durable()` promised survives `kill -9`, and rows
 * appended before others are never lost without them.
 */

import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { type Clock, monotonicClock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
import { shellWord } from '../core/shell-word.js';
import { Stop } from '../core/stop-signal.js';
import { type Recovery, refusal } from './database.js';
import { Follower, type RowOfTable } from './follower.js';
import { RowCollector } from './plain-rows.js';
import { FILE_NAME, type RunInfo, requireFree } from './recording-file.js';
import { openStore, type RecordingStore } from './recording-store.js';
import { fromDatabase } from './row-appender.js';
import { type Row, selectSql, type TableName } from './schema.js';
import { openStoreThread } from './store-thread.js';

const MAX_ROWS_PER_COMMIT = 2000;
/** Handed to the other thread together: few enough to be copied in a fraction of a millisecond. */
const ROWS_TOGETHER = 128;
/** That a follower may lag behind. */
const MOST_ROWS_AHEAD = 20_000;

export interface RecordingOptions {
  readonly clock?: Clock;
  /** Longest time that a row waits in memory, s. */
  readonly flushIntervalS?: number;
}

interface Batch {
  readonly rows: RowOfTable[];
  readonly committed: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

export class Recording {
  readonly folder: string;
  /** What could not be used of a log that was damaged; null when nothing was. */
  readonly recovery: Recovery | null;
  readonly #store: RecordingStore;
  readonly #isWritten: boolean;
  /** The file that was opened, to tell it from another one under its name. */
  readonly #file: Stats;
  readonly #clock: Clock;
  readonly #flushIntervalS: number;
  readonly #followers = new Set<Follower>();
  readonly #lookers = new Set<(rows: readonly RowOfTable[]) => void>();
  #batch = newBatch();
  /** Of the batch, what the store has not been handed yet. */
  readonly #untaken = new Map<TableName, RowCollector>();
  #numUntaken = 0;
  #committing: Promise<void> | undefined;
  #flushing: Promise<void> | undefined;
  #wakeFlush: Stop | undefined;
  #failure: unknown;
  #closed = false;

  private constructor(
    folder: string,
    store: RecordingStore,
    mode: 'read' | 'write',
    file: Stats,
    options: RecordingOptions,
  ) {
    this.folder = folder;
    this.recovery = store.recovery;
    this.#store = store;
    this.#isWritten = mode === 'write';
    this.#file = file;
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
    requireFree(folder);
  }

  /**
   * Starts a recording in `folder`, which is created. Throws RECORDING_EXISTS when the folder holds one already; FILE_UNWRITABLE.
   */
  static async create(folder: string, info: RunInfo, options: RecordingOptions = {}): Promise<Recording> {
    return Recording.#of(folder, await openStoreThread(folder, info), 'write', options);
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
    const store = mode === 'read' ? await openStore(folder, mode) : await openStoreThread(folder, null);
    const recording = await Recording.#of(folder, store, mode, options);
    if (mode === 'write' && store.recovery !== null) recording.event('log recovered', store.recovery);
    return recording;
  }

  static async #of(
    folder: string,
    store: RecordingStore,
    mode: 'read' | 'write',
    options: RecordingOptions,
  ): Promise<Recording> {
    try {
      return new Recording(folder, store, mode, await stat(path.join(folder, FILE_NAME)), options);
    } catch (error) {
      await store.close();
      throw refusal(error, folder, mode);
    }
  }

  /** Appends a row. Returns at once; `durable()` tells when it is on disk. A key that is there already is a fault. */
  append<N extends TableName>(table: N, row: Row<N>): void {
    if (this.#closed || !this.#isWritten) {
      throw new Error(`recording ${this.folder} is not open for writing`);
    }
    this.#collectorOf(table).append(row);
    this.#batch.rows.push({ table, row } as RowOfTable);
    if (++this.#numUntaken >= ROWS_TOGETHER) this.#hand();
    this.#startFlush();
    if (this.#batch.rows.length >= MAX_ROWS_PER_COMMIT) this.#wakeFlush?.end('now');
  }

  /**
   * Rows of these tables as they are committed from now on, for whoever watches. Who is slower than the recording loses the
   * oldest of more than `mostRows` that wait, and is told how many.
   *
   * @throws BAD_ARGUMENT unless it was opened for writing.
   */
  follow(tables: readonly TableName[], mostRows = MOST_ROWS_AHEAD): Follower {
    if (!this.#isWritten) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: 'A recording that was opened to be read does not hear of what others write',
        where: this.folder,
        todo: 'Follow the one that is written: startRun and resumeRun hand it to onRecording',
      });
    }
    const follower = new Follower(tables, mostRows, () => this.#followers.delete(follower));
    this.#followers.add(follower);
    return follower;
  }

  /** As `follow`, for who only looks at rows in passing: told of each commit, and must return at once. Ends with the recording. */
  look(looker: (rows: readonly RowOfTable[]) => void): void {
    this.#lookers.add(looker);
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
    this.#wakeFlush?.end('now');
    return this.durable();
  }

  /**
   * All rows of a table in its order (or those that an SQL condition picks, e.g. `WHERE ue = 'alice'`).
   * Rejects with RECORDING_DAMAGED when the file is damaged where they are.
   */
  async rows<N extends TableName>(table: N, where = ''): Promise<Row<N>[]> {
    const rows = await this.query(selectSql(table, where));
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
      return await this.#store.query(sql);
    } catch (error) {
      throw isOfSql(error) ? error : refusal(error, this.folder, 'read');
    }
  }

  /** Commits what is left and closes. Safe to call twice. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#wakeFlush?.end('now');
      await this.#flushing;
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#isWritten) await this.#requireFile();
    } finally {
      for (const follower of this.#followers) follower.end();
      await this.#store.close();
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

  #collectorOf(table: TableName): RowCollector {
    const known = this.#untaken.get(table);
    if (known !== undefined) return known;
    const collector = new RowCollector(table);
    this.#untaken.set(table, collector);
    return collector;
  }

  #hand(): void {
    const rows = [...this.#untaken.values()].filter(({ numRows }) => numRows > 0);
    if (rows.length > 0) this.#store.take(rows.map((collector) => collector.take()));
    this.#numUntaken = 0;
  }

  #startFlush(): void {
    if (this.#flushing !== undefined) return;
    this.#flushing = this.#flushLoop();
  }

  async #flushLoop(): Promise<void> {
    while (this.#batch.rows.length > 0 && this.#failure === undefined) {
      if (!this.#closed && this.#batch.rows.length < MAX_ROWS_PER_COMMIT) {
        const wake = new Stop();
        this.#wakeFlush = wake;
        await this.#clock.sleep(this.#flushIntervalS, wake).catch(() => {});
      }
      const batch = this.#batch;
      this.#batch = newBatch();
      this.#committing = batch.committed;
      try {
        this.#hand();
        await this.#store.commit();
        await this.#requireFile();
        for (const follower of this.#followers) follower.take(batch.rows);
        for (const look of this.#lookers) look(batch.rows);
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

/** What DuckDB refuses because of what it is told, not of the file. */
function isOfSql(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(Parser|Binder|Catalog|Conversion|Invalid Input) Error|violates .* constraint/.test(error.message)
  );
}
