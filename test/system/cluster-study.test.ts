/** Studies that workers do through a real nats-server: the same results as by threads, whoever is killed and whenever. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../../src/core/random.js';
import { callCommandLine } from '../fixtures/call-command-line.js';
import { numShardsWaiting, type Program, startStudy, startWorker } from '../fixtures/cluster.js';
import { type NatsServer, startNatsServer } from '../fixtures/nats-server.js';

const numKills = Number(process.env.BEAMLOOP_TEST_KILLS ?? 3);
const folder = mkdtempSync(path.join(tmpdir(), 'cluster-'));
const file = path.join(folder, 'small.yaml');
const textOf = (count: number) => `kind: accuracy
title: Small array
array: {elements: 64, carrier: 100 GHz}
schemes: [dpc, exhaustive]
snr: [10 dB, Infinity]
users: {count: ${count}, between: [0.3 m, 1.2 m]}
`;
/** Long enough for all kills. */
const NUM_USERS = 6000 * numKills;
let expected: string;
let server: NatsServer;
let programs: Program[] = [];

beforeAll(async () => {
  writeFileSync(file, textOf(NUM_USERS));
  const out = path.join(folder, 'threads');
  expect((await callCommandLine('study', file, '--threads', '1', '--out', out)).status).toBe(0);
  expected = resultsIn(out);
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  server = await startNatsServer();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') {
    // Who waits for what, should one ever hang.
    const all = programs.map(({ child, said }) => `${child.spawnargs[2]} (${child.exitCode}): ${said()}`);
    console.error(all.join('\n'), readFileSync(path.join(server.folder, 'log'), 'utf8'));
  }
  await Promise.all(programs.map((program) => program.kill()));
  programs = [];
  await server.remove();
});

function resultsIn(out: string): string {
  return readFileSync(path.join(out, 'results.json'), 'utf8');
}

function worker(...args: string[]): Program {
  const program = startWorker(server.url, ...args);
  programs.push(program);
  return program;
}

function study(...args: string[]): Program {
  const program = startStudy(server.url, ...args);
  programs.push(program);
  return program;
}

const listed = async () => {
  const { stdout, stderr } = await callCommandLine('studies', '--nats', server.url, '--json');
  expect(stderr).toBe('');
  return (JSON.parse(stdout) as { studies: Record<string, unknown>[] }).studies;
};

describe('a study done by workers', () => {
  it('has the same results by two workers as by threads, and leaves nothing on the server', async () => {
    const workers = [worker(), worker()];
    await Promise.all(workers.map((each) => each.saying('Waits for studies')));
    const out = path.join(folder, 'two');
    const { code, stderr } = await study(file, '--out', out).ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(resultsIn(out)).toBe(expected);
    expect(existsSync(path.join(out, 'checkpoint'))).toBe(false);
    expect(await listed()).toEqual([]);
    for (const each of workers) each.child.kill('SIGINT');
    let numDone = 0;
    for (const { ended } of workers) {
      const { code, stderr } = await ended;
      expect(code, stderr).toBe(0);
      numDone += Number(/(\d+) shards of 'small' were done here/.exec(stderr)?.[1] ?? 0);
    }
    // Nobody did a shard twice.
    expect(numDone).toBe(NUM_USERS / 50);
  });

  it('goes on while nobody waits for it, and is collected by whoever attaches', async () => {
    const first = study(file, '--out', path.join(folder, 'gone'));
    // Of what it has not put in yet workers know nothing.
    await expect.poll(() => numShardsWaiting(server.url, 'small')).toBe(NUM_USERS / 50);
    await first.kill();
    const only = worker();
    await expect.poll(async () => (await listed())[0]?.numDone).toBe(NUM_USERS / 50);
    await only.kill();
    const out = path.join(folder, 'attached');
    const { code, stderr } = await study('--attach', '--keep', '--out', out).ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(resultsIn(out)).toBe(expected);
    expect(await listed()).toMatchObject([
      { name: 'small', title: 'Small array', numShards: NUM_USERS / 50, numDone: NUM_USERS / 50 },
    ]);
    const removed = await callCommandLine('studies', '--nats', server.url, '--remove', 'small');
    expect([removed.status, await listed()]).toEqual([0, []]);
  });

  it(`is the same though worker, coordinator and server are killed, ${numKills} times at random`, async () => {
    const random = new Random(Number(process.env.BEAMLOOP_TEST_SEED ?? 1), 'cluster kills');
    const out = path.join(folder, 'killed');
    const args = [file, '--redeliver', '2 s', '--out', out];
    let workers = [worker(), worker()];
    let coordinator = study(...args);
    await coordinator.saying('').then(() => workers[0]!.saying("At 'small'"));
    for (let k = 0; k < numKills; k++) {
      // Two workers of a fast machine are not done with it before.
      await sleep(random.integer(500));
      const which = ['worker', 'coordinator', 'server'][k < 3 ? k : random.integer(3)]!;
      // Who began while the server was away is told so, and begins again.
      coordinator = await begun(coordinator, () => study(...args));
      workers = await Promise.all(workers.map((each) => begun(each, worker)));
      if (which === 'worker') {
        await workers[0]!.kill();
        workers = [workers[1]!, worker()];
      } else if (which === 'coordinator') {
        await coordinator.kill();
        coordinator = study(...args);
      } else await server.restart();
    }
    worker();
    let { code, stderr } = await coordinator.ended;
    if (stderr.includes('[NATS_UNREACHABLE]')) ({ code, stderr } = await study(...args).ended);
    expect(code, stderr).toBe(0);
    expect(resultsIn(out)).toBe(expected);
    expect(await listed()).toEqual([]);
  });
});

/** @throws where a program ended for another reason than a server that was not there. */
async function begun(program: Program, again: () => Program): Promise<Program> {
  if (program.child.exitCode === null) return program;
  expect((await program.ended).stderr, 'ended before it was disturbed').toContain('[NATS_UNREACHABLE]');
  return again();
}
