/** What keeps the rows of a recording: its DuckDB file, opened in this thread or in another. */
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { type OpenedDatabase, openDatabase, type Recovery, refusal } from './database.js';
import type { PlainRows } from './plain-rows.js';
import { FILE_NAME, requireRecording } from './recording-file.js';
import { RowAppender } from './row-appender.js';
import { checkSchema, migrate, readAsThisVersion } from './schema-version.js';

export interface RecordingStore {
  /** What could not be used of a log that was damaged; null when nothing was. */
  readonly recovery: Recovery | null;
  /** Any SQL that reads. Rejects with what DuckDB says. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** Rows of the next commit. What is wrong with them is said then. */
  take(rows: readonly PlainRows[]): void;
  /** Everything that was taken, in one transaction that is synced to disk. Rejects with what DuckDB says. */
  commit(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the file of a recording in this thread.
 *
 * @throws FILE_NOT_FOUND, RECORDING_INVALID, RECORDING_DAMAGED, RECORDING_VERSION, RECORDING_BUSY, FILE_UNREADABLE or FILE_UNWRITABLE.
 */
export async function openStore(folder: string, mode: 'read' | 'write'): Promise<RecordingStore> {
  await requireRecording(folder);
  const database = await openDatabase(path.join(folder, FILE_NAME), mode);
  try {
    const writer = await database.instance.connect();
    const older = await checkSchema(writer, folder);
    const reader = await database.instance.connect();
    if (older !== null && mode === 'write') await migrate(writer, older);
    if (older !== null && mode === 'read') await readAsThisVersion(reader, older);
    const appender = mode === 'write' ? await RowAppender.open(writer) : null;
    return new FileStore(database, writer, reader, appender);
  } catch (error) {
    await database.close();
    throw refusal(error, folder, mode);
  }
}

class FileStore implements RecordingStore {
  readonly #database: OpenedDatabase;
  readonly #writer: DuckDBConnection;
  readonly #reader: DuckDBConnection;
  /** Null where it is only read. */
  readonly #appender: RowAppender | null;
  #taken: PlainRows[] = [];

  constructor(
    database: OpenedDatabase,
    writer: DuckDBConnection,
    reader: DuckDBConnection,
    appender: RowAppender | null,
  ) {
    this.#database = database;
    this.#writer = writer;
    this.#reader = reader;
    this.#appender = appender;
  }

  get recovery(): Recovery | null {
    return this.#database.recovery;
  }

  async query(sql: string): Promise<Record<string, unknown>[]> {
    return (await this.#reader.runAndReadAll(sql)).getRowObjectsJS();
  }

  take(rows: readonly PlainRows[]): void {
    this.#taken.push(...rows);
  }

  async commit(): Promise<void> {
    const taken = this.#taken;
    this.#taken = [];
    await this.#writer.run('BEGIN');
    for (const rows of taken) this.#appender!.append(rows);
    this.#appender!.flush();
    await this.#writer.run('COMMIT');
  }

  async close(): Promise<void> {
    this.#appender?.close();
    this.#reader.closeSync();
    this.#writer.closeSync();
    await this.#database.close();
  }
}
