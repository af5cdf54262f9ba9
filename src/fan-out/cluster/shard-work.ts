/** A worker at one study: takes shards, has them simulated, publishes what came of them, and only then says that they are done. */
import type { Consumer, JsMsg } from '@nats-io/jetstream';
import { BeamloopError } from '../../core/errors.js';
import { failureOf } from '../../core/failure.js';
import { isOfConsumer, isPassing, isUnheard, natsError } from '../../nats/nats-errors.js';
import { persistently, wait } from '../../nats/persistently.js';
import { fetched } from './fetched.js';
import { decodeShard, packWhole, type Shard, type ShardOutcome } from './study-messages.js';
import type { StudyStreams } from './study-streams.js';
import { Stalled, type ThreadPool } from './thread-pool.js';

/** Work that is held beyond what threads are at: little enough that no other worker waits for it. */
const AHEAD_S = 0.5;
const MOST_HELD = 1000;
/** Results on their way to the server: while there are so many, or so large ones, no more are made. */
const MOST_PUBLISHING = 256;
const MOST_PUBLISHING_BYTES = 32 << 20;
/** Of asking for shards; a study that has none for so long is left for the next. */
const EXPIRES_MS = 2000;
const AGAIN_MS = 100;
/** A shard that ended a thread so often, here, would do so everywhere. */
const MOST_FALLS = 2;
const FULL_WAIT_MS = 2000;
/** Weight of the last job in the mean. */
const LATEST = 0.2;

export interface ShardWorkOptions {
  readonly streams: StudyStreams;
  readonly pool: ThreadPool;
  readonly ackWaitS: number;
  readonly signal: AbortSignal;
  readonly onDone: () => void;
  /** What the user, and whoever waits for the study, should know. */
  readonly onNotice: (text: string) => void;
}

interface Held {
  readonly message: JsMsg;
  readonly shard: Shard;
}

/** `done`: somebody else has; `again`: somebody else may try. */
type Ending = ShardOutcome | 'done' | 'again';

export class ShardWork {
  readonly #options: ShardWorkOptions;
  /** Taken and not acknowledged: others get them when we are silent. */
  readonly #held = new Set<Held>();
  readonly #waiting: Held[] = [];
  /** Threads that ended at a shard. */
  readonly #falls = new Map<number, number>();
  #numRunning = 0;
  #numPublishing = 0;
  #publishingBytes = 0;
  #meanJobS = Infinity;
  #isFull = false;
  #wake = () => {};
  #failure: { readonly error: unknown } | null = null;

  constructor(options: ShardWorkOptions) {
    this.#options = options;
  }

  /**
   * Works until there is nothing to take for a moment.
   *
   * @returns whether there was anything.
   * @throws when the study was taken away; the signal's reason. Shards that are not done are given back.
   */
  async run(): Promise<boolean> {
    const { streams, ackWaitS, signal } = this.#options;
    const sayingAlive = setInterval(() => this.#sayAlive(), (1e3 * ackWaitS) / 3);
    const onAbort = () => this.#wake();
    signal.addEventListener('abort', onAbort);
    let hadAny = false;
    try {
      const consumer = await this.#consumer();
      for (let isMore = true; isMore || this.#held.size > 0; ) {
        this.#throwIfOver();
        const room = this.#room();
        if (room === 0) await this.#change();
        else {
          const numTaken = await this.#take(consumer, room);
          isMore = numTaken > 0;
          hadAny ||= isMore;
        }
      }
      this.#throwIfOver();
      return hadAny;
    } finally {
      clearInterval(sayingAlive);
      signal.removeEventListener('abort', onAbort);
      for (const { message } of this.#held) message.nak();
      this.#held.clear();
      if (hadAny) await streams.server.nats.connection.flush().catch(() => {});
    }
  }

  async #consumer(): Promise<Consumer> {
    const { streams, signal } = this.#options;
    const { shardStream, consumer } = streams.names;
    try {
      const { consumers } = streams.server.jetStream.client;
      return await persistently(() => consumers.get(shardStream, consumer), signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw streams.isGone(error) ? streams.gone(error) : natsError(error, streams.where);
    }
  }

  /** How many more shards are to be taken; none while it would be few of many. */
  #room(): number {
    const { numThreads } = this.#options.pool;
    if (this.#isCongested()) return 0;
    const ahead = Math.min(MOST_HELD, Math.floor((AHEAD_S * numThreads) / this.#meanJobS));
    const room = numThreads - this.#numRunning + ahead - this.#waiting.length;
    return room < ahead / 2 ? 0 : Math.max(0, room);
  }

  #isCongested(): boolean {
    return this.#numPublishing >= MOST_PUBLISHING || this.#publishingBytes >= MOST_PUBLISHING_BYTES;
  }

  async #take(consumer: Consumer, room: number): Promise<number> {
    const { streams, signal } = this.#options;
    let numTaken = 0;
    try {
      for await (const message of fetched(consumer, room, EXPIRES_MS, signal)) {
        numTaken++;
        const held = { message, shard: decodeShard(message.data) };
        this.#held.add(held);
        this.#waiting.push(held);
        this.#start();
      }
    } catch (error) {
      if (streams.isGone(error)) throw streams.gone(error);
      if (!isPassing(error) && !isUnheard(error) && !isOfConsumer(error)) {
        throw natsError(error, streams.where);
      }
      if ((await streams.shardState()) === null) throw streams.gone(error);
      await wait(AGAIN_MS, signal);
    }
    // The library is silent about streams that are gone.
    if (numTaken === 0 && (await streams.shardState()) === null) throw streams.gone();
    return numTaken;
  }

  #start(): void {
    const { numThreads } = this.#options.pool;
    while (this.#numRunning < numThreads && this.#waiting.length > 0 && !this.#isCongested()) {
      this.#numRunning++;
      void this.#carryOut(this.#waiting.shift()!).catch((error) => {
        this.#failure ??= { error };
        this.#wake();
      });
    }
  }

  async #carryOut(held: Held): Promise<void> {
    let ending: Ending;
    try {
      ending = await this.#simulated(held);
    } finally {
      this.#numRunning--;
    }
    // Given back meanwhile: it is somebody else's.
    const settled = this.#held.has(held) ? this.#settle(held, ending) : null;
    // What is on its way is counted by now.
    this.#start();
    await settled;
    this.#held.delete(held);
    this.#start();
    this.#wake();
  }

  async #simulated({ message, shard }: Held): Promise<Ending> {
    const { streams, pool, signal } = this.#options;
    if (message.redelivered && (await streams.has(streams.names.resultOf(shard.index)))) return 'done';
    const startMs = performance.now();
    try {
      const result = await pool.run(shard.job);
      const tookS = (performance.now() - startMs) / 1e3;
      this.#meanJobS = this.#meanJobS === Infinity ? tookS : (1 - LATEST) * this.#meanJobS + LATEST * tookS;
      return { result };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof BeamloopError) return { failure: failureOf(error) };
      return this.#fallen(shard, error);
    }
  }

  #fallen({ index }: Shard, error: unknown): Ending {
    const numFalls = (this.#falls.get(index) ?? 0) + 1;
    this.#falls.set(index, numFalls);
    const why = error instanceof Stalled ? error.message : `ended: ${(error as Error).message ?? error}`;
    if (numFalls < MOST_FALLS) {
      this.#options.onNotice(`A thread at shard ${index} ${why}; the shard is given back`);
      return 'again';
    }
    return {
      failure: {
        code: 'SHARD_FAILED',
        what: `Threads at shard ${index} ended ${numFalls} times; the last ${why}`,
        where: this.#options.streams.where,
        todo: 'Give workers more memory or a longer --stall, or make the study smaller; then put it in with --fresh',
      },
    };
  }

  async #settle({ message, shard }: Held, ending: Ending): Promise<void> {
    if (ending === 'again') {
      message.nak();
      return;
    }
    if (ending !== 'done') await this.#publish(shard.index, ending);
    message.ack();
    this.#options.onDone();
  }

  /** A server that has no room is asked again: what was computed is not lost while this worker lives. */
  async #publish(index: number, outcome: ShardOutcome): Promise<void> {
    const { streams, signal, onNotice } = this.#options;
    const message = packWhole(outcome);
    this.#numPublishing++;
    this.#publishingBytes += message.length;
    try {
      for (;;) {
        try {
          await streams.putPacked(streams.names.resultOf(index), message);
          this.#isFull = false;
          return;
        } catch (error) {
          if (!(error instanceof BeamloopError) || error.code !== 'NATS_FULL') throw error;
          if (!this.#isFull) onNotice(error.message);
          this.#isFull = true;
          await wait(FULL_WAIT_MS, signal);
        }
      }
    } finally {
      this.#numPublishing--;
      this.#publishingBytes -= message.length;
    }
  }

  #sayAlive(): void {
    for (const { message } of this.#held) message.working();
  }

  #throwIfOver(): void {
    this.#options.signal.throwIfAborted();
    if (this.#failure !== null) throw this.#failure.error;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
