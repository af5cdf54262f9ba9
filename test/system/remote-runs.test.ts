/** Runs that another host publishes: listed and followed, wholly and once, and told nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PublishedRuns } from '../../src/dashboard/published-runs.js';
import { runsOfThisUser } from '../../src/dashboard/run-source.js';
import { Dashboard } from '../../src/dashboard/server.js';
import type { LiveMessage, RunHello } from '../../src/live/messages.js';
import { RemoteRuns } from '../../src/live/remote/remote-runs.js';
import { RemoteWatch } from '../../src/live/remote/remote-watch.js';
import { RunTelemetry } from '../../src/live/telemetry/run-telemetry.js';
import { TelemetryLink } from '../../src/live/telemetry/telemetry-link.js';
import { connectNats, type Nats } from '../../src/nats/connect-nats.js';
import { callCommandLine } from '../fixtures/call-command-line.js';
import { NatsListener } from '../fixtures/nats-listener.js';
import { type NatsServer, startNatsServer } from '../fixtures/nats-server.js';
import { ownRunFolder, SyntheticRun } from '../fixtures/synthetic-run.js';
import { OpenPage } from './open-page.js';

let elsewhere: string;
let restore: () => void;
let undo: (() => unknown)[] = [];
beforeEach(() => {
  restore = ownRunFolder();
  // As on another host, or of another user: no socket of this folder leads to it.
  elsewhere = mkdtempSync(path.join(tmpdir(), 'elsewhere-'));
});
afterEach(async () => {
  for (const each of undo.reverse()) await each();
  undo = [];
  restore();
  rmSync(elsewhere, { recursive: true, force: true });
});

async function serve(): Promise<NatsServer> {
  const server = await startNatsServer({ hasJetStream: false });
  undo.push(() => server.remove());
  return server;
}

async function startRun(server: NatsServer): Promise<SyntheticRun> {
  const env = { ...process.env, BEAMLOOP_RUNTIME_DIR: elsewhere };
  const settings = { slotsPerS: 500, numSubcarriers: 64, numElements: 32, nats: server.url };
  const run = await SyntheticRun.start(settings, env);
  undo.push(() => run.kill());
  return run;
}

async function openRuns(server: NatsServer): Promise<{ runs: RemoteRuns; nats: Nats }> {
  let runs: RemoteRuns | null = null;
  const nats = await connectNats(
    { url: server.url },
    { name: 'test', onState: (state) => runs?.server(state) },
  );
  runs = new RemoteRuns(nats);
  const opened = runs;
  undo.push(() => opened.close());
  return { runs, nats };
}

const HELLO = {
  ...{
    type: 'hello',
    version: 1,
    id: '0123456789ab',
    pid: 1,
    command: 'run',
    name: 'made up',
    scheme: 'dpc',
  },
  ...{
    startedAt: '2026-11-21T12:00:00Z',
    folder: null,
    time: 'real',
    slotDurationS: 1e-3,
    band: null,
    users: [],
  },
  array: { numElements: 1, carrierHz: 1e9, speedOfLightMPerS: 3e8, placesM: 'A'.repeat(32), planar: null },
  board: { model: 'm', serialNumber: 's', firmware: '1', ports: ['emulated'], isEmulated: true },
} as unknown as RunHello;

async function beginTelemetry(server: NatsServer): Promise<{ telemetry: RunTelemetry; link: TelemetryLink }> {
  const nothing = () => {};
  const link = await TelemetryLink.open(
    { url: server.url },
    { gone: nothing, back: nothing, refused: nothing },
  );
  undo.push(() => link.close());
  return { telemetry: new RunTelemetry(link, HELLO), link };
}

const event = (k: number): LiveMessage => ({
  type: 'event',
  wallTimeMs: k,
  kind: 'k',
  detail: {},
  text: null,
});

describe('a run of another host', () => {
  it('is followed from hello to end by whoever comes later, too; it takes no orders', async () => {
    const server = await serve();
    const run = await startRun(server);
    const { runs } = await openRuns(server);
    const [found, ...others] = await runs.list();
    expect(others).toEqual([]);
    expect(found!.hello).toMatchObject({ name: 'synthetic', folder: null, array: { numElements: 32 } });
    const seen: LiveMessage[] = [];
    const watch = await runs.watch(found!);
    await expect(watch.order()).rejects.toMatchObject({ code: 'WATCH_REFUSED' });
    const settings = new Set<string>();
    let ending: Promise<unknown> | null = null;
    for await (const message of watch) {
      seen.push(message);
      if (message.type === 'settings') settings.add(message.hash);
      const radiated = message.type === 'frame' ? message.radiating : null;
      if (radiated === null || !settings.has(radiated.hash)) continue;
      if (seen.length > 30) ending ??= run.end();
    }
    const { counts } = (await ending) as { counts: { messages: { sent: number } } };
    expect(counts.messages.sent).toBeGreaterThan(0);
    expect(seen.filter(({ type }) => type === 'estimate')).toHaveLength(4);
    expect(seen.at(-1)).toMatchObject({ type: 'end', code: null });
    expect(await runs.list()).toEqual([]);
  });

  it('is told wholly, in order and once, though the server is killed meanwhile', async () => {
    const server = await serve();
    const { telemetry, link } = await beginTelemetry(server);
    for (let k = 0; k < 50; k++) telemetry.tell(event(k));
    // The hello, and these: whoever asks is answered by then.
    while (telemetry.counts.messages.sent < 51) await sleep(10);
    const { runs } = await openRuns(server);
    const watch = await runs.watch((await runs.list())[0]!);
    const seen: LiveMessage[] = [];
    const following = (async () => {
      for await (const message of watch) seen.push(message);
    })();
    const told = () =>
      seen.flatMap((message) =>
        message.type === 'event' && message.kind === 'k' ? [message.wallTimeMs] : [],
      );
    while (told().length < 50) await sleep(10);
    for (let k = 50; k < 80; k++) telemetry.tell(event(k));
    await server.kill();
    while (!link.isGone) await sleep(10);
    for (let k = 80; k < 120; k++) telemetry.tell(event(k));
    await server.restart();
    while (link.isGone) await sleep(10);
    for (let k = 120; k < 150; k++) telemetry.tell(event(k));
    // Both are back before it ends: whoever is not there then cannot ask any more.
    while (told().length < 150) await sleep(10);
    telemetry.tell({ type: 'end', code: null, what: null, muted: true, boardTimeS: null });
    await telemetry.end();
    await following;
    expect(told()).toEqual(Array.from({ length: 150 }, (_, k) => k));
    const kinds = seen.flatMap((message) =>
      message.type === 'event' && message.kind !== 'k' ? [message.kind] : [],
    );
    expect(kinds.filter((kind) => kind.startsWith('nats'))).toEqual(['nats gone', 'nats back']);
  });

  it('whose process is killed is silent first, then lost', async () => {
    const server = await serve();
    const run = await startRun(server);
    const { runs, nats } = await openRuns(server);
    const { host, prefix } = (await runs.list())[0]!;
    const watch = await RemoteWatch.open(nats, host, prefix, { saidMs: 2000, lostMs: 4000 });
    const events: string[] = [];
    const following = (async () => {
      for await (const message of watch) {
        if (message.type === 'event') events.push(message.kind);
        if (message.type === 'frame') run.kill();
      }
    })();
    await expect(following).rejects.toMatchObject({
      code: 'WATCH_REFUSED',
      what: expect.stringContaining('Nothing was heard'),
    });
    expect(events.at(-1)).toBe('run silent');
  });

  it('that nobody could have is not listed', async () => {
    const server = await serve();
    const { runs, nats } = await openRuns(server);
    for (const hello of [
      { ...HELLO, version: 2 },
      { ...HELLO, array: { ...HELLO.array, numElements: 1e15 } },
      { ...HELLO, array: { ...HELLO.array, numElements: 2 } },
      null,
    ]) {
      nats.connection.subscribe('beamloop.v1.ask', {
        callback: (_error, message) => {
          message.respond(JSON.stringify({ host: 'lab', prefix: 'beamloop.v1.lab.0123456789ab', hello }));
          message.respond('{');
        },
      });
    }
    expect(await runs.list()).toEqual([]);
  });
});

describe('beamloop watch --nats', () => {
  it('lists runs with their hosts, follows one, and refuses orders', async () => {
    const server = await serve();
    const none = await callCommandLine('watch', '--nats', server.url, '--list');
    expect(none).toMatchObject({ status: 0, stdout: 'No run goes on\n' });
    const run = await startRun(server);
    const list = await callCommandLine('watch', '--nats', server.url, '--list', '--json');
    const { runs } = JSON.parse(list.stdout);
    expect(runs).toMatchObject([{ name: 'synthetic', host: expect.any(String) }]);
    const refused = await callCommandLine('watch', '--nats', server.url, '--order', 'stop');
    expect(refused).toMatchObject({ status: 2 });
    expect(refused.stderr).toContain('are only watched');
    const asks = await NatsListener.open(server.port, {}, 'beamloop.v1.*.*.ask');
    undo.push(() => asks.connection.close());
    const following = callCommandLine('watch', '--nats', server.url, '--json');
    // It asks the run for what was so far, and once more when it hears what comes.
    await asks.until(() => asks.heard.length === 2);
    await run.end();
    const { status, stdout } = await following;
    expect(status).toBe(0);
    const types = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).type);
    expect(types[0]).toBe('hello');
    expect(types.at(-1)).toBe('end');
    expect(types.filter((type) => type === 'estimate')).toHaveLength(4);
  });
});

describe('a dashboard with --nats', () => {
  it('shows runs of other hosts as well, and says why it cannot stop them', async () => {
    const server = await serve();
    const { runs } = await openRuns(server);
    const source = new PublishedRuns(runs, runsOfThisUser);
    const dashboard = await Dashboard.start({ recordings: 'there is no such folder', source });
    undo.push(() => dashboard.close());
    const page = new OpenPage(dashboard.port, dashboard.url.split('#token=')[1]!);
    undo.push(() => page.socket.terminate());
    const run = await startRun(server);
    const own = await SyntheticRun.start({
      slotsPerS: 100,
      numSubcarriers: 4,
      name: 'own',
      nats: server.url,
    });
    undo.push(() => own.kill());
    const id = await page.follow('synthetic');
    await page.until('run', ({ message }) => message.type === 'frame');
    await page.until('pattern');
    const { runs: entries } = await page.until('state', (state) => state.runs.length === 2);
    const entry = entries.find((each) => each.id === id)!;
    expect(entry).toMatchObject({ isOwn: false, isOver: false, host: expect.any(String) });
    expect(entry.whyNoOrders).toContain('stop or mute it there');
    expect(entries.find(({ name }) => name === 'own')).toMatchObject({ host: null, whyNoOrders: null });
    // To whom a socket of this user leads is not taken from the server as well.
    expect(await runs.list()).toHaveLength(2);
    const ofOthers = new PublishedRuns(runs, { ...runsOfThisUser, newRuns: async () => [] });
    let names: string[] = [];
    while (names.length === 0) {
      names = await ofOthers.newRuns(new Set());
      await sleep(20);
    }
    expect(names).toEqual([expect.stringContaining(id)]);
    page.say({ ask: 'order', tag: '1', run: id, order: 'stop' });
    const { error } = await page.until('answer', ({ tag }) => tag === '1');
    expect(error).toMatchObject({ code: 'WATCH_REFUSED', what: entry.whyNoOrders });
    expect(await run.status()).toMatchObject({ stopped: false, mutes: [] });
    await run.end();
    await page.until('run', ({ message }) => message.type === 'end');
  });
});
