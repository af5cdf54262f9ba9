/**
 * The streams of a study. One keeps shards until they are done (a work queue). The other keeps what the study is and one result
 * of each shard: a second one of the same shard is refused by the server, whoever brings it.
 */
import { createHash } from 'node:crypto';
import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { BeamloopError } from '../../core/errors.js';
import type { Nats } from '../../nats/connect-nats.js';
import type { JetStream } from '../../nats/jetstream.js';
import { isUnheard, JETSTREAM, jetStreamCode, natsError } from '../../nats/nats-errors.js';
import { persistently, wait } from '../../nats/persistently.js';
import { decodeData } from '../plain-data.js';
import { type Definition, FORMAT, packPieces, packWhole, unpack } from './study-messages.js';
import { type StudyNames, studyNames } from './study-names.js';

/** What is left of a message's room for subject and headers. */
const HEADER_BYTES = 1024;
const PUBLISH_TIMEOUT_MS = 5000;
const UNHEARD_WAIT_MS = 200;

export interface Server {
  readonly nats: Nats;
  readonly jetStream: JetStream;
}

export type Published = 'new' | 'there already';

export class StudyStreams {
  readonly names: StudyNames;
  readonly server: Server;
  readonly #signal: AbortSignal | undefined;

  constructor(server: Server, name: string, signal?: AbortSignal) {
    this.server = server;
    this.names = studyNames(name);
    this.#signal = signal;
  }

  /**
   * Makes the stream of the study, or finds it.
   *
   * @throws NATS_STREAM for a stream that is configured in another way; NATS_FULL.
   */
  makeStudyStream(): Promise<void> {
    const { studyStream, definition, results, pieceOf } = this.names;
    return this.#makeStream({
      name: studyStream,
      subjects: [definition, results, pieceOf('*', 0).replace(/0$/, '*')],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      max_msgs_per_subject: 1,
      discard: DiscardPolicy.New,
      discard_new_per_subject: true,
      allow_direct: true,
      description: 'A study of beamloop: what it is, and a result of each shard',
    });
  }

  /** @param ackWaitS a worker that is silent for longer loses its shards to others. */
  async makeShardStream(ackWaitS: number): Promise<void> {
    const { shardStream, shard, consumer } = this.names;
    await this.#makeStream({
      name: shardStream,
      subjects: [shard],
      storage: StorageType.File,
      retention: RetentionPolicy.Workqueue,
      discard: DiscardPolicy.New,
      description: 'Shards of a study of beamloop that nobody has done yet',
    });
    const config: Partial<ConsumerConfig> = {
      durable_name: consumer,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      ack_wait: 1e9 * ackWaitS,
      max_deliver: -1,
      max_ack_pending: 100_000,
    };
    await this.#ask(() => this.server.jetStream.manager.consumers.add(shardStream, config));
  }

  /** @throws STUDY_MISMATCH when what is there is of a format that this version does not know. */
  async definition(): Promise<Definition | null> {
    const bytes = await this.get(this.names.definition);
    if (bytes === null) return null;
    const found = decodeData(bytes) as Definition;
    if (found.format !== FORMAT) {
      throw new BeamloopError('STUDY_MISMATCH', {
        what: `The study was put in by another version of beamloop: its format is ${found.format}, and this one has ${FORMAT}`,
        where: this.where,
        todo: 'Use the same version everywhere',
      });
    }
    return found;
  }

  /** Bytes that were published under a subject of the study; null where there are none. */
  async get(subject: string): Promise<Uint8Array | null> {
    const packed = await this.message(subject);
    if (packed === null) return null;
    return this.whole(packed);
  }

  /** A message with what is in its pieces. */
  async whole(message: Uint8Array): Promise<Uint8Array> {
    const packed = unpack(message);
    if ('bytes' in packed) return packed.bytes;
    const pieces: Uint8Array[] = [];
    for (let k = 0; k < packed.numPieces; k++) {
      const piece = await this.message(this.names.pieceOf(packed.digest, k));
      // They were stored before the message that names them.
      if (piece === null) throw this.gone();
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  }

  async has(subject: string): Promise<boolean> {
    return (await this.message(subject)) !== null;
  }

  /** Publishes a value, in pieces where it is too large; the first value of a subject stays. */
  put(subject: string, value: unknown): Promise<Published> {
    return this.putPacked(subject, packWhole(value));
  }

  /** The same of a value that `packWhole` has packed. */
  async putPacked(subject: string, message: Uint8Array): Promise<Published> {
    const most = (this.server.nats.connection.info?.max_payload ?? 1 << 20) - HEADER_BYTES;
    if (message.length <= most) return this.#publish(subject, message);
    const bytes = message.subarray(1);
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
    const numPieces = Math.ceil(bytes.length / most);
    for (let k = 0; k < numPieces; k++) {
      await this.#publish(this.names.pieceOf(digest, k), bytes.subarray(k * most, (k + 1) * most));
    }
    return this.#publish(subject, packPieces(digest, numPieces));
  }

  /** @returns whether there was something. */
  async remove(): Promise<boolean> {
    let isFound = false;
    for (const stream of [this.names.shardStream, this.names.studyStream]) {
      await this.#ask(() => this.server.jetStream.manager.streams.delete(stream)).then(
        () => {
          isFound = true;
        },
        (error) => {
          if (!this.isGone(error)) throw error;
        },
      );
    }
    return isFound;
  }

  /** Of the stream of shards; null when it is not there. */
  async shardState() {
    const { shardStream } = this.names;
    return this.#ask(() => this.server.jetStream.manager.streams.info(shardStream)).then(
      ({ state }) => state,
      (error) => {
        if (this.isGone(error)) return null;
        throw error;
      },
    );
  }

  /** Shards that somebody will be given, or has; others of the stream have been passed over. Null when the consumer is not there. */
  async numOpenShards(): Promise<number | null> {
    const { shardStream, consumer } = this.names;
    return this.#ask(() => this.server.jetStream.manager.consumers.info(shardStream, consumer)).then(
      ({ num_pending, num_ack_pending }) => num_pending + num_ack_pending,
      (error) => {
        if (this.isGone(error)) return null;
        throw error;
      },
    );
  }

  get where(): string {
    return `${this.names.name} at ${this.server.nats.shown}`;
  }

  gone(cause?: unknown): BeamloopError {
    return new BeamloopError('NATS_STREAM', {
      what: 'The study was taken away from the server',
      where: this.where,
      todo: 'Another coordinator has finished it, or somebody removed it; put it in again if its results are missing',
      cause,
    });
  }

  isGone(error: unknown): boolean {
    const cause = error instanceof BeamloopError ? error.cause : error;
    const code = jetStreamCode(cause);
    return code === JETSTREAM.streamNotFound || code === JETSTREAM.consumerNotFound;
  }

  async #makeStream(config: Partial<StreamConfig> & { name: string }): Promise<void> {
    await this.#ask(() => this.server.jetStream.manager.streams.add(config));
  }

  /** As it was published; null where there is none. */
  async message(subject: string): Promise<Uint8Array | null> {
    const { studyStream } = this.names;
    const { manager } = this.server.jetStream;
    try {
      return await persistently(async () => {
        const found = await manager.direct
          .getMessage(studyStream, { last_by_subj: subject })
          .catch((error) => {
            if (isUnheard(error)) return this.#throwIfGone(error);
            if (jetStreamCode(error) === JETSTREAM.messageNotFound || error.status === 404) return null;
            throw error;
          });
        return found?.data ?? null;
      }, this.#signal);
    } catch (error) {
      throw this.#inWords(error);
    }
  }

  async #publish(subject: string, bytes: Uint8Array): Promise<Published> {
    const { studyStream } = this.names;
    const options = { timeout: PUBLISH_TIMEOUT_MS, expect: { streamName: studyStream } };
    try {
      await persistently(
        () =>
          this.server.jetStream.client.publish(subject, bytes, options).catch((error) => {
            if (isUnheard(error)) return this.#throwIfGone(error);
            throw error;
          }),
        this.#signal,
      );
      return 'new';
    } catch (error) {
      if (isSecond(error)) return 'there already';
      throw this.#inWords(error);
    }
  }

  /** Nobody heard: JetStream starts, or there is no such stream. */
  async #throwIfGone(error: unknown): Promise<never> {
    await wait(UNHEARD_WAIT_MS, this.#signal);
    await this.server.jetStream.manager.streams.info(this.names.studyStream);
    throw error;
  }

  async #ask<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await persistently(ask, this.#signal);
    } catch (error) {
      throw this.#inWords(error);
    }
  }

  #inWords(error: unknown): unknown {
    if (this.#signal?.aborted) return this.#signal.reason;
    if (this.isGone(error)) return this.gone(error);
    return natsError(error, this.where);
  }
}

/** The server keeps one message of a subject. */
function isSecond(error: unknown): boolean {
  return (
    jetStreamCode(error) === JETSTREAM.noRoomForMessage && String(error).includes('per subject exceeded')
  );
}
