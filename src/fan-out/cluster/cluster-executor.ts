/** Has the users of a study simulated by workers on any number of machines, through streams of a NATS server. */
import { BeamloopError } from '../../core/errors.js';
import { errorOf } from '../../core/failure.js';
import { printable } from '../../core/printable.js';
import { wait } from '../../nats/persistently.js';
import type { Executor, RunOptions, Simulation } from '../executor.js';
import { JobProgress } from '../job-progress.js';
import { digestOfJobs } from '../plain-data.js';
import { programIdentity } from '../program-identity.js';
import { type JobList, numUsersOf } from '../user-job.js';
import { OrderedResults } from './ordered-results.js';
import { publishAgain, publishShards } from './shard-publisher.js';
import { type Definition, FORMAT } from './study-messages.js';
import { NEWS } from './study-names.js';
import { type Server, StudyStreams } from './study-streams.js';

export interface ClusterOptions {
  readonly server: Server;
  /** Of the study on the server. */
  readonly name: string;
  readonly title: string;
  /** A worker that is silent for longer loses its shards to others. */
  readonly ackWaitS?: number;
  /** What is there under that name is removed first. */
  readonly isFresh?: boolean;
  /** What the user should know while it goes on. */
  readonly onNotice?: ((text: string) => void) | undefined;
}

const ACK_WAIT_S = 30;
/** How often it is looked whether everything goes on. */
const LOOK_EVERY_MS = 2000;
/** So long nobody need be at it. */
const NOBODY_AFTER_MS = 10_000;

export class ClusterExecutor implements Executor {
  readonly #options: ClusterOptions;
  /** One for each list of jobs that the study runs. */
  readonly #lists: StudyStreams[] = [];

  constructor(options: ClusterOptions) {
    this.#options = options;
  }

  async *runJobs<Result>(simulation: Simulation, jobs: JobList, options: RunOptions): AsyncGenerator<Result> {
    const stop = new AbortController();
    const { signal } = stop;
    const onAbort = () => stop.abort(options.signal?.reason);
    if (options.signal?.aborted) onAbort();
    options.signal?.addEventListener('abort', onAbort, { once: true });
    const streams = this.#nextStreams(signal);
    await this.#putIn(streams, simulation, jobs);
    const progress = new JobProgress(jobs, options);
    const results = new OrderedResults(streams, jobs.length, (index) => progress.finish(index), signal);
    const fail = (error: unknown) => results.fail(error);
    signal.addEventListener('abort', () => fail(signal.reason), { once: true });
    const sideways = [
      results.listen(),
      publishShards(streams, jobs, signal).then(() => this.#watch(streams, jobs, results, signal)),
      this.#hearNotices(streams, signal),
      streams.server.nats.ended.then((error) => {
        if (error !== null) throw error;
      }),
    ];
    for (const each of sideways) each.catch(fail);
    try {
      for await (const outcome of results.all()) {
        if ('failure' in outcome) throw errorOf(outcome.failure);
        yield outcome.result as Result;
      }
    } finally {
      options.signal?.removeEventListener('abort', onAbort);
      stop.abort(new Error('The study is over'));
      await Promise.allSettled(sideways.slice(0, 3));
    }
  }

  /** Whether any list of jobs was put in. */
  get hasJobs(): boolean {
    return this.#lists.length > 0;
  }

  /**
   * Takes everything away from the server.
   *
   * @param signal ends waiting for a server that is gone.
   */
  async remove(signal?: AbortSignal): Promise<void> {
    for (const { names } of this.#lists) {
      await new StudyStreams(this.#options.server, names.name, signal).remove();
    }
  }

  #nextStreams(signal: AbortSignal): StudyStreams {
    const { server, name } = this.#options;
    const number = this.#lists.length + 1;
    const streams = new StudyStreams(server, number === 1 ? name : `${name}-${number}`, signal);
    this.#lists.push(streams);
    return streams;
  }

  async #putIn(streams: StudyStreams, simulation: Simulation, jobs: JobList): Promise<void> {
    const { title, ackWaitS = ACK_WAIT_S, isFresh = false } = this.#options;
    if (isFresh) await streams.remove();
    const program = programIdentity();
    const definition: Definition = {
      ...{ format: FORMAT, program, title, simulation, numShards: jobs.length, numUsers: numUsersOf(jobs) },
      digest: digestOfJobs(program, simulation, jobs, null),
      ...{ ackWaitS, startedMs: Date.now() },
    };
    await streams.makeStudyStream();
    const published = await streams.put(streams.names.definition, definition);
    const found = published === 'new' ? definition : (await streams.definition())!;
    requireSame(found, definition, streams.where);
    await streams.makeShardStream(found.ackWaitS);
    streams.server.nats.connection.publish(NEWS);
  }

  /** Shards that were lost, and workers that are missing. */
  async #watch(
    streams: StudyStreams,
    jobs: JobList,
    results: OrderedResults,
    signal: AbortSignal,
  ): Promise<void> {
    const startMs = performance.now();
    let isTold = false;
    let numBefore = -1;
    while (results.numSeen < jobs.length) {
      await wait(LOOK_EVERY_MS, signal);
      const isMoving = results.numSeen !== numBefore;
      numBefore = results.numSeen;
      if (isMoving) continue;
      const numOpen = await streams.numOpenShards();
      if (numOpen === null) throw streams.gone();
      if (numOpen === 0 && results.numSeen === numBefore) {
        // All were done, and have been for a while; or a server that was killed has lost some, or forgotten that it has them.
        for (const index of results.missing()) {
          const isThere = await streams.has(streams.names.resultOf(index));
          if (!isThere) await publishAgain(streams, jobs, index, signal);
        }
      } else if (!isTold && results.numSeen === 0 && performance.now() - startMs > NOBODY_AFTER_MS) {
        isTold = true;
        this.#options.onNotice?.(
          `No shard is done yet. Workers do them: beamloop worker --nats ${streams.server.nats.shown}`,
        );
      }
    }
  }

  async #hearNotices(streams: StudyStreams, signal: AbortSignal): Promise<void> {
    const subscription = streams.server.nats.connection.subscribe(streams.names.notices);
    signal.addEventListener('abort', () => subscription.unsubscribe(), { once: true });
    const told = new Set<string>();
    for await (const message of subscription) {
      // Anybody on the server may say anything.
      const text = printable(message.string());
      if (!told.has(text)) this.#options.onNotice?.(text);
      told.add(text);
    }
  }
}

/** @throws STUDY_MISMATCH. */
function requireSame(found: Definition, ours: Definition, where: string): void {
  if (found.digest === ours.digest) return;
  const what =
    found.program === ours.program
      ? `Another study or other data, or the same with another seed or other users, are on the server under this name: '${found.title}', digest ${found.digest.slice(0, 12)}, and this has ${ours.digest.slice(0, 12)}`
      : `What is on the server under this name was put in by beamloop ${found.program}, and this is ${ours.program}`;
  throw new BeamloopError('STUDY_MISMATCH', {
    what,
    where,
    todo: 'Use another --name, use the version that put it in, or remove what is there with --fresh',
  });
}
