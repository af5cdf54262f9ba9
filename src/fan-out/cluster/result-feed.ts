/** Messages of results as the server has stored them, from the first on, for as long as it takes. */
import { AckPolicy, type Consumer, DeliverPolicy } from '@nats-io/jetstream';
import { isOfConsumer, isPassing, isUnheard, natsError } from '../../nats/nats-errors.js';
import { wait } from '../../nats/persistently.js';
import { fetched } from './fetched.js';
import type { StudyStreams } from './study-streams.js';

export interface StoredResult {
  readonly subject: string;
  readonly message: Uint8Array;
}

const BATCH = 500;
/** Who hears nothing for so long, not even that there is nothing, asks anew: the server may have been restarted. */
const EXPIRES_MS = 2000;
const AGAIN_MS = 50;
const INACTIVE_NS = 60e9;

/**
 * Each message once, in the order in which it was stored. The server's side of it lasts no longer than the server's process: it is
 * made anew behind the last message that came.
 */
export async function* resultFeed(
  streams: StudyStreams,
  signal: AbortSignal | undefined,
): AsyncGenerator<StoredResult> {
  let lastSequence = 0;
  let consumer: Consumer | null = null;
  for (;;) {
    signal?.throwIfAborted();
    try {
      consumer ??= await consumerFrom(streams, lastSequence + 1);
      for await (const message of fetched(consumer, BATCH, EXPIRES_MS, signal)) {
        // What was asked for before the server was gone may come late.
        if (message.seq <= lastSequence) continue;
        lastSequence = message.seq;
        yield { subject: message.subject, message: message.data };
        signal?.throwIfAborted();
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!streams.isGone(error) && !isPassing(error) && !isUnheard(error) && !isOfConsumer(error)) {
        throw natsError(error, streams.where);
      }
      consumer = null;
      await wait(AGAIN_MS, signal);
      // A consumer that is gone is made anew; a stream is not.
      if ((await streams.shardState()) === null) throw streams.gone();
    }
  }
}

async function consumerFrom({ server, names }: StudyStreams, sequence: number): Promise<Consumer> {
  const { manager, client } = server.jetStream;
  const { name } = await manager.consumers.add(names.studyStream, {
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: sequence,
    filter_subject: names.results,
    inactive_threshold: INACTIVE_NS,
    mem_storage: true,
  });
  return client.consumers.get(names.studyStream, name);
}
