/**
 * A recording's file in a thread of its own: appending and syncing take milliseconds, in which nobody else in this thread would get
 * anything done, such as choosing the next codewords.
 */
import { Worker } from 'node:worker_threads';
import { compiledEntry } from '../core/compiled-entry.js';
import { errorOf, type Failure } from '../core/failure.js';
import type { Recovery } from './database.js';
import { buffersOf, type PlainRows } from './plain-rows.js';
import type { RunInfo } from './recording-file.js';
import type { RecordingStore } from './recording-store.js';

/** Asked of the thread; each is answered, in turn. `info` is that of a recording to be made, null where one is gone on with. */
export type StoreRequest =
  | { readonly type: 'open'; readonly folder: string; readonly info: RunInfo | null }
  | { readonly type: 'commit' | 'close' }
  | { readonly type: 'query'; readonly sql: string };
/** Rows are not answered: what is wrong with them is said of their commit. */
export type StoreMessage =
  | (StoreRequest & { readonly id: number })
  | { readonly type: 'rows'; readonly rows: readonly PlainRows[] };

export type StoreAnswer = { readonly id: number } & ({ readonly value: unknown } | StoreFailure);
/** The message is what DuckDB said. */
export type StoreFailure = { readonly failure: Failure } | { readonly message: string };

/** What is asked of a recording that is closed, or whose thread has ended. */
const ENDED = 'The thread that writes the recording has ended';

/** One that has closed its recording and waits for the next: to start one takes longer than to make a recording, most of it DuckDB's. */
let idle: StoreThread | null = null;

/** @throws as `openStore`, and with `info` as `createRecordingFile`. */
export async function openStoreThread(folder: string, info: RunInfo | null): Promise<RecordingStore> {
  const thread = idle?.isOver === false ? idle : new StoreThread();
  idle = null;
  try {
    const recovery = await thread.ask({ type: 'open', folder, info });
    return new ThreadStore(thread, recovery as Recovery | null);
  } catch (error) {
    await thread.end();
    throw error;
  }
}

class ThreadStore implements RecordingStore {
  readonly recovery: Recovery | null;
  /** Null once it is closed: the thread has another recording then. */
  #thread: StoreThread | null;

  constructor(thread: StoreThread, recovery: Recovery | null) {
    this.#thread = thread;
    this.recovery = recovery;
  }

  query(sql: string): Promise<Record<string, unknown>[]> {
    return this.#ask({ type: 'query', sql }) as Promise<Record<string, unknown>[]>;
  }

  take(rows: readonly PlainRows[]): void {
    this.#thread?.hand(rows);
  }

  async commit(): Promise<void> {
    await this.#ask({ type: 'commit' });
  }

  async close(): Promise<void> {
    const thread = this.#thread;
    const closed = this.#ask({ type: 'close' });
    this.#thread = null;
    try {
      await closed;
    } catch (error) {
      await thread?.end();
      throw error;
    }
    if (idle === null) idle = thread;
    else await thread!.end();
  }

  #ask(request: StoreRequest): Promise<unknown> {
    return this.#thread?.ask(request) ?? Promise.reject(new Error(ENDED));
  }
}

class StoreThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<
    number,
    { readonly resolve: (value: unknown) => void; readonly reject: (error: unknown) => void }
  >();
  #lastId = 0;
  /** Why nothing can be asked any more. */
  #failure: Error | null = null;

  constructor() {
    // Options of the program, such as --input-type, are not for this file.
    this.#worker = new Worker(compiledEntry('./store-worker.js', import.meta.url), { execArgv: [] });
    // A program that forgot its recording may end; while something is asked for it must not.
    this.#worker.unref();
    this.#worker.on('message', (answer: StoreAnswer) => this.#settle(answer));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error(ENDED)));
  }

  get isOver(): boolean {
    return this.#failure !== null;
  }

  hand(rows: readonly PlainRows[]): void {
    this.#worker.postMessage({ type: 'rows', rows } satisfies StoreMessage, rows.flatMap(buffersOf));
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  ask(request: StoreRequest): Promise<unknown> {
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
