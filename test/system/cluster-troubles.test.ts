/** What can go wrong with a study on a real nats-server, and what is said of it. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type JetStreamManager, StorageType } from '@nats-io/jetstream';
import { afterEach, describe, expect, it } from 'vitest';
import { studiesCommand } from '../../src/cli/commands/studies.js';
import { studyCommand } from '../../src/cli/commands/study.js';
import { ClusterExecutor, type ClusterOptions } from '../../src/fan-out/cluster/cluster-executor.js';
import { serveStudies } from '../../src/fan-out/cluster/serve-studies.js';
import { studyNames } from '../../src/fan-out/cluster/study-names.js';
import { type Server, StudyStreams } from '../../src/fan-out/cluster/study-streams.js';
import { allOf } from '../../src/fan-out/executor.js';
import { programIdentity } from '../../src/fan-out/program-identity.js';
import { jobsOf } from '../../src/fan-out/user-job.js';
import { connectNats, type Nats } from '../../src/nats/connect-nats.js';
import { openJetStream } from '../../src/nats/jetstream.js';
import { type NatsServer, startNatsServer } from '../fixtures/nats-server.js';
import { failureOf, runCommand } from '../fixtures/run-command.js';
import { spawnCommand } from '../fixtures/spawn-command.js';

const servers: NatsServer[] = [];
const connections: Nats[] = [];
let stop = new AbortController();
afterEach(async () => {
  stop.abort(new Error('the test is over'));
  stop = new AbortController();
  await Promise.all(connections.splice(0).map((nats) => nats.close()));
  await Promise.all(servers.splice(0).map((server) => server.remove()));
});

async function serve(config = ''): Promise<NatsServer> {
  const server = await startNatsServer({ config });
  servers.push(server);
  return server;
}

async function connected(url: string): Promise<Server> {
  const nats = await connectNats({ url }, { name: 'test' });
  connections.push(nats);
  return { nats, jetStream: await openJetStream(nats) };
}

/** What a worker that is at it until the test ends has to say. */
async function work(url: string, stallS = 60): Promise<string[]> {
  const notices: string[] = [];
  void serveStudies({
    ...{ server: await connected(url), numThreads: 2, stallS, signal: stop.signal },
    threadModule: pathToFileURL('test/fixtures/odd-thread.js'),
    canSimulate: ({ kind }) => kind === 'odd',
    onStudy: () => {},
    onDone: () => {},
    onNotice: (text) => notices.push(text),
  }).catch(() => {});
  return notices;
}

async function run(url: string, study: object, numShards = 6, options: Partial<ClusterOptions> = {}) {
  const server = await connected(url);
  const executor = new ClusterExecutor({ server, name: 'odd', title: 'Odd study', ...options });
  const simulation = { kind: 'odd', study, traced: false };
  const results = await allOf(
    executor.runJobs<{ firstUser: number; bytes: Uint8Array }>(simulation, jobsOf([numShards], 1), {
      signal: stop.signal,
    }),
  );
  await executor.remove();
  return results;
}

const users = (count: number) => Array.from({ length: count }, (_, k) => k + 1);

describe('studies on a server', () => {
  it('give an error of a simulator as it was thrown', async () => {
    const { url } = await serve();
    await work(url);
    await expect(run(url, { how: 'refuse' })).rejects.toMatchObject({
      ...{ code: 'PLAN_REFUSED', what: 'No such beam', where: 'here', todo: 'Try others' },
    });
  });

  it.each(['hang', 'crash'])('end with a shard whose threads %s, after it was tried again', async (how) => {
    const { url } = await serve();
    const notices = await work(url, 1);
    const heard: string[] = [];
    await expect(run(url, { how }, 6, { onNotice: (text) => heard.push(text) })).rejects.toMatchObject({
      code: 'SHARD_FAILED',
      what: expect.stringMatching(
        how === 'hang' ? /shard 1 ended 2 times.*no progress for 1 s/ : /shard 1 ended 2 times/,
      ),
    });
    expect(notices).toEqual([expect.stringMatching(/^A thread at shard 1 .*the shard is given back$/)]);
    expect(heard).toEqual([`A worker says: ${notices[0]}`]);
  });

  it('have results that are larger than a message', async () => {
    const { url } = await serve('max_payload: 65536');
    await work(url);
    const results = await run(url, { numBytes: 300_000 }, 3);
    expect(results.map(({ firstUser }) => firstUser)).toEqual(users(3));
    for (const { firstUser, bytes } of results) {
      expect(Buffer.compare(bytes, Buffer.alloc(300_000, firstUser))).toBe(0);
    }
  });

  it('are refused under a name that another study has, or another version, with both', async () => {
    const { url } = await serve();
    const server = await connected(url);
    const streams = new StudyStreams(server, 'odd');
    await streams.makeStudyStream();
    const other = {
      format: 1,
      program: programIdentity(),
      digest: 'abcdefabcdef99',
      title: 'Another',
      ackWaitS: 30,
    };
    await streams.put(streams.names.definition, other);
    await expect(run(url, {})).rejects.toMatchObject({
      code: 'STUDY_MISMATCH',
      what: expect.stringMatching(/'Another', digest abcdefabcdef, and this has [0-9a-f]{12}$/),
    });
    await streams.remove();
    await streams.makeStudyStream();
    await streams.makeShardStream(30);
    await streams.put(streams.names.definition, {
      ...{
        ...other,
        program: '9.9.9, V8 99.1',
        numShards: 1,
        simulation: { kind: 'odd', study: {}, traced: false },
      },
    });
    await server.jetStream.client.publish(streams.names.shard, '{}');
    await expect(run(url, {})).rejects.toThrow(
      `by beamloop 9.9.9, V8 99.1, and this is ${programIdentity()}`,
    );
    const notices = await work(url);
    await expect.poll(() => notices).toHaveLength(1);
    expect(notices[0]).toContain(`beamloop 9.9.9, V8 99.1, and this worker is ${programIdentity()}`);
    // Only --fresh takes it away.
    const results = await run(url, {}, 6, { isFresh: true });
    expect(results).toHaveLength(6);
  });

  it('are refused where a stream of theirs is configured otherwise', async () => {
    const { url } = await serve();
    const { jetStream } = await connected(url);
    await jetStream.manager.streams.add({ name: 'BEAMLOOP_SHARDS_odd', subjects: ['beamloop.shard.odd'] });
    await expect(run(url, {})).rejects.toMatchObject({ code: 'NATS_STREAM' });
    await jetStream.manager.streams.add({
      ...{ name: 'BEAMLOOP_STUDY_two', subjects: ['two'], storage: StorageType.Memory },
    });
    await expect(run(url, {}, 6, { name: 'two' })).rejects.toMatchObject({ code: 'NATS_STREAM' });
  });

  it('end where the server has no room for them', async () => {
    const { url } = await serve('jetstream { store_dir: "$STORE", max_file_store: 100000 }');
    await expect(run(url, { text: 'x'.repeat(200_000) })).rejects.toMatchObject({ code: 'NATS_FULL' });
    await expect(run(url, {}, 5000, { name: 'many' })).rejects.toMatchObject({ code: 'NATS_FULL' });
  });

  it('wait where the server has no room for results, say so, and go on when there is', async () => {
    const { url } = await serve('jetstream { store_dir: "$STORE", max_file_store: 1500000 }');
    const { jetStream } = await connected(url);
    await jetStream.manager.streams.add({ name: 'filler', subjects: ['filler'] });
    for (let k = 0; k < 9; k++) await jetStream.client.publish('filler', new Uint8Array(100_000));
    const notices = await work(url);
    const heard: string[] = [];
    const results = run(url, { numBytes: 200_000 }, 6, { onNotice: (text) => heard.push(text) });
    await expect.poll(() => heard.join()).toContain('The NATS server has no room');
    expect(notices[0]).toContain('The NATS server has no room');
    await jetStream.manager.streams.delete('filler');
    expect((await results).map(({ firstUser }) => firstUser)).toEqual(users(6));
  });

  it('put shards in again that the server has lost', async () => {
    const { url } = await serve();
    const server = await connected(url);
    const results = run(url, {});
    const streams = new StudyStreams(server, 'odd');
    await expect.poll(async () => (await streams.shardState().catch(() => null))?.messages).toBe(6);
    await server.jetStream.manager.streams.purge(streams.names.shardStream);
    await work(url);
    expect((await results).map(({ firstUser }) => firstUser)).toEqual(users(6));
  });

  it('put shards in again that the server has and gives nobody', async () => {
    const nats = await serve();
    const results = run(nats.url, {}, 3);
    const { jetStream } = await connected(nats.url);
    const { shardStream, consumer } = studyNames('odd');
    const infos = async (manager: JetStreamManager) =>
      [await manager.streams.info(shardStream), await manager.consumers.info(shardStream, consumer)] as const;
    const numShards = () => jetStream.manager.streams.info(shardStream).then(({ state }) => state.messages);
    await expect.poll(() => numShards().catch(() => null)).toBe(3);
    // A server that is killed may have written that shards were done, and not that it took them away.
    const messages = path.join(nats.folder, 'store/jetstream/$G/streams', shardStream, 'msgs');
    const copy = path.join(nats.folder, 'copy');
    await nats.kill();
    cpSync(messages, copy, { recursive: true });
    await nats.restart();
    const { client } = (await connected(nats.url)).jetStream;
    const shards = await (await client.consumers.get(shardStream, consumer)).fetch({ max_messages: 3 });
    for await (const shard of shards) await shard.ackAck();
    await nats.stop();
    rmSync(messages, { recursive: true });
    cpSync(copy, messages, { recursive: true });
    await nats.restart();
    const [stream, { num_pending, num_ack_pending }] = await infos(
      (await connected(nats.url)).jetStream.manager,
    );
    expect([stream.state.messages, num_pending, num_ack_pending]).toEqual([3, 0, 0]);
    await work(nats.url);
    expect((await results).map(({ firstUser }) => firstUser)).toEqual(users(3));
  });

  it('say that somebody took them away', async () => {
    const { url } = await serve();
    const server = await connected(url);
    const results = run(url, {}).catch((error) => error);
    const streams = new StudyStreams(server, 'odd');
    await expect.poll(async () => (await streams.shardState().catch(() => null))?.messages).toBe(6);
    await streams.remove();
    expect(await results).toMatchObject({
      code: 'NATS_STREAM',
      what: 'The study was taken away from the server',
    });
  });

  it('say what is not allowed', async () => {
    const { port } = await serve(
      'authorization { users: [ { user: a, password: b, permissions: { publish: { allow: ["$JS.API.INFO"] } } } ] }',
    );
    await expect(run(`nats://a:b@127.0.0.1:${port}`, {})).rejects.toMatchObject({
      code: 'NATS_REFUSED',
      what: expect.stringContaining('does not allow publishing to $JS.API.STREAM.CREATE'),
    });
  });
});

describe('beamloop study --nats', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'cluster-refusals-'));
  const at = (name: string, text: string) => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  };

  it('refuses what workers cannot do, and options that contradict each other', async () => {
    const { url } = await serve();
    const nats = ['--nats', url];
    const pilots = at(
      'pilots.yaml',
      'kind: pilots\ntitle: t\narray: {carrier: 100 GHz}\nelements: [64]\nschemes: [dpc]\n',
    );
    expect(await failureOf(studyCommand, 'study', pilots, ...nats)).toMatch(
      /^BAD_ARGUMENT: A study of kind 'pilots' is computed in one go/,
    );
    const plugin = path.resolve('examples/my-scheme/two-stage-sweep.js');
    const own = at(
      'own.yaml',
      `kind: accuracy\ntitle: t\narray: {elements: 64}\nschemes: [${plugin}]\nsnr: 9 dB\nusers: {count: 1, ring: 1 m}\n`,
    );
    const refused = spawnCommand(['study', own, ...nats]);
    expect([refused.status, refused.stderr]).toEqual([
      2,
      expect.stringContaining(`The study names ${plugin}, which workers`),
    ]);
    expect(await failureOf(studyCommand, 'study')).toMatch(/^BAD_ARGUMENT: No study file was named/);
    for (const [args, what] of [
      [['--attach', pilots], /--attach takes a study from the server as it is, and a study file/],
      [['--attach', '--seed', '2'], /--seed was given/],
      [[pilots, '--threads', '2'], /--threads is of workers/],
      [['--attach'], /There is no study on the server/],
      [[pilots, '--name', 'a.b'], /cannot be the name of a study|computed in one go/],
    ] as const) {
      expect(await failureOf(studyCommand, 'study', ...args, ...nats)).toMatch(what);
    }
    for (const option of [['--keep'], ['--name', 'x'], ['--redeliver', '9 s']]) {
      expect(await failureOf(studyCommand, 'study', pilots, ...option)).toMatch(
        /is for studies on a NATS server/,
      );
    }
    expect(await failureOf(studiesCommand, 'studies', ...nats, '--remove', 'x')).toMatch(
      /There is no study 'x'/,
    );
    expect((await runCommand(studiesCommand, 'studies', ...nats)).stdout).toContain('There are no studies');
    rmSync(folder, { recursive: true });
  });
});
