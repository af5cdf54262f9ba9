/**
 * Programs that are UEs beside an emulated radio, in real time: beamloop ue, the client in Python, and a receiver in GNU Radio. The last
 * two are left out where they are not installed, unless BEAMLOOP_TEST_RADIO=full says that they must be there.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Running } from './campaign-runs.js';

/** That of the distribution, which has the packages. */
const PYTHON = '/usr/bin/python3';
const PROGRAM = path.resolve('dist/src/cli/main.js');
const RADIO = ['--rate', '1 MHz', '--slot-duration', '5 ms', '--id', 'ada', '--give-up-after', '5 s'];

const isRequired = process.env.BEAMLOOP_TEST_RADIO === 'full';
const lacks = (module: string) => spawnSync(PYTHON, ['-c', `import ${module}`]).status !== 0;

let folder: string;
const children: ChildProcess[] = [];
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-radios-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

/** Starts what its parameters tell; its output is kept for when something goes wrong. */
function started(command: string, args: readonly string[], input?: NodeJS.ReadableStream | null) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  if (input) input.pipe(child.stdin);
  child.stdin.on('error', () => {});
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  return { child, said: () => said };
}

/** Runs the scenario with its samples at a port; `start` starts the UE. Expects its user to be found. */
async function findsUser(
  start: (bridge: string, samples: string) => { readonly said: () => string },
): Promise<void> {
  const samples = `127.0.0.1:${await freePort()}`;
  const out = mkdtempSync(path.join(folder, 'run-'));
  const run = new Running([
    ...['run', 'scenarios/radio.yaml', '--realtime', '--no-report', '--out', path.join(out, 'run')],
    ...['--set', `radio.emulated.serve={ ada: '${samples}' }`],
  ]);
  children.push(run.process);
  await run.until('waiting for the UE at ');
  const [bridge] = /ws:\/\/[\d.:]+/.exec(run.stderr) ?? [];
  expect(bridge, run.stderr).toBeDefined();
  const ue = start(bridge!, samples);
  const { code, stdout, stderr } = await run.end();
  expect(code, `${stderr}\n${ue.said()}`).toBe(0);
  expect(stdout).toMatch(/^ada .* yes /m);
}

it('beamloop ue finds its user by samples over TCP', async () => {
  await findsUser((bridge, samples) =>
    started(process.execPath, [
      PROGRAM,
      'ue',
      ...['--source', `tcp:${samples}`, '--format', 'cs16', '--gapless', '--bridge', bridge, ...RADIO],
    ]),
  );
}, 60_000);

it.skipIf(!isRequired && (lacks('numpy') || lacks('websockets')))(
  'the client in Python finds its user',
  async () => {
    await findsUser((bridge, samples) =>
      started(PYTHON, [
        'examples/radio/ue.py',
        ...['--bridge', bridge, '--id', 'ada', '--samples', samples, '--rate', '1e6', '--slot', '5e-3'],
      ]),
    );
  },
  60_000,
);

it.skipIf(!isRequired && lacks('gnuradio'))(
  'a receiver in GNU Radio finds its user, through a pipe',
  async () => {
    await findsUser((bridge, samples) => {
      const front = started(PYTHON, ['examples/radio/front_end.py', '--samples', samples, '--rate', '1e6']);
      const ue = started(
        process.execPath,
        [PROGRAM, 'ue', ...['--source', '-', '--format', 'cf32', '--gapless', '--bridge', bridge, ...RADIO]],
        front.child.stdout,
      );
      return { said: () => front.said() + ue.said() };
    });
  },
  60_000,
);
