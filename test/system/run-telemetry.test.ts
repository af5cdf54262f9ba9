/** What runs publish on a NATS server: all of it, bounded, counted, and without a word of secrets. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BeamloopError } from '../../src/core/errors.js';
import type { LiveMessage, RunHello } from '../../src/live/messages.js';
import { RunTelemetry } from '../../src/live/telemetry/run-telemetry.js';
import { KINDS, type TelemetryCounts } from '../../src/live/telemetry/subjects.js';
import { TelemetryLink } from '../../src/live/telemetry/telemetry-link.js';
import type { RowOfTable } from '../../src/record/follower.js';
import { NatsListener } from '../fixtures/nats-listener.js';
import { type NatsServer, startNatsServer } from '../fixtures/nats-server.js';
import { readPowers } from '../fixtures/read-powers.js';
import { ownRunFolder, SyntheticRun } from '../fixtures/synthetic-run.js';
import { beamloop, decided, writeScenario } from './campaign-runs.js';

const hasPython = spawnSync('python3', ['--version']).status === 0;
const SECRET = 'fJ3kd8sLq2';
let place: string;
let restore: () => void;
let undo: (() => unknown)[] = [];
beforeEach(() => {
  place = mkdtempSync(path.join(tmpdir(), 'telemetry-'));
  restore = ownRunFolder();
});
afterEach(async () => {
  for (const each of undo.reverse()) await each();
  undo = [];
  restore();
  rmSync(place, { recursive: true, force: true });
});

async function serve(config = ''): Promise<NatsServer> {
  const server = await startNatsServer({ config, hasJetStream: false });
  undo.push(() => server.remove());
  return server;
}

async function listen(server: NatsServer, ...subjects: string[]): Promise<NatsListener> {
  const listener = await NatsListener.open(server.port, {}, ...subjects);
  undo.push(() => listener.connection.close());
  return listener;
}

async function openLink(server: NatsServer) {
  const troubles: string[] = [];
  const link = await TelemetryLink.open(
    { url: server.url },
    {
      gone: () => troubles.push('gone'),
      back: () => troubles.push('back'),
      refused: ({ code }) => troubles.push(code),
    },
  );
  undo.push(() => link.close());
  return { link, troubles };
}

const hello = (numSubcarriers: number) =>
  ({
    ...{ type: 'hello', version: 1, id: '0123456789ab', pid: 1, command: 'run', name: 'made up' },
    band: { numSubcarriers, bandwidthHz: 1e9 },
    users: [{ id: 'ada' }, { id: 'bela' }],
  }) as unknown as RunHello;

/** Slots from `from` on, as a recording has them. */
function rowsOf(from: number, count: number, numSubcarriers: number): RowOfTable[] {
  return Array.from({ length: count }, (_, k) => from + k).flatMap((slot): RowOfTable[] => [
    {
      table: 'receipts',
      row: { slot, board: 0, codewordIndex: 1, hash: 'ab', boardTimeS: slot / 8000, status: 'latched' },
    },
    {
      table: 'powers',
      row: {
        ...{
          slot,
          ue: slot % 2 === 0 ? 'ada' : 'bela',
          sequence: slot,
          ueTimeS: slot / 8e3,
          noiseFloor: 0.1,
        },
        powers: Float32Array.from({ length: numSubcarriers }, (__, m) => slot + m / 7),
      },
    },
  ]);
}

function expectAddsUp(counts: TelemetryCounts): void {
  for (const kind of KINDS) {
    const { made, sent, unconfirmed, dropped } = counts[kind];
    expect({ kind, sum: sent + unconfirmed + dropped }).toEqual({ kind, sum: made });
  }
}

const codeOf = (error: unknown) => (error instanceof BeamloopError ? error.code : error);
const event = (k: number): LiveMessage => ({
  type: 'event',
  wallTimeMs: k,
  kind: 'k',
  detail: {},
  text: null,
});

describe('what a run publishes', () => {
  it('arrives whole under its subjects, and adds up in the end', async () => {
    const server = await serve();
    const { link, troubles } = await openLink(server);
    const listener = await listen(server, 'beamloop.v1.>');
    const telemetry = new RunTelemetry(link, hello(100));
    for (let slot = 0; slot < 5000; slot += 250) telemetry.take(rowsOf(slot, 250, 100));
    telemetry.tell(event(7));
    const counts = await telemetry.end();
    await listener.until(() => listener.documents<TelemetryCounts>('counts').some(({ isFinal }) => isFinal));
    expect(listener.documents<TelemetryCounts>('counts').at(-1)).toEqual(counts);
    expect(counts).toMatchObject({
      ...{ numOutages: 0, slots: { made: 0 }, messages: { made: 2, sent: 2 } },
      receipts: { made: 5000, sent: 5000, dropped: 0, unconfirmed: 0 },
      powers: { made: 5000, sent: 5000, dropped: 0, unconfirmed: 0 },
    });
    const powers = listener.of('powers').map(readPowers);
    expect(powers.map(({ sequence }) => sequence)).toEqual(powers.map((_, k) => k + 1));
    const expected = rowsOf(0, 5000, 100);
    const rows = powers.flatMap((message) => message.rows);
    for (const { table, row } of expected) {
      if (table !== 'powers') continue;
      const { sequence: _, ...told } = row;
      expect(rows[row.slot]).toEqual(told);
    }
    const receipts = listener.documents<{ sequence: number; receipts: object[] }>('receipts');
    expect(receipts.flatMap((message) => message.receipts)).toEqual(
      expected.flatMap(({ table, row }) => (table === 'receipts' ? [row] : [])),
    );
    expect(listener.documents('live.event')).toEqual([{ sequence: 1, ...event(7) }]);
    for (const { subject } of listener.heard.filter((each) => !each.subject.endsWith('check'))) {
      expect(subject).toMatch(new RegExp(`^beamloop\\.v1\\.${link.host}\\.0123456789ab\\.`));
    }
    expect(troubles).toEqual([]);
  });

  it('is dropped and counted where the server stands still: the run does not wait, and goes on publishing', async () => {
    const server = await serve();
    const { link } = await openLink(server);
    const telemetry = new RunTelemetry(link, hello(2048));
    process.kill(server.pid(), 'SIGSTOP');
    const rows = rowsOf(0, 250, 2048);
    // 160 MB.
    for (let k = 0; k < 80; k++) telemetry.take(rows);
    telemetry.tell(event(1));
    const { powers, receipts, messages } = telemetry.counts;
    // What fits: 48 MB, of 8.2 KB a slot.
    expect(powers.dropped).toBeGreaterThan(20_000 - (48 << 20) / 8192);
    expect(powers.dropped).toBeLessThan(20_000);
    // Powers leave room for what matters more.
    expect(receipts.dropped).toBe(0);
    expect(messages.dropped).toBe(0);
    process.kill(server.pid(), 'SIGCONT');
    const listener = await listen(server, 'beamloop.v1.>');
    while (telemetry.counts.powers.sent + powers.dropped < 20_000) await sleep(20);
    telemetry.take(rowsOf(20_000, 10, 2048));
    const counts = await telemetry.end();
    expectAddsUp(counts);
    expect(counts.powers.sent).toBe(20_010 - powers.dropped);
    await listener.until(() => listener.documents<TelemetryCounts>('counts').some(({ isFinal }) => isFinal));
    // The number of the message and what it says was lost show the gap.
    expect(readPowers(listener.of('powers').at(-1)!)).toMatchObject({ lost: powers.dropped });
  });

  it('goes on when a server that was killed is back, and what was lost is counted', async () => {
    const server = await serve();
    const { link, troubles } = await openLink(server);
    const telemetry = new RunTelemetry(link, hello(2048));
    telemetry.take(rowsOf(0, 100, 2048));
    while (telemetry.counts.powers.sent < 100) await sleep(10);
    await server.kill();
    while (!link.isGone) await sleep(10);
    const rows = rowsOf(100, 250, 2048);
    for (let k = 0; k < 60; k++) telemetry.take(rows);
    const { dropped } = telemetry.counts.powers;
    expect(dropped).toBeGreaterThan(15_000 - (48 << 20) / 8192);
    await server.restart();
    const listener = await listen(server, 'beamloop.v1.>');
    // What fitted is sent late; only then there is room.
    while (telemetry.counts.powers.sent + dropped < 15_100) await sleep(10);
    telemetry.take(rowsOf(20_000, 5, 2048));
    // Only the last: reading them all takes long.
    const lastSlot = () =>
      listener
        .of('powers')
        .slice(-1)
        .map((data) => readPowers(data).rows.at(-1)!.slot);
    await listener.until(() => lastSlot()[0] === 20_004);
    const counts = await telemetry.end();
    expectAddsUp(counts);
    expect(counts.numOutages).toBe(1);
    expect(counts.powers.made).toBe(100 + 15_000 + 5);
    expect(counts.powers.dropped).toBe(dropped);
    expect(troubles).toEqual(['gone', 'back']);
  });

  it('ends, and counted, where the server stands still for good', async () => {
    const server = await serve();
    const { link } = await openLink(server);
    const telemetry = new RunTelemetry(link, hello(16));
    while (telemetry.counts.messages.sent < 1) await sleep(10);
    process.kill(server.pid(), 'SIGSTOP');
    telemetry.take(rowsOf(0, 100, 16));
    const counts = await telemetry.end();
    expectAddsUp(counts);
    expect(counts.powers).toEqual({ made: 100, sent: 0, unconfirmed: 100, dropped: 0 });
    process.kill(server.pid(), 'SIGCONT');
  });

  it('ends at once, and counted, where the server is gone for good', async () => {
    const server = await serve();
    const { link } = await openLink(server);
    const telemetry = new RunTelemetry(link, hello(16));
    await server.kill();
    while (!link.isGone) await sleep(10);
    telemetry.take(rowsOf(0, 100, 16));
    const counts = await telemetry.end();
    expectAddsUp(counts);
    expect(counts.powers).toEqual({ made: 100, sent: 0, unconfirmed: 0, dropped: 100 });
    expect(counts.receipts.sent).toBe(0);
  });
});

describe('a server that does not take it', () => {
  it('is told of before the run begins', async () => {
    const free = await serve();
    await free.kill();
    await expect(openLink(free).catch((error) => Promise.reject(codeOf(error)))).rejects.toBe(
      'NATS_UNREACHABLE',
    );
    const closed = await serve('authorization { users: [{user: a, password: b}] }');
    await expect(openLink(closed).catch((error) => Promise.reject(codeOf(error)))).rejects.toBe(
      'NATS_REFUSED',
    );
    const mute = await serve(
      'authorization { default_permissions: { publish: "other", subscribe: ">" }, users: [{user: a, password: b}] }\nno_auth_user: a',
    );
    await expect(openLink(mute).catch((error) => Promise.reject(codeOf(error)))).rejects.toBe('NATS_REFUSED');
  });

  it('where it refuses powers alone: they count as dropped, and it is said', async () => {
    const server = await serve(
      'authorization { default_permissions: { publish: { deny: "beamloop.v1.*.*.powers" }, subscribe: ">" }, users: [{user: a, password: b}] }\nno_auth_user: a',
    );
    const { link, troubles } = await openLink(server);
    const telemetry = new RunTelemetry(link, hello(16));
    for (let k = 0; k < 5; k++) telemetry.take(rowsOf(100 * k, 100, 16));
    const counts = await telemetry.end();
    expectAddsUp(counts);
    expect(counts.powers).toEqual({ made: 500, sent: 0, unconfirmed: 0, dropped: 500 });
    expect(counts.receipts).toEqual({ made: 500, sent: 500, unconfirmed: 0, dropped: 0 });
    expect(new Set(troubles)).toEqual(new Set(['NATS_REFUSED']));
  });

  it('where it takes messages that are smaller than a slot', async () => {
    const server = await serve('max_payload: 4096');
    const { link } = await openLink(server);
    expect(() => new RunTelemetry(link, hello(2048))).toThrow(/takes messages of at most 4096 bytes/);
    const telemetry = new RunTelemetry(link, hello(256));
    telemetry.take(rowsOf(0, 500, 256));
    const counts = await telemetry.end();
    expect(counts.powers).toMatchObject({ made: 500, sent: 500 });
    expect(counts.receipts).toMatchObject({ made: 500, sent: 500 });
  });
});

describe('whoever comes later', () => {
  it('is told which runs go on, and what one has told so far', async () => {
    const server = await serve();
    const { link } = await openLink(server);
    const telemetry = new RunTelemetry(link, hello(16));
    for (let k = 0; k < 700; k++) telemetry.tell(event(k));
    while (telemetry.counts.messages.sent < 701) await sleep(10);
    const { connection } = await listen(server);
    const {
      host,
      prefix,
      hello: told,
    } = (await connection.request('beamloop.v1.ask')).json<{
      host: string;
      prefix: string;
      hello: RunHello;
    }>();
    expect({ host, prefix }).toEqual({ host: link.host, prefix: `beamloop.v1.${link.host}.0123456789ab` });
    expect(told).toEqual(hello(16));
    const lines: string[] = [];
    for await (const answer of await connection.requestMany(`${prefix}.ask`, '', {
      ...{ strategy: 'sentinel', maxWait: 30_000 },
    }))
      lines.push(...answer.string().split('\n').filter(Boolean));
    const [first, ...rest] = lines.map((line) => JSON.parse(line));
    expect(first).toEqual(hello(16));
    expect(rest).toEqual(Array.from({ length: 500 }, (_, k) => ({ sequence: 201 + k, ...event(200 + k) })));
    await telemetry.end();
    const gone = await connection.request('beamloop.v1.ask', '', { timeout: 300 }).catch((error) => error);
    expect(gone).toBeInstanceOf(Error);
  });
});

describe('examples/telemetry/powers.py', () => {
  it.runIf(hasPython)('prints what is published', async () => {
    const server = await serve();
    const { link } = await openLink(server);
    const telemetry = new RunTelemetry(link, hello(3));
    const program = spawn('python3', ['examples/telemetry/powers.py', `127.0.0.1:${server.port}`, '1']);
    undo.push(() => program.kill());
    const printed = text(program.stdout);
    let hasEnded = false;
    program.once('close', () => {
      hasEnded = true;
    });
    // Nobody says when it has begun to listen.
    while (!hasEnded) {
      telemetry.take(rowsOf(7, 2, 3));
      await sleep(100);
    }
    const lines = (await printed).trim().split('\n');
    expect(lines.map((line) => line.split(' ').slice(0, 3))).toEqual([
      ['0123456789ab', '7', 'bela'],
      ['0123456789ab', '8', 'ada'],
    ]);
    expect(Number(lines[0]!.split(' ')[3])).toBeCloseTo(7 + 1 / 7, 5);
    await telemetry.end();
  });
});

describe('beamloop run --nats', () => {
  it('publishes what it records, says so in the end, and tells the secret to nobody', async () => {
    const server = await serve(`authorization { user: lab, password: "${SECRET}" }`);
    vi.stubEnv('NATS_URL', undefined);
    undo.push(() => void vi.unstubAllEnvs());
    const listener = await NatsListener.open(server.port, { user: 'lab', pass: SECRET }, 'beamloop.v1.>');
    undo.push(() => listener.connection.close());
    const [out, log] = [path.join(place, 'out'), path.join(place, 'log')];
    const url = server.url.replace('://', `://lab:${SECRET}@`);
    const scenario = writeScenario(place, 'lab');
    const ended = await beamloop(
      'run',
      scenario,
      '--nats',
      url,
      '--json',
      '--no-report',
      '--out',
      out,
      '--log',
      log,
    );
    expect(ended.code).toBe(0);
    const outcome = JSON.parse(ended.stdout);
    const { receipts, slots, powers, estimates } = await decided(out);
    expect(outcome.telemetry).toMatchObject({
      receipts: { made: receipts.length, sent: receipts.length },
      slots: { made: slots.length, sent: slots.length },
      powers: { made: powers.length, sent: powers.length },
    });
    await listener.until(() => listener.documents<TelemetryCounts>('counts').some(({ isFinal }) => isFinal));
    expect(listener.of('powers').flatMap((data) => readPowers(data).rows)).toEqual(
      powers.map(({ sequence: __, ...row }) => row).sort((a, b) => a.slot - b.slot),
    );
    expect(listener.documents<{ ue: string }>('live.estimate').map(({ ue }) => ue)).toEqual(
      estimates.map(({ ue }) => ue),
    );
    expect(listener.documents<LiveMessage>('live.end')).toMatchObject([{ code: null, muted: true }]);
    const texts = [
      ...[ended.stdout, ended.stderr, readFileSync(log, 'latin1')],
      ...readdirSync(out).map((name) => readFileSync(path.join(out, name), 'latin1')),
      ...listener.heard.map(({ data }) => Buffer.from(data).toString('latin1')),
    ];
    for (const each of texts) expect(each.includes(SECRET)).toBe(false);
  });

  it('refuses to begin where there is no server, and records nothing', async () => {
    const server = await serve();
    await server.kill();
    const out = path.join(place, 'out');
    const ended = await beamloop('run', writeScenario(place, 'lab'), '--nats', server.url, '--out', out);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('NATS_UNREACHABLE');
    expect(readdirSync(place)).not.toContain('out');
  });
});

/** Of a fast board: 65 MB/s. */
const PACE = { slotsPerS: 8000, numSubcarriers: 2048 };
const SECONDS = Number(process.env.BEAMLOOP_TEST_TELEMETRY_SECONDS ?? 3);

describe(`a run of 8,000 slots a second and 2,048 subcarriers, for ${SECONDS} s`, () => {
  it('is kept at its pace, and all that it made is counted', async () => {
    const server = await serve();
    const run = await SyntheticRun.start({ ...PACE, nats: server.url });
    undo.push(() => run.kill());
    const first = await run.status();
    const fromMs = performance.now();
    await sleep(1e3 * SECONDS);
    const last = await run.status();
    const tookS = (performance.now() - fromMs) / 1e3;
    const { counts, troubles } = await run.end();
    expect(troubles).toEqual([]);
    expectAddsUp(counts!);
    // A machine that is busy makes less of them; what was made is what was taken.
    expect(counts!.powers.made).toBeGreaterThanOrEqual(last.slots);
    expect(counts!.receipts).toMatchObject({ made: counts!.powers.made });
    const { made, sent, dropped, unconfirmed } = counts!.powers;
    const slotsPerS = (last.slots - first.slots) / tookS;
    process.stdout.write(
      `telemetry: ${slotsPerS.toFixed(0)} slots/s, longest turn ${last.longestTurnMs.toFixed(1)} ms, longest hand-over ${last.longestTakeMs.toFixed(1)} ms, ` +
        `${made} powers made, ${sent} sent, ${dropped} dropped, ${unconfirmed} unconfirmed\n`,
    );
    expect(sent).toBeGreaterThan(0);
  });
});
