/**
 * A recording's file in a thread of its own: appending and syncing take milliseconds, in which nobody else in this thread would get
 * anything done, such as choosing the next codewords.
 */
import { Worker } from 'node:worker_threads';
import { compiledEntry } from '../core/compiled-entry.js';
import { errorOf, type Failure } from '../core/failure.js';
import type { Recovery } from './database.js';
import type { RunInfo } from './recording-file.js';
import type { RecordingStore, StoredRow } from './recording-store.js';

/** What the thread is started with. */
export interface StoreThreadData {
  readonly folder: string;
  /** Of a recording that is to be made; null where one is gone on with. */
  readonly info: RunInfo | null;
}

/** Asked of the thread; each is answered, in turn. */
export type StoreRequest =
  | { readonly type: 'open' | 'commit' | 'close' }
  | { readonly type: 'query'; readonly sql: string };
/** Rows are not answered: what is wrong with them is said of their commit. */
export type StoreMessage =
  | (StoreRequest & { readonly id: number })
  | { readonly type: 'rows'; readonly rows: readonly StoredRow[] };

export type StoreAnswer = { readonly id: number } & ({ readonly value: unknown } | StoreFailure);
/** The message is what DuckDB said. */
export type StoreFailure = { readonly failure: Failure } | { readonly message: string };

/** @throws as `openStore`, and with `info` as `createRecordingFile`. */
export async function openStoreThread(folder: string, info: RunInfo | null): Promise<RecordingStore> {
  const store = new StoreThread({ folder, info });
  try {
    await store.open();
    return store;
  } catch (error) {
    await store.end();
    throw error;
  }
}

class StoreThread implements RecordingStore {
  #recovery: Recovery | null = null;
  readonly #worker: Worker;
  readonly #waiting = new Map<
    number,
    { readonly resolve: (value: unknown) => void; readonly reject: (error: unknown) => void }
  >();
  #lastId = 0;
  /** Why nothing can be asked any more. */
  #failure: Error | null = null;

  constructor(workerData: StoreThreadData) {
    // Options of the program, such as --input-type, are not for this file.
    this.#worker = new Worker(compiledEntry('./store-worker.js', import.meta.url), {
      workerData,
      execArgv: [],
    });
    // A program that forgot its recording may end; while something is asked for it must not.
    this.#worker.unref();
    this.#worker.on('message', (answer: StoreAnswer) => this.#settle(answer));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('The thread that writes the recording has ended')));
  }

  get recovery(): Recovery | null {
    return this.#recovery;
  }

  async open(): Promise<void> {
    this.#recovery = (await this.#ask({ type: 'open' })) as Recovery | null;
  }

  query(sql: string): Promise<Record<string, unknown>[]> {
    return this.#ask({ type: 'query', sql }) as Promise<Record<string, unknown>[]>;
  }

  take(rows: readonly StoredRow[]): void {
    this.#worker.postMessage({ type: 'rows', rows } satisfies StoreMessage);
  }

  async commit(): Promise<void> {
    await this.#ask({ type: 'commit' });
  }

  async close(): Promise<void> {
    try {
      await this.#ask({ type: 'close' });
    } finally {
      await this.end();
    }
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask(request: StoreRequest): Promise<unknown> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    const id = ++this.#lastId;
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ ...request, id } satisfies StoreMessage);
    });
  }

  #settle(answer: StoreAnswer): void {
    const { resolve, reject } = this.#waiting.get(answer.id)!;
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ('value' in answer) resolve(answer.value);
    else reject('failure' in answer ? errorOf(answer.failure) : new Error(answer.message));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}
