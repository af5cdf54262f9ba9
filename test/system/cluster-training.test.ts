/** Data for training that workers draw through a real nats-server: the same weights as by threads, whoever is killed and whenever. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { evaluateCommand } from '../../src/cli/commands/evaluate.js';
import { studiesCommand } from '../../src/cli/commands/studies.js';
import { studyCommand } from '../../src/cli/commands/study.js';
import { trainCommand } from '../../src/cli/commands/train.js';
import { drawInCluster } from '../../src/cli/studies/cluster-run.js';
import type { Server } from '../../src/fan-out/cluster/study-streams.js';
import { numShardsWaiting, type Program, startTraining, startWorker } from '../fixtures/cluster.js';
import { type NatsServer, startNatsServer } from '../fixtures/nats-server.js';
import { failureOf, runCommand } from '../fixtures/run-command.js';
import { spawnCommand } from '../fixtures/spawn-command.js';

const place = mkdtempSync(path.join(tmpdir(), 'cluster-training-'));
const at = (name: string) => path.join(place, name);
const file = at('walks.yaml');
const NUM_SHARDS = 11;
let server: NatsServer;
let programs: Program[] = [];

beforeAll(() => {
  const tiny = readFileSync('test/fixtures/models/tiny.yaml', 'utf8');
  writeFileSync(file, tiny.replace('training: 60,', 'training: 200,').replace('epochs: 3', 'epochs: 1'));
  expect(spawnCommand(['train', file, '--threads', '1', '--out', at('threads')]).status).toBe(0);
});
afterAll(() => rmSync(place, { recursive: true }));
beforeEach(async () => {
  // Smaller than the windows of a shard, which go in pieces.
  server = await startNatsServer({ config: 'max_payload: 8192' });
});
afterEach(async () => {
  await Promise.all(programs.map((program) => program.kill()));
  programs = [];
  await server.remove();
});

function started(program: Program): Program {
  programs.push(program);
  return program;
}
const train = (name: string, ...args: string[]) =>
  started(startTraining(server.url, file, '--out', at(name), ...args));
const work = () => started(startWorker(server.url));

const listed = async () => {
  const { stdout } = await runCommand(studiesCommand, 'studies', '--nats', server.url, '--json');
  return (JSON.parse(stdout) as { studies: Record<string, unknown>[] }).studies;
};

const numWaiting = () => numShardsWaiting(server.url, 'train-walks');

/** Weights, and the hash of all that the model is. */
function modelIn(name: string) {
  const { contentHash } = JSON.parse(readFileSync(path.join(at(name), 'model.json'), 'utf8')) as {
    contentHash: string;
  };
  return [contentHash, readFileSync(path.join(at(name), 'weights.bin')).toString('hex')];
}

describe('training on data that workers draw', () => {
  it('comes to the same weights though coordinator and worker are killed, and leaves nothing on the server', async () => {
    const first = train('killed', '--redeliver', '1 s');
    await expect.poll(numWaiting).toBe(NUM_SHARDS);
    await first.kill();
    expect(await listed()).toMatchObject([{ name: 'train-walks', numShards: NUM_SHARDS, numDone: 0 }]);
    const lost = work();
    await lost.saying("At 'train-walks': Data that walks learns from");
    await lost.kill();
    work();
    const { code, stderr } = await train('killed', '--redeliver', '1 s').ended;
    expect(code, stderr).toBe(0);
    expect(modelIn('killed')).toEqual(modelIn('threads'));
    expect(await listed()).toEqual([]);
  });

  it('is interrupted with data on the server, which are collected by --resume, and refused to others', async () => {
    const stopped = train('stopped');
    await expect.poll(numWaiting).toBe(NUM_SHARDS);
    stopped.child.kill('SIGINT');
    const { code, stderr } = await stopped.ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(/Go on with --resume; the data stay on the server, workers go on with them/);

    const other = at('other.yaml');
    writeFileSync(other, readFileSync(file, 'utf8').replace('seed: 3', 'seed: 4'));
    const nats = ['--nats', server.url, '--name', 'train-walks'];
    expect(await failureOf(trainCommand, 'train', other, '--out', at('other'), ...nats)).toMatch(
      /^STUDY_MISMATCH: Another study or other data.*'Data that walks learns from', digest [0-9a-f]{12}, and this has [0-9a-f]{12}/,
    );
    expect(await failureOf(studyCommand, 'study', '--attach', '--nats', server.url)).toMatch(
      /^BAD_ARGUMENT: 'train-walks' is no study: trackers learn from it/,
    );

    work();
    const resumed = await train('stopped', '--resume', '--keep').ended;
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(modelIn('stopped')).toEqual(modelIn('threads'));
    expect(await listed()).toMatchObject([{ name: 'train-walks', numDone: NUM_SHARDS }]);
  });
});

describe('evaluation on data that workers draw', () => {
  it('has the scores of threads', async () => {
    work();
    const of = ['evaluate', at('threads'), '--windows', '45', '--json'];
    const [there, here] = await Promise.all([
      runCommand(evaluateCommand, ...of, '--nats', server.url),
      runCommand(evaluateCommand, ...of, '--threads', '1'),
    ]);
    expect(there.stdout).toBe(here.stdout);
    expect(await listed()).toEqual([]);
  });
});

describe('options of where data are drawn', () => {
  it('that had nothing to do are told of', async () => {
    const stderr = new PassThrough();
    const context = { signal: new AbortController().signal, stdout: stderr, stderr };
    const options = { server: {} as Server, name: 'none', isFresh: false, isKept: false };
    await drawInCluster(context, 'Nothing', options).finish();
    expect(String(stderr.read())).toMatch(/^beamloop: warning: Nothing was drawn: data were read here/);
  });

  it('are refused where they contradict each other, before anything is done', async () => {
    const nats = ['--nats', 'nats://127.0.0.1:1'];
    const of = ['train', file, '--out', at('never')];
    expect(await failureOf(trainCommand, ...of, ...nats, '--threads', '2')).toMatch(
      /--threads is of workers/,
    );
    expect(await failureOf(trainCommand, ...of, '--name', 'x')).toMatch(
      /--name is for data on a NATS server/,
    );
    expect(await failureOf(trainCommand, ...of, '--fresh')).toMatch(/--fresh is for data on a NATS server/);
    expect(await failureOf(trainCommand, ...of, ...nats, '--name', 'a.b')).toMatch(
      /'a.b' cannot be the name/,
    );
    expect(await failureOf(trainCommand, ...of, ...nats)).toMatch(/^NATS_UNREACHABLE/);
    expect(await failureOf(evaluateCommand, 'evaluate', at('threads'), '--keep')).toMatch(
      /--keep is for data/,
    );
    const read = at('read.yaml');
    writeFileSync(read, 'title: t\nnetwork: camera\ndata: { set: nowhere }\n');
    expect(await failureOf(trainCommand, 'train', read, '--out', at('never'), ...nats)).toMatch(
      /^BAD_ARGUMENT: The model learns from a data set: nothing is drawn that workers could do/,
    );
  });
});
