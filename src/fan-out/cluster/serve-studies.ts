/** A worker: does shards of the studies that are on a server, one study after the other, until it is stopped. */
import { BeamloopError } from '../../core/errors.js';
import { wait } from '../../nats/persistently.js';
import type { Simulation } from '../executor.js';
import { programIdentity } from '../program-identity.js';
import { ShardWork } from './shard-work.js';
import { studyNamesOn } from './study-list.js';
import type { Definition } from './study-messages.js';
import { NEWS } from './study-names.js';
import { type Server, StudyStreams } from './study-streams.js';
import { ThreadPool } from './thread-pool.js';

export interface WorkerOptions {
  readonly server: Server;
  readonly numThreads: number;
  /** Module of a thread, as for `JobThread`. */
  readonly threadModule: URL;
  /** Whether this program knows what simulates it. */
  readonly canSimulate: (simulation: Simulation) => boolean;
  /** Only the study of this name. */
  readonly only?: string | undefined;
  readonly stallS: number;
  readonly signal: AbortSignal;
  readonly onStudy: (definition: Definition, name: string) => void;
  readonly onDone: (name: string) => void;
  /** What the user should know. */
  readonly onNotice: (text: string) => void;
}

/** Between looks for studies, when there is nothing to do. */
const LOOK_EVERY_MS = 1000;

export async function serveStudies(options: WorkerOptions): Promise<never> {
  const worker = new StudyWorker(options);
  let wake = () => {};
  const news = options.server.nats.connection.subscribe(NEWS, { callback: () => wake() });
  try {
    for (;;) {
      const isWoken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      if (!(await worker.workOnce())) await Promise.race([isWoken, wait(LOOK_EVERY_MS, options.signal)]);
    }
  } finally {
    news.unsubscribe();
    worker.end();
  }
}

interface Current {
  readonly digest: string;
  readonly pool: ThreadPool;
}

class StudyWorker {
  readonly #options: WorkerOptions;
  /** Threads are kept for the study that they are at. */
  #current: Current | null = null;
  /** Where it is: the same may be wanted under several names. */
  #name = '';
  readonly #told = new Set<string>();

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** One round over all studies; whether there was anything to do. */
  async workOnce(): Promise<boolean> {
    const { server, only, signal } = this.#options;
    let hadAny = false;
    for (const name of only === undefined ? await studyNamesOn(server, signal) : [only]) {
      signal.throwIfAborted();
      hadAny = (await this.#workAt(name)) || hadAny;
    }
    return hadAny;
  }

  end(): void {
    this.#current?.pool.end();
    this.#current = null;
  }

  async #workAt(name: string): Promise<boolean> {
    const { server, signal, onStudy, onDone, onNotice } = this.#options;
    const streams = new StudyStreams(server, name, signal);
    try {
      const definition = await this.#accepted(streams);
      if (definition === null || !(await hasShards(streams))) return false;
      if (this.#current?.digest !== definition.digest || this.#name !== name) onStudy(definition, name);
      this.#name = name;
      return await new ShardWork({
        ...{ streams, signal, ackWaitS: definition.ackWaitS, pool: this.#poolFor(definition) },
        onDone: () => onDone(name),
        onNotice: (text) => {
          onNotice(text);
          server.nats.connection.publish(streams.names.notices, `A worker says: ${text}`);
        },
      }).run();
    } catch (error) {
      signal.throwIfAborted();
      // One that was taken away is no reason to leave others alone.
      if (error instanceof BeamloopError && error.code === 'NATS_STREAM') return false;
      throw error;
    }
  }

  /** What the study is; null for one that is not for us. */
  async #accepted(streams: StudyStreams): Promise<Definition | null> {
    const { canSimulate } = this.#options;
    const program = programIdentity();
    try {
      const definition = await streams.definition();
      if (definition === null) return null;
      if (definition.program !== program) {
        this.#refuse(
          streams,
          `it was put in by beamloop ${definition.program}, and this worker is ${program}`,
        );
        return null;
      }
      if (canSimulate(definition.simulation)) return definition;
      this.#refuse(streams, `this worker knows no study of kind '${definition.simulation.kind}'`);
    } catch (error) {
      if (!(error instanceof BeamloopError) || error.code !== 'STUDY_MISMATCH') throw error;
      this.#refuse(streams, error.what);
    }
    return null;
  }

  /** Our own user is told once. */
  #refuse(streams: StudyStreams, why: string): void {
    const text = `Study '${streams.names.name}' is left alone: ${why}`;
    // Whoever waits may have come after the last time.
    this.#options.server.nats.connection.publish(streams.names.notices, `A worker says: ${text}`);
    if (this.#told.has(text)) return;
    this.#told.add(text);
    this.#options.onNotice(text);
  }

  #poolFor({ digest, simulation }: Definition): ThreadPool {
    if (this.#current?.digest !== digest) {
      this.end();
      const { numThreads, threadModule, stallS } = this.#options;
      this.#current = { digest, pool: new ThreadPool({ numThreads, threadModule, stallS, simulation }) };
    }
    return this.#current!.pool;
  }
}

/** Whether any waits or is underway. */
async function hasShards(streams: StudyStreams): Promise<boolean> {
  return ((await streams.numOpenShards()) ?? 0) > 0;
}
