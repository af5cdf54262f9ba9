/** The dashboard's server: whom it lets in, what it bounds, and that a run does not notice any of it. */
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunMessage } from '../../src/dashboard/page-messages.js';
import { Dashboard, type DashboardOptions } from '../../src/dashboard/server.js';
import { ownRunFolder, SyntheticRun } from '../fixtures/synthetic-run.js';
import { closeOf, OpenPage } from './open-page.js';

let restore: () => void;
let run: SyntheticRun;
const dashboards: Dashboard[] = [];
const sockets: Socket[] = [];
const pages: OpenPage[] = [];

beforeAll(async () => {
  restore = ownRunFolder();
  run = await SyntheticRun.start({ slotsPerS: 2000, numSubcarriers: 256, numElements: 64 });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const page of pages.splice(0)) page.socket.terminate();
  for (const dashboard of dashboards.splice(0)) await dashboard.close();
});
afterAll(() => {
  run.kill();
  restore();
});

async function start(options: DashboardOptions = {}) {
  const dashboard = await Dashboard.start({ recordings: 'there is no such folder', ...options });
  dashboards.push(dashboard);
  const token = dashboard.url.split('#token=')[1]!;
  return { dashboard, token, port: dashboard.port };
}

function openPage(port: number, token: string, headers?: Record<string, string>): OpenPage {
  const page = new OpenPage(port, token, headers);
  pages.push(page);
  return page;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** By hand: fetch lets nobody set Host or Origin. */
function ask(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

describe('who is let in', () => {
  it('has the page for everybody of this machine, with headers that keep it to itself', async () => {
    const { port, token } = await start();
    const { status, headers, text } = await ask(port, '/');
    expect(status).toBe(200);
    expect(text).toContain('<title>beamloop</title>');
    expect(text).not.toContain(token);
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    expect(token.length).toBeGreaterThanOrEqual(22);
  });

  it.each([
    '/../package.json',
    '/%2e%2e/package.json',
    '/assets/../../../package.json',
    '//etc/passwd',
    '/index.html/../../src/cli/main.js',
    '/report/../../package.json',
    '/report/x',
  ])('has nothing at %s', async (path) => {
    const { port } = await start();
    expect((await ask(port, path)).status).toBe(404);
  });

  it('has nothing for those who lack the token', async () => {
    const { port, token } = await start();
    const asked = (authorization?: string) =>
      ask(port, '/api/recordings', authorization === undefined ? {} : { authorization });
    expect((await asked()).status).toBe(401);
    expect((await asked(`Bearer ${token}x`)).status).toBe(401);
    expect((await asked(`Basic ${token}`)).status).toBe(401);
    expect((await ask(port, `/api/recordings?token=${token}`)).status).toBe(401);
    const { status, text } = await asked(`Bearer ${token}`);
    expect(status).toBe(422);
    expect(JSON.parse(text).error.code).toBe('FILE_NOT_FOUND');
    expect(text).not.toContain(token);
  });

  it.each([
    '/%61pi/check',
    '/ap%69/recordings',
    '/api%2Fcheck',
    '//api/check',
    '/API/check',
    '/x/../api/check',
    '/api/check/',
    '/api/check?x',
    '/api/check;x',
    '/./api/check',
  ])('has nothing for those who spell it otherwise and lack the token: %s', async (path) => {
    const { port } = await start();
    const { status, text } = await ask(port, path);
    expect([401, 404]).toContain(status);
    expect(text).not.toContain('"ok"');
  });

  it.each(['attacker.example', 'attacker.example:80', '127.0.0.1', '127.0.0.1:1', '0.0.0.0'])(
    'answers to no other name: %s',
    async (host) => {
      const { port, token } = await start();
      for (const path of ['/', '/api/recordings'])
        expect((await ask(port, path, { host, authorization: `Bearer ${token}` })).status).toBe(421);
    },
  );

  it.each(['http://attacker.example', 'null', 'http://127.0.0.1:1', 'https://localhost', 'file://'])(
    'answers no page of another origin: %s',
    async (origin) => {
      const { port, token } = await start();
      const { status } = await ask(port, '/api/recordings', { origin, authorization: `Bearer ${token}` });
      expect(status).toBe(403);
      const page = openPage(port, token, { origin });
      expect(await closeOf(page.socket)).toBe(1006);
      expect(page.told).toEqual([]);
    },
  );

  it('opens no WebSocket without the token, or under another name', async () => {
    const { port, token } = await start();
    for (const page of [
      openPage(port, 'wrong'),
      openPage(port, token.slice(1)),
      openPage(port, token, { host: 'attacker.example' }),
    ]) {
      expect(await closeOf(page.socket)).toBe(1006);
      expect(page.told).toEqual([]);
    }
  });

  it('lets in a page of its own', async () => {
    const { port, token } = await start();
    const page = openPage(port, token, { origin: `http://127.0.0.1:${port}` });
    expect((await page.until('state')).recordings).toBe('there is no such folder');
  });
});

describe('a run that is followed', () => {
  it('is told from its hello on: frames, estimates, and the pattern of what it radiates', async () => {
    const { port, token } = await start();
    const page = openPage(port, token);
    const id = await page.follow();
    const { hello, axes } = await page.until('following');
    expect(hello.users).toHaveLength(4);
    expect(axes.kind).toBe('distance');
    await page.until('run', ({ message }) => message.type === 'estimate');
    const { message } = await page.until(
      'run',
      ({ message }) => message.type === 'frame' && message.powers.length > 0,
    );
    expect(message.type === 'frame' && message.powers[0]!.bins).toBeTruthy();
    const pattern = await page.until('pattern');
    expect(pattern.run).toBe(id);
    // The key says where the beam points.
    const [, , degrees] = pattern.radiating.codewordKey!.split('/');
    expect(pattern.peak[1]).toBeCloseTo(Math.sin((Number(degrees) * Math.PI) / 180), 1);
  });

  it('is told to a page that comes later, too, before anything new', async () => {
    const { port, token } = await start();
    const early = openPage(port, token);
    const id = await early.follow();
    let first = Number.NaN;
    const isEighth = ({ message }: RunMessage) => {
      if (message.type !== 'frame') return false;
      if (Number.isNaN(first)) first = message.number;
      return message.number >= first + 8;
    };
    await early.until('run', isEighth);
    const late = openPage(port, token);
    await late.until('state');
    late.say({ ask: 'follow', run: id });
    await late.until('run', isEighth);
    const frames = late.told.flatMap((each) =>
      each.type === 'run' && each.message.type === 'frame' ? [each.message.number] : [],
    );
    const ofEarly = early.told.flatMap((each) =>
      each.type === 'run' && each.message.type === 'frame' ? [each.message.number] : [],
    );
    expect(frames[0]).toBeLessThanOrEqual(ofEarly[0]!);
    expect(frames).toEqual([...frames].sort((a, b) => a - b));
    expect(new Set(frames).size).toBe(frames.length);
  });

  it('is stopped by a page: the board is mute, and the run is over', async () => {
    const stopped = await SyntheticRun.start({ slotsPerS: 500, numSubcarriers: 1, name: 'to be stopped' });
    const { port, token } = await start();
    const page = openPage(port, token);
    const id = await page.follow('to be stopped');
    page.say({ ask: 'order', run: id, order: 'stop', tag: 'a' });
    const { done, error } = await page.until('answer');
    expect(error).toBeNull();
    expect(done).toMatchObject({ order: 'stop', error: null });
    await page.until('run', ({ message }) => message.type === 'end');
    expect(await stopped.last()).toMatchObject({ stopped: true, mutes: [{ on: true }] });
    page.say({ ask: 'order', run: id, order: 'stop', tag: 'b' });
    expect((await page.until('answer', ({ tag }) => tag === 'b')).error?.code).toBe('WATCH_REFUSED');
  });

  it('is said to be lost when its process is gone without a word', async () => {
    const killed = await SyntheticRun.start({ slotsPerS: 500, numSubcarriers: 1, name: 'to be killed' });
    const { port, token } = await start();
    const page = openPage(port, token);
    const id = await page.follow('to be killed');
    killed.kill();
    const { why } = await page.until('lost');
    expect(why).toContain('nobody knows whether the array was muted');
    await page.until('state', ({ runs }) => runs.some((each) => each.id === id && each.isOver));
  });

  it('goes on when the dashboard ends', async () => {
    const { dashboard, port, token } = await start();
    const page = openPage(port, token);
    await page.follow();
    const before = await run.status();
    dashboards.splice(0);
    await dashboard.close();
    const after = await run.status();
    expect(after.slots).toBeGreaterThanOrEqual(before.slots);
    expect(after.mutes).toEqual([]);
    expect(after.stopped).toBe(false);
  });
});

describe('what is bounded', () => {
  it('the number of connections: a thousand that only wait keep no page out, and end no page', async () => {
    const { dashboard, port, token } = await start();
    const first = openPage(port, token);
    await first.until('state');
    const held = Array.from({ length: 1000 }, () => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      sockets.push(socket);
      return socket;
    });
    await Promise.all(held.map((socket) => (socket.connecting ? once(socket, 'connect') : undefined)));
    const second = openPage(port, token);
    await second.until('state');
    const id = await second.follow();
    first.say({ ask: 'follow', run: id });
    await first.until('run');
    // Those that were let go are known to be so once their ends are read.
    await expect.poll(() => held.filter(({ destroyed }) => !destroyed).length).toBeLessThanOrEqual(64);
    expect(dashboard.numConnections).toBeLessThanOrEqual(64);
    expect((await run.status()).stopped).toBe(false);
  });

  it('the time that a request takes to be said', async () => {
    const { port } = await start({ limits: { headTimeoutS: 0.2, requestTimeoutS: 0.3 } });
    const slow = connect(port, '127.0.0.1');
    sockets.push(slow);
    slow.on('error', () => {});
    slow.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ');
    slow.resume();
    await once(slow, 'close');
  });

  it('the length of heads, bodies and messages, and their number', async () => {
    const { port, token } = await start();
    expect((await ask(port, '/', { 'x-long': 'x'.repeat(20_000) })).status).toBe(431);
    const page = openPage(port, token);
    await page.until('state');
    page.socket.send('x'.repeat(5000));
    expect(await closeOf(page.socket)).toBe(1009);
    const eager = openPage(port, token);
    await eager.until('state');
    for (let k = 0; k < 200; k++) eager.say({ ask: 'follow', run: 'none' });
    expect(await closeOf(eager.socket)).toBe(1008);
  });

  it.each([
    'no JSON',
    '{}',
    '{"ask":"follow"}',
    '{"ask":"order","tag":"a","run":"x","order":"explode"}',
    '{"ask":"steer","tag":"a","distanceM":-1,"angleRad":0,"elevationRad":null}',
    '{"ask":"steer","tag":"a","distanceM":1,"angleRad":9,"elevationRad":null}',
    '{"ask":"start","tag":"a","more":1}',
  ])('what a page says: %s', async (text) => {
    const { port, token } = await start();
    const page = openPage(port, token);
    await page.until('state');
    page.socket.send(text);
    expect(await closeOf(page.socket)).toBe(1008);
  });

  it('what waits for a page that never reads: it misses frames, and others none', async () => {
    const { port, token } = await start({ limits: { fullBufferBytes: 1 << 16, heartbeatS: 0.5 } });
    const reader = openPage(port, token);
    const id = await reader.follow();
    const deaf = openPage(port, token);
    await deaf.until('state');
    deaf.say({ ask: 'follow', run: id });
    await deaf.until('following');
    deaf.socket.pause();
    // It answers no ping either, and is let go.
    const { told } = reader;
    const numTold = told.length;
    await expect.poll(() => dashboards[0]!.pages.size, { timeout: 60_000 }).toBe(1);
    expect(told.length).toBeGreaterThan(numTold);
    const frames = told.flatMap((each) =>
      each.type === 'run' && each.message.type === 'frame' ? [each.message.number] : [],
    );
    const gaps = frames.filter((number, k) => k > 0 && number !== frames[k - 1]! + 1);
    expect(gaps).toEqual([]);
    expect((await run.status()).stopped).toBe(false);
  });
});

it('says what to do when its port is taken', async () => {
  const { port } = await start();
  await expect(Dashboard.start({ port })).rejects.toMatchObject({
    code: 'DASHBOARD_LISTEN',
    where: `127.0.0.1:${port}`,
    todo: expect.stringContaining('choose another port'),
  });
});

it('starts nothing and steers nothing without a scenario', async () => {
  const { port, token } = await start();
  const page = openPage(port, token);
  await page.until('state');
  page.say({ ask: 'start', tag: 'a' });
  page.say({ ask: 'steering', tag: 'b', on: true });
  page.say({ ask: 'steer', tag: 'c', distanceM: 20, angleRad: 0.1, elevationRad: null });
  for (const wanted of ['a', 'b', 'c'])
    expect((await page.until('answer', ({ tag }) => tag === wanted)).error?.code).toBe('BAD_ARGUMENT');
});
