/**
 * A study done by two workers, of a thread each, against the same by one: processes of this machine and a nats-server of its own
 * (`nats-server` must be installed). On a machine with less than four idle cores they are in each other's way.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseSettings } from '../src/core/settings-file.js';
import { ClusterExecutor } from '../src/fan-out/cluster/cluster-executor.js';
import type { Server } from '../src/fan-out/cluster/study-streams.js';
import { connectNats } from '../src/nats/connect-nats.js';
import { openJetStream } from '../src/nats/jetstream.js';
import { runStudy } from '../src/study/run-study.js';
import { studySchema } from '../src/study/study-kinds.js';
import { type Benchmark, comparison, median } from './benchmark.js';

const NUM_USERS = 20_000;
const STUDY = `
kind: accuracy
title: Two workers
array: {elements: 512, carrier: 100 GHz}
schemes: [dpc, exhaustive, far-field-hierarchical]
snr: [10 dB, Infinity]
users: {count: ${NUM_USERS}, between: [4 m, 40 m]}
`;
/** Of each; in turns, so that whatever else the machine does hits both. */
const NUM_ROUNDS = 3;
const MAIN = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));

export const studyWorkers: Benchmark = {
  name: 'study-workers',
  async run() {
    const folder = await mkdtemp(path.join(tmpdir(), 'beamloop-bench-'));
    const port = await freePort();
    const url = `nats://127.0.0.1:${port}`;
    const natsServer = spawn('nats-server', ['-js', '-sd', folder, '-a', '127.0.0.1', '-p', `${port}`], {
      stdio: 'ignore',
    });
    natsServer.on('error', () => {});
    try {
      const server = await connected(url);
      const rounds: Record<number, Round[]> = { 1: [], 2: [] };
      for (let round = 0; round < NUM_ROUNDS; round++) {
        for (const numWorkers of [1, 2]) rounds[numWorkers]!.push(await timed(server, url, numWorkers));
      }
      await server.nats.close();
      const middle = (numWorkers: number, of: (round: Round) => number) =>
        median(rounds[numWorkers]!.map(of));
      return [
        comparison({
          what: `processor time of the busier of two workers, ${NUM_USERS} users`,
          value: middle(2, ({ cpuS }) => cpuS),
          unit: 's',
          alternative: 'of one that is alone',
          alternativeValue: middle(1, ({ cpuS }) => cpuS),
          target: { of: 'ratio', atMost: 0.6 },
        }),
        comparison({
          what: `a study of ${NUM_USERS} users by two workers`,
          value: middle(2, ({ tookS }) => tookS),
          unit: 's',
          alternative: 'by one',
          alternativeValue: middle(1, ({ tookS }) => tookS),
          target: { of: 'ratio', atMost: 0.6 },
        }),
      ];
    } finally {
      natsServer.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    }
  },
};

interface Round {
  /** From putting the study in to its last result; workers are up, their threads are not. */
  readonly tookS: number;
  /** Of the worker that had most to do, from the first result on. */
  readonly cpuS: number;
}

async function timed(server: Server, url: string, numWorkers: number): Promise<Round> {
  const workers = await Promise.all(Array.from({ length: numWorkers }, () => startedWorker(url)));
  try {
    const executor = new ClusterExecutor({ server, name: 'bench', title: 'bench' });
    const startMs = performance.now();
    let before: number[] | null = null;
    const onProgress = () => {
      before ??= workers.map(processorTimeOf);
    };
    await runStudy(parseSettings(STUDY, studySchema, 'bench'), { executor, onProgress });
    const tookS = (performance.now() - startMs) / 1e3;
    const cpuS = Math.max(...workers.map((worker, k) => processorTimeOf(worker) - before![k]!));
    await executor.remove();
    return { tookS, cpuS };
  } finally {
    for (const worker of workers) worker.kill('SIGKILL');
  }
}

/** Of a process, s; by Linux, in ticks of 10 ms. */
function processorTimeOf({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function startedWorker(url: string): Promise<ChildProcess> {
  const args = [MAIN, 'worker', '--nats', url, '--threads', '1'];
  const worker = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  await once(worker.stderr!, 'data');
  worker.stderr!.resume();
  return worker;
}

async function connected(url: string): Promise<Server> {
  for (let numTries = 1; ; numTries++) {
    try {
      const nats = await connectNats({ url }, { name: 'bench' });
      return { nats, jetStream: await openJetStream(nats) };
    } catch (error) {
      if (numTries === 50) throw error;
      await sleep(100);
    }
  }
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as { port: number };
  listener.close();
  await once(listener, 'close');
  return port;
}
