/** Campaigns whose UEs are radios with a trigger: slot output, samples with a marker, edges, powers, bridge, estimator; and the same through powers alone. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { beamloop, Running } from './campaign-runs.js';

let folder: string;
const running: Running[] = [];
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-trigger-'));
});
afterEach(() => {
  for (const each of running.splice(0)) each.process.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly users: readonly { readonly estimate: { readonly codewordKey: string } | null }[];
}

function scenario(name: string, text: string): string {
  const file = path.join(folder, `${name}.yaml`);
  writeFileSync(file, text);
  return file;
}

async function decisions(more: string): Promise<(string | undefined)[]> {
  const out = mkdtempSync(path.join(folder, 'run-'));
  const text = `seed: 3
array: { elements: 64, carrier: 28 GHz, rings: 3 }
board: { port: emulated }
slots: { duration: 1 ms }
scheme: dpc
channel: { snr: 20 dB, ricianFactor: Infinity dB, scatterers: 0 }
users: { count: 3 }
${more}`;
  const to = ['--out', path.join(out, 'run'), '--no-report', '--json', '--set', 'bridge.powerTimeout=1 s'];
  const { code, stdout, stderr } = await beamloop('run', scenario('run', text), ...to);
  expect(code, stderr.slice(-1000)).toBe(0);
  const { users } = JSON.parse(stdout) as Outcome;
  return users.map(({ estimate }) => estimate?.codewordKey);
}

describe('a campaign through a trigger', () => {
  const radio = (more: string) =>
    `radio: { sampleRate: 1.92 MHz, emulated: { trigger: true, startUncertainty: 300 us, ${more} } }`;

  let throughPowers: Promise<(string | undefined)[]> | undefined;

  // Noise is so little that none of the three decisions hangs on it: all of them must be the same.
  it.each([
    ['a clock that is 20 ppm fast', 'clockDriftPpm: 20'],
    ['eight bits, and a clock that is 20 ppm slow', 'format: cu8, gain: 12 dB, clockDriftPpm: -20'],
    ['one sample of a hundred lost, which is told', 'drops: { share: 0.01, burst: 1000, told: true }'],
    ['one sample of a hundred lost, which is not told', 'drops: { share: 0.01, burst: 1000 }'],
  ])('decides what the same campaign through powers does: %s', async (_, more) => {
    throughPowers ??= decisions('');
    expect(await decisions(radio(more))).toEqual(await throughPowers);
  });

  it.each([
    ['floats', 'format: cf32', 'no lowest bit'],
    ['a start that is known to half a slot', 'startUncertainty: 500 us', 'half a slot'],
  ])('is refused with %s', async (_, more, said) => {
    const text = `array: { elements: 8, carrier: 28 GHz, rings: 2 }
board: { port: emulated }
slots: { duration: 1 ms }
scheme: exhaustive
channel: { snr: 20 dB }
users: { count: 1 }
radio: { sampleRate: 1.92 MHz, emulated: { trigger: true, ${more} } }
`;
    const { code, stderr } = await beamloop('run', scenario('refused', text), '--dry-run');
    expect(code).toBe(2);
    expect(stderr.replace(/\s+/g, ' ')).toContain(said);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

/** Real time: slots are long, so that what a busy machine holds back, samples and answers of what time it is, is less than half of one. */
const REAL = `seed: 2
array: { elements: 8, carrier: 28 GHz, rings: 1 }
board: { port: emulated }
slots: { duration: 1 s, maxAttempts: 20 }
scheme: far-field-sweep
channel: { snr: 30 dB, ricianFactor: Infinity dB, scatterers: 0 }
users: [{ id: ada, position: { distance: 2 m, angle: 20 deg } }]
radio: { sampleRate: 48 kHz, emulated: { trigger: true } }
`;

it('beamloop ue finds its user by samples with a marker over TCP', async () => {
  const samples = `127.0.0.1:${await freePort()}`;
  const run = new Running([
    ...['run', scenario('real', REAL), '--realtime', '--no-report', '--out', path.join(folder, 'real')],
    ...['--set', `radio.emulated.serve={ ada: '${samples}' }`],
  ]);
  running.push(run);
  await run.until('waiting for the UE at ');
  const [bridge] = /ws:\/\/[\d.:]+/.exec(run.stderr) ?? [];
  expect(bridge, run.stderr).toBeDefined();
  const ue = new Running([
    ...['ue', '--source', `tcp:${samples}`, '--format', 'cs16', '--rate', '48 kHz', '--slot-duration', '1 s'],
    ...[
      '--trigger',
      'lsb',
      '--latency',
      '500 ms',
      '--bridge',
      bridge!,
      '--id',
      'ada',
      '--give-up-after',
      '5 s',
    ],
  ]);
  running.push(ue);
  const { code, stdout, stderr } = await run.end();
  expect(code, `${stderr}\n${ue.stderr}`).toBe(0);
  expect(stdout).toMatch(/^ada .* yes /m);
}, 120_000);
