/** Puts the shards of a study into their stream, each once, whoever else does the same. */
import { isPassing, JETSTREAM, jetStreamCode, natsError } from '../../nats/nats-errors.js';
import { persistently, wait } from '../../nats/persistently.js';
import type { JobList } from '../user-job.js';
import { encodeShard } from './study-messages.js';
import type { StudyStreams } from './study-streams.js';

/** On their way at a time: enough that a slow line is no brake. */
const BATCH = 500;
const PUBLISH_TIMEOUT_MS = 5000;
const AGAIN_MS = 100;

/**
 * Shard k is message k + 1 of the stream, which the server sees to: each is published on condition that k came before it. Who
 * comes back, or comes second, goes on behind the last that is there.
 */
export async function publishShards(
  streams: StudyStreams,
  jobs: JobList,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (;;) {
    signal?.throwIfAborted();
    const state = await streams.shardState();
    if (state === null) throw streams.gone();
    if (state.last_seq >= jobs.length) return;
    await publishFrom(streams, jobs, state.last_seq, signal);
  }
}

async function publishFrom(
  streams: StudyStreams,
  jobs: JobList,
  first: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let start = first; start < jobs.length; start += BATCH) {
    signal?.throwIfAborted();
    const count = Math.min(BATCH, jobs.length - start);
    const batch = Array.from({ length: count }, (_, k) => publishOne(streams, jobs, start + k, start + k));
    const failed = (await Promise.allSettled(batch)).find((each) => each.status === 'rejected');
    if (failed === undefined) continue;
    const error = failed.reason;
    const isBehind = jetStreamCode(error) === JETSTREAM.wrongLastSequence;
    if (!isBehind && !isPassing(error)) throw natsError(error, streams.where);
    // How far it came, the stream knows.
    await wait(AGAIN_MS, signal);
    return;
  }
}

function publishOne(streams: StudyStreams, jobs: JobList, index: number, lastSequence: number | null) {
  const { server, names } = streams;
  return server.jetStream.client.publish(names.shard, encodeShard({ index, job: jobs.at(index)! }), {
    timeout: PUBLISH_TIMEOUT_MS,
    expect: { streamName: names.shardStream, ...(lastSequence !== null && { lastSequence }) },
  });
}

/** Once more: a shard that is neither waiting nor has a result, as after a power cut of the server. */
export async function publishAgain(
  streams: StudyStreams,
  jobs: JobList,
  index: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await persistently(() => publishOne(streams, jobs, index, null), signal);
  } catch (error) {
    throw signal?.aborted ? signal.reason : natsError(error, streams.where);
  }
}
