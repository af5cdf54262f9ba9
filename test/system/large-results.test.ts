/** Results of megabytes, made faster than a server takes them: a worker holds few of them at a time. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { publishShards } from '../../src/fan-out/cluster/shard-publisher.js';
import { ShardWork } from '../../src/fan-out/cluster/shard-work.js';
import { StudyStreams } from '../../src/fan-out/cluster/study-streams.js';
import type { ThreadPool } from '../../src/fan-out/cluster/thread-pool.js';
import { jobsOf, type UserJob } from '../../src/fan-out/user-job.js';
import { connectNats, type Nats } from '../../src/nats/connect-nats.js';
import { openJetStream } from '../../src/nats/jetstream.js';
import { type NatsServer, startNatsServer } from '../fixtures/nats-server.js';

const RESULT_BYTES = 8 << 20;
const NUM_SHARDS = 10;
/** 32 MB on their way, and those that two threads are at when that is reached. */
const MOST_HELD = 4 + 2;

let server: NatsServer;
let nats: Nats;
beforeAll(async () => {
  server = await startNatsServer();
  nats = await connectNats({ url: server.url }, { name: 'test' });
});
afterAll(async () => {
  await nats.close();
  await server.remove();
});

it('holds no more results than are on their way, and loses none', async () => {
  const streams = new StudyStreams({ nats, jetStream: await openJetStream(nats) }, 'large');
  await streams.makeStudyStream();
  await streams.makeShardStream(30);
  await publishShards(streams, jobsOf([NUM_SHARDS], 1), undefined);
  let numRun = 0;
  let numDone = 0;
  let most = 0;
  const pool: Pick<ThreadPool, 'numThreads' | 'run'> = {
    numThreads: 2,
    run: async ({ firstUser }: UserJob) => {
      most = Math.max(most, ++numRun - numDone);
      return new Uint8Array(RESULT_BYTES).fill(firstUser);
    },
  };
  const isAny = await new ShardWork({
    ...{ streams, pool: pool as ThreadPool, ackWaitS: 30, signal: new AbortController().signal },
    onDone: () => void numDone++,
    onNotice: () => {},
  }).run();
  expect([isAny, numRun, numDone]).toEqual([true, NUM_SHARDS, NUM_SHARDS]);
  expect(most).toBeGreaterThan(2);
  expect(most).toBeLessThanOrEqual(MOST_HELD);
  expect((await streams.get(streams.names.resultOf(9)))?.length).toBeGreaterThan(RESULT_BYTES);
});
