/** Shards by the thousand (BEAMLOOP_TEST_SHARDS=1000000: by the million) with a simulator that does next to nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { startNatsServer } from '../fixtures/nats-server.js';

const numShards = Number(process.env.BEAMLOOP_TEST_SHARDS ?? 2000);

interface Report {
  readonly numDone: number;
  readonly memoryMb: readonly number[];
  readonly rssMb: number;
  readonly cpuS: number;
  readonly tookS: number;
  readonly sum: number;
}

function start(role: string, url: string) {
  const args = ['--expose-gc', 'test/fixtures/many-shards.js', role, url, String(numShards)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const report = Promise.all([text(child.stdout!), once(child, 'close')]).then(
    ([said]) => JSON.parse(said) as Report,
  );
  return { child, report };
}

/** Seconds of CPU that a process has used, of Linux's clock ticks of 10 ms. */
function cpuS(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

it('many shards take no more memory than few, and cost little each', async () => {
  const server = await startNatsServer();
  const worker = start('worker', server.url);
  try {
    const done = await start('coordinator', server.url).report;
    worker.child.kill('SIGINT');
    const helped = await worker.report;
    expect(done.sum).toBe((numShards * (numShards + 1)) / 2);
    expect(helped.numDone).toBe(numShards);
    for (const { memoryMb } of [done, helped]) {
      // From a fifth of the way on: 16 MB for what comes and goes, and four bytes a shard.
      const [, early, ...later] = memoryMb;
      expect(Math.max(...later) - early!).toBeLessThan(16 + (4 * numShards) / 1e6);
    }
    const perShard = (seconds: number) => `${((1e3 * seconds) / numShards).toFixed(3)} ms`;
    const memory = ({ memoryMb, rssMb }: Report) =>
      `${memoryMb[1]!.toFixed(0)} MB at a fifth, ${memoryMb.at(-1)!.toFixed(0)} MB at the end (resident at most ${rssMb.toFixed(0)} MB)`;
    process.stdout.write(
      `${numShards} shards: ${perShard(done.tookS)} each; CPU: coordinator ${perShard(done.cpuS)}, worker ${perShard(helped.cpuS)}, server ${perShard(cpuS(server.pid()))}
coordinator ${memory(done)}; worker ${memory(helped)}\n`,
    );
  } finally {
    worker.child.kill('SIGKILL');
    await server.remove();
  }
});
