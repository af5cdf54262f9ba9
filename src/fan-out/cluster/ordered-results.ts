/** Results in the order of shards, from a server that has them in the order in which they were done. */
import { decodeData } from '../plain-data.js';
import { resultFeed } from './result-feed.js';
import type { ShardOutcome } from './study-messages.js';
import { indexOfSubject } from './study-names.js';
import type { StudyStreams } from './study-streams.js';

/** Results are kept by so many ahead of the one that is waited for; those beyond are asked for again in their turn. */
const MOST_AHEAD = 4096;
/** Asked for at a time. */
const ASKED_AT_ONCE = 64;

export class OrderedResults {
  readonly #streams: StudyStreams;
  readonly #signal: AbortSignal;
  readonly #onSeen: (index: number) => void;
  /** One a shard: whether its result is stored. */
  readonly #isSeen: Uint8Array;
  readonly #ahead = new Map<number, Uint8Array>();
  #next = 0;
  #numSeen = 0;
  #failure: { readonly error: unknown } | null = null;
  #wake = () => {};

  /** @param onSeen told of every shard once, as soon as it has a result. */
  constructor(
    streams: StudyStreams,
    numShards: number,
    onSeen: (index: number) => void,
    signal: AbortSignal,
  ) {
    this.#streams = streams;
    this.#signal = signal;
    this.#onSeen = onSeen;
    this.#isSeen = new Uint8Array(numShards);
  }

  get numSeen(): number {
    return this.#numSeen;
  }

  /** Indexes of shards without a result. */
  *missing(): Generator<number> {
    for (let index = 0; index < this.#isSeen.length; index++) if (this.#isSeen[index] === 0) yield index;
  }

  /** Whoever takes results meets the first failure. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  /** Hears what is stored until it is ended by the signal. */
  async listen(): Promise<void> {
    for await (const { subject, message } of resultFeed(this.#streams, this.#signal)) {
      const index = indexOfSubject(subject);
      if (!(index < this.#isSeen.length) || this.#isSeen[index] !== 0) continue;
      this.#isSeen[index] = 1;
      this.#numSeen++;
      if (index < this.#next + MOST_AHEAD) this.#ahead.set(index, message);
      this.#onSeen(index);
      if (index === this.#next) this.#wake();
    }
  }

  async *all(): AsyncGenerator<ShardOutcome> {
    for (; this.#next < this.#isSeen.length; this.#next++) {
      while (this.#isSeen[this.#next] === 0) await this.#somethingNew();
      this.#throwFailure();
      const message = this.#ahead.get(this.#next) ?? (await this.#askFrom(this.#next));
      this.#ahead.delete(this.#next);
      yield decodeData(await this.#streams.whole(message)) as ShardOutcome;
    }
  }

  async #somethingNew(): Promise<void> {
    this.#throwFailure();
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** That result, and others behind it that were too far ahead when they came. */
  async #askFrom(first: number): Promise<Uint8Array> {
    const indexes: number[] = [];
    const end = Math.min(first + MOST_AHEAD, this.#isSeen.length);
    for (let index = first; index < end && indexes.length < ASKED_AT_ONCE; index++) {
      if (this.#isSeen[index] !== 0 && !this.#ahead.has(index)) indexes.push(index);
    }
    await Promise.all(
      indexes.map(async (index) => {
        const message = await this.#streams.message(this.#streams.names.resultOf(index));
        if (message === null) throw this.#streams.gone();
        this.#ahead.set(index, message);
      }),
    );
    return this.#ahead.get(first)!;
  }
}
