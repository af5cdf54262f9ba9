import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { BridgeEvent, PowerRecord, UeBridge } from '../../src/bridge/bridge.js';
import type { BridgeOptions } from '../../src/bridge/bridge-options.js';
import { DEFAULT_LIMITS } from '../../src/bridge/limits.js';
import { startBridge } from '../../src/bridge/server.js';
import { encodePowerMessage } from '../../src/bridge/wire.js';
import { ManualClock } from '../fixtures/manual-clock.js';
import { PATIENCE_S } from '../fixtures/patience.js';
import { RawUe } from './raw-ue.js';

const TOKEN = 'correct horse battery';
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Watched {
  readonly bridge: UeBridge;
  readonly records: PowerRecord[];
  readonly events: BridgeEvent[];
}

async function watch(options: BridgeOptions = {}): Promise<Watched> {
  const events: BridgeEvent[] = [];
  const bridge = await startBridge({ onEvent: (event) => events.push(event), ...options });
  cleanups.push(() => bridge.close());
  const records: PowerRecord[] = [];
  bridge.onPower((record) => records.push(record));
  return { bridge, records, events };
}

const record = (sequence: number, slot = sequence, powers = [1, 2]) => ({
  sequence,
  slot,
  ueTimeS: sequence / 8,
  noiseFloor: 0.25,
  powers: Float32Array.from(powers),
});
const message = (...sequences: number[]) => encodePowerMessage(sequences.map((sequence) => record(sequence)));
const settled = (isTrue: () => boolean) => expect.poll(isTrue, { interval: 2 }).toBe(true);

describe('who may connect', () => {
  it('welcomes a UE and tells it run, session, limits and the first sequence number', async () => {
    const { bridge, events } = await watch({ run: 'run-7' });
    const { welcome } = await RawUe.welcomed(bridge.url);
    expect(welcome).toMatchObject({
      run: 'run-7',
      nextSequence: 1,
      acknowledged: 0,
      window: DEFAULT_LIMITS.window,
      limits: {
        maxMessageBytes: DEFAULT_LIMITS.maxMessageBytes,
        maxSubcarriers: DEFAULT_LIMITS.maxSubcarriers,
      },
    });
    expect(events).toEqual([{ kind: 'connected', ueId: 'ue-1', nextSequence: 1 }]);
  });

  it.each([
    ['none', {}],
    ['a wrong one', { token: `${TOKEN}!` }],
    ['an empty one', { token: '' }],
  ])('asks for the token: %s', async (_name, hello) => {
    const { bridge, events } = await watch({ token: TOKEN });
    const ue = await RawUe.dial(bridge.url);
    ue.hello(hello);
    expect(await ue.ended).toMatchObject({ code: 1008, error: { code: 'wrong-token' } });
    expect(events).toMatchObject([{ kind: 'refused', code: 'wrong-token' }]);
    expect(bridge.statistics()).toEqual([]);
    await RawUe.welcomed(bridge.url, { token: TOKEN });
  });

  it('listens beyond this machine only with a token, and says what to do', async () => {
    await expect(startBridge({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'BRIDGE_TOKEN' });
    await expect(startBridge({ host: '0.0.0.0', token: 'short' })).rejects.toMatchObject({
      code: 'BRIDGE_TOKEN',
      todo: expect.stringContaining('openssl'),
    });
    const { bridge } = await watch({ host: '0.0.0.0', token: TOKEN });
    await RawUe.welcomed(bridge.url, { token: TOKEN });
  });

  it('says which port is taken and what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    cleanups.push(() => new Promise((resolve) => other.close(() => resolve())));
    const { port } = other.address() as { port: number };
    await expect(startBridge({ port })).rejects.toMatchObject({
      code: 'BRIDGE_LISTEN',
      where: `127.0.0.1:${port}`,
      todo: expect.stringContaining('choose another port'),
    });
    await expect(startBridge({ port: 70_000 })).rejects.toMatchObject({ code: 'BRIDGE_LISTEN' });
    await expect(startBridge({ host: '192.0.2.1', token: TOKEN })).rejects.toMatchObject({
      code: 'BRIDGE_LISTEN',
      todo: expect.stringContaining('no such address'),
    });
  });

  it('refuses what is not a UE of this protocol', async () => {
    const { bridge } = await watch({ ueIds: ['ue-1', 'ue-2'] });
    const http = await fetch(bridge.url.replace('ws:', 'http:'));
    expect(http.status).toBe(426);
    expect(await http.text()).toContain('beamloop.ue.v1');

    const answer = (protocols: string[], options: WebSocket.ClientOptions = {}) =>
      new Promise<number | undefined>((resolve) => {
        const socket = new WebSocket(bridge.url, protocols, options);
        socket.on('unexpected-response', (_request, response) => {
          resolve(response.statusCode);
          socket.terminate();
        });
        socket.on('error', () => undefined);
      });
    expect(await answer([])).toBe(400);
    expect(await answer(['beamloop.ue.v2'])).toBe(400);
    expect(await answer(['beamloop.ue.v1'], { origin: 'https://example.org' })).toBe(403);

    const refusalOf = async (hello: object) => {
      const ue = await RawUe.dial(bridge.url);
      ue.hello(hello);
      return (await ue.ended).error;
    };
    expect(await refusalOf({ protocol: 'beamloop.ue.v9' })).toMatchObject({ code: 'wrong-protocol' });
    expect(await refusalOf({ ueId: 'ue-3' })).toMatchObject({
      code: 'unknown-ue',
      message: expect.stringContaining('ue-1, ue-2'),
    });
    expect(await refusalOf({ ueId: 'no spaces' })).toMatchObject({ code: 'hello-expected' });
    const many = { model: 'm', software: 's', numSubcarriers: DEFAULT_LIMITS.maxSubcarriers + 1 };
    expect(await refusalOf({ description: many })).toMatchObject({ code: 'malformed' });
  });

  it('hangs up on what it has refused, whether the other end does so or not', async () => {
    const { bridge } = await watch();
    const { hostname, port } = new URL(bridge.url);
    const stubborn = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    cleanups.push(async () => void stubborn.destroy());
    stubborn.write(
      [
        'GET / HTTP/1.1',
        'Host: bridge',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Origin: https://example.org',
        '\r\n',
      ].join('\r\n'),
    );
    let answer = '';
    stubborn.on('data', (chunk) => {
      answer += chunk;
    });
    await once(stubborn, 'end');
    expect(answer).toMatch(/^HTTP\/1.1 403 .*a web page must not pass for a UE/s);
    await bridge.close();
  });

  it('wants hello first, once, and in time', async () => {
    const { bridge } = await watch({ limits: { helloTimeoutS: 0.2 } });
    const endOf = async (act: (ue: RawUe) => void) => {
      const ue = await RawUe.dial(bridge.url);
      act(ue);
      return (await ue.ended).error?.code;
    };
    expect(await endOf(() => undefined)).toBe('hello-late');
    expect(await endOf((ue) => ue.socket.send(message(1)))).toBe('hello-expected');
    expect(await endOf((ue) => ue.say({ type: 'measuring', request: 1 }))).toBe('hello-expected');
    expect(await endOf((ue) => ue.socket.send('{'))).toBe('hello-expected');
    expect(
      await endOf((ue) => {
        ue.hello();
        ue.hello();
      }),
    ).toBe('hello-expected');
  });

  it('serves only so many UEs; of too many strangers the oldest has to go', async () => {
    const { bridge } = await watch({ limits: { maxUes: 2, maxHandshakes: 2, helloTimeoutS: PATIENCE_S } });
    const first = await RawUe.welcomed(bridge.url, { ueId: 'a' });
    first.ue.socket.send(message(1));
    await settled(() => bridge.statistics()[0]!.recordsReceived === 1);
    await RawUe.welcomed(bridge.url, { ueId: 'b' });
    const third = await RawUe.dial(bridge.url);
    third.hello({ ueId: 'c' });
    expect((await third.ended).error).toMatchObject({ code: 'too-many-ues' });

    const strangers = [];
    for (let k = 0; k < 3; k++) strangers.push(await RawUe.dial(bridge.url));
    expect((await strangers[0]!.ended).error).toMatchObject({ code: 'hello-late' });
    expect(strangers[1]!.socket.readyState).toBe(WebSocket.OPEN);
    for (const stranger of strangers) stranger.socket.terminate();
  });
});

describe('one id, one UE', () => {
  it('refuses a second UE while the first one lives, and the first one notices nothing', async () => {
    const { bridge, records } = await watch({ limits: { challengeS: PATIENCE_S } });
    const { ue } = await RawUe.welcomed(bridge.url);
    const second = await RawUe.dial(bridge.url);
    second.hello();
    const { error } = await second.ended;
    expect(error).toMatchObject({ code: 'duplicate-ue', todo: expect.stringContaining('own id') });
    ue.socket.send(message(1));
    await settled(() => records.length === 1);
  });

  it('lets a UE with the session key replace its half-open connection at once', async () => {
    const { bridge, records } = await watch({ limits: { challengeS: 1000, heartbeatS: 1000 } });
    const first = await RawUe.welcomed(bridge.url);
    first.ue.socket.send(message(1, 2));
    await settled(() => records.length === 2);
    // The cable is pulled: the socket stays open on both sides but nothing passes any more.
    first.ue.socket.pause();
    const { run, session } = first.welcome;
    const back = await RawUe.welcomed(bridge.url, { resume: { run, session } });
    expect(back.welcome).toMatchObject({ session, nextSequence: 3 });
    first.ue.socket.send(message(3));
    back.ue.socket.send(message(3, 4));
    await settled(() => records.length === 4);
    expect(bridge.statistics()).toMatchObject([{ connections: 2, duplicates: 0, connected: true }]);
    first.ue.socket.terminate();
  });

  it('lets a UE without the key in when the old connection shows no sign of life', async () => {
    const { bridge } = await watch({ limits: { challengeS: 0.2, heartbeatS: 1000 } });
    const first = await RawUe.dial(bridge.url, false);
    first.hello();
    const { session } = await first.next('welcome');
    const second = await RawUe.welcomed(bridge.url);
    expect(second.welcome.session).not.toBe(session);
    expect(bridge.statistics()).toMatchObject([{ connections: 2, connected: true }]);
  });

  it('drops a UE that falls silent, and not one that answers pings', async () => {
    const { bridge, events } = await watch({ limits: { heartbeatS: 0.1 } });
    const silent = await RawUe.dial(bridge.url, false);
    silent.hello({ ueId: 'silent' });
    await RawUe.welcomed(bridge.url, { ueId: 'lively' });
    await silent.ended;
    expect(events).toContainEqual({ kind: 'disconnected', ueId: 'silent', reason: 'the UE fell silent' });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(bridge.statistics().map(({ ueId, connected }) => [ueId, connected])).toEqual([
      ['silent', false],
      ['lively', true],
    ]);
  });
});

describe('records', () => {
  it('delivers each record once and counts duplicates, gaps and gaps that are filled', async () => {
    const { bridge, records } = await watch();
    const { ue } = await RawUe.welcomed(bridge.url);
    ue.socket.send(message(1, 2, 2, 5, 9));
    ue.socket.send(message(3, 3));
    await settled(() => bridge.statistics()[0]!.duplicates === 2);
    expect(records.map(({ sequence }) => sequence)).toEqual([1, 2, 5, 9, 3]);
    expect(bridge.statistics()[0]).toMatchObject({ recordsReceived: 5, gaps: 4 });
    expect(records[2]).toEqual({ ueId: 'ue-1', ...record(5) });
  });

  it('resumes where the UE was: first missing number for a UE that remembers, a fresh one for a UE that does not', async () => {
    const { bridge, records } = await watch();
    const first = await RawUe.welcomed(bridge.url);
    first.ue.socket.send(message(1, 2, 4));
    await settled(() => records.length === 3);
    bridge.acknowledge('ue-1', 1);
    expect(await first.ue.next('ack')).toEqual({ type: 'ack', through: 1 });
    first.ue.socket.terminate();
    await settled(() => !bridge.statistics()[0]!.connected);

    const { run, session } = first.welcome;
    const second = await RawUe.welcomed(bridge.url, { resume: { run, session } });
    expect(second.welcome).toMatchObject({ nextSequence: 3, acknowledged: 1 });
    second.ue.socket.send(message(3, 4, 5));
    await settled(() => records.length === 5);
    expect(bridge.statistics()[0]).toMatchObject({
      gaps: 0,
      duplicates: 1,
      recordsReceived: 5,
      connections: 2,
    });
    second.ue.say({ type: 'bye' });
    expect(await second.ue.ended).toMatchObject({ code: 1000, error: null });

    const forgetful = await RawUe.welcomed(bridge.url, { resume: { run: 'another run', session } });
    expect(forgetful.welcome).toMatchObject({ nextSequence: 6, acknowledged: 1 });
  });

  it('goes on with a run of another process from what is durable', async () => {
    const { bridge, records } = await watch({ run: 'r', durable: new Map([['ue-1', 40]]) });
    const { ue, welcome } = await RawUe.welcomed(bridge.url, {
      resume: { run: 'r', session: 'of the old process' },
    });
    expect(welcome).toMatchObject({ nextSequence: 41, acknowledged: 40 });
    ue.socket.send(message(40, 41));
    await settled(() => records.length === 1);
    expect(records[0]!.sequence).toBe(41);
  });

  it('acknowledges only what was said to be durable, and never what did not arrive', async () => {
    const { bridge, records } = await watch();
    const { ue } = await RawUe.welcomed(bridge.url);
    ue.socket.send(message(1, 2, 3));
    await settled(() => records.length === 3);
    bridge.acknowledge('ue-1', 2);
    expect(await ue.next('ack')).toMatchObject({ through: 2 });
    bridge.acknowledge('ue-1', 1);
    bridge.acknowledge('ue-1', 1000);
    expect(await ue.next('ack')).toMatchObject({ through: 3 });
    bridge.acknowledge('nobody', 1);
    expect(ue.received).toEqual([]);
  });

  it('closes on a UE that runs beyond the window', async () => {
    const { bridge, records } = await watch({ limits: { window: 4 } });
    const { ue } = await RawUe.welcomed(bridge.url);
    ue.socket.send(message(1, 2, 3, 4));
    await settled(() => records.length === 4);
    bridge.acknowledge('ue-1', 1);
    await ue.next('ack');
    ue.socket.send(message(5));
    await settled(() => records.length === 5);
    ue.socket.send(message(6));
    expect((await ue.ended).error).toMatchObject({ code: 'window-exceeded' });
    expect(records.length).toBe(5);
  });

  it('drops and counts malformed messages, takes good ones between them, and closes when there are too many', async () => {
    const { bridge, records, events } = await watch({ limits: { malformedPerConnection: 4 } });
    const { ue } = await RawUe.welcomed(bridge.url);
    ue.socket.send(encodePowerMessage([record(1, 1, [Number.NaN, 1])]));
    ue.socket.send(message(1));
    ue.socket.send(encodePowerMessage([record(2), record(3, 3, [1, 2, 3])]));
    ue.socket.send('no JSON');
    ue.socket.send(message(2).subarray(0, 30));
    ue.socket.send(message(4));
    await settled(() => records.length === 2);
    expect(records.map(({ sequence }) => sequence)).toEqual([1, 4]);
    expect(bridge.statistics()[0]).toMatchObject({ malformed: 4, gaps: 2 });
    expect(events.filter(({ kind }) => kind === 'malformed')).toMatchObject([
      { code: 'bad-power' },
      { reason: expect.stringContaining('3 subcarriers') },
      { reason: expect.stringContaining('not JSON') },
      { reason: expect.stringContaining('wrong-length') },
    ]);
    ue.socket.send(new Uint8Array(3));
    expect((await ue.ended).error).toMatchObject({
      code: 'malformed',
      message: expect.stringContaining('too-short'),
    });
  });

  it('takes the mean alone of slots that the UE was asked to keep, and of no other', async () => {
    const { bridge, records, events } = await watch();
    const { ue } = await RawUe.welcomed(bridge.url, {
      description: { model: 'raw', software: 'test', numSubcarriers: 2, localEstimates: true },
    });
    const asked = [
      bridge.measure('ue-1', [3], PATIENCE_S),
      bridge.measure('ue-1', [5, 6], PATIENCE_S, undefined, true),
    ];
    for (const _ of asked) {
      const { request } = await ue.next('measure');
      ue.say({ type: 'measuring', request });
    }
    await Promise.all(asked);
    const mean = (sequence: number, slot: number) => encodePowerMessage([record(sequence, slot, [1.5])]);
    ue.socket.send(mean(1, 3));
    ue.socket.send(mean(2, 4));
    ue.socket.send(mean(3, 5));
    ue.socket.send(encodePowerMessage([record(4, 6, [1, 2])]));
    await settled(() => records.length === 2);
    expect(records.map(({ slot, powers }) => [slot, ...powers])).toEqual([
      [5, 1.5],
      [6, 1, 2],
    ]);
    expect(bridge.statistics()).toMatchObject([{ malformed: 2, gaps: 2 }]);
    expect(events.filter(({ kind }) => kind === 'malformed')).toMatchObject([
      { reason: expect.stringMatching(/1 subcarriers .* slot 3, hello said 2/) },
      { reason: expect.stringMatching(/slot 4/) },
    ]);
  });

  it('gives the first listener what came before it, and takes means that an earlier bridge had asked for', async () => {
    const bridge = await startBridge({ run: 'r', kept: new Map([['ue-1', [7]]]) });
    cleanups.push(() => bridge.close());
    const { ue } = await RawUe.welcomed(bridge.url);
    ue.socket.send(encodePowerMessage([record(1, 7, [1.5]), record(2)]));
    await settled(() => bridge.statistics()[0]?.recordsReceived === 2);
    const heard: number[] = [];
    const late: number[] = [];
    bridge.onPower(({ slot }) => heard.push(slot));
    bridge.onPower(({ slot }) => late.push(slot));
    expect([heard, late]).toEqual([[7, 2], []]);
  });

  it('closes on a message that is too long', async () => {
    const { bridge } = await watch({ limits: { maxMessageBytes: 10_000 } });
    const { ue } = await RawUe.welcomed(bridge.url);
    ue.socket.send(new Uint8Array(10_001));
    expect(await ue.ended).toMatchObject({ code: 1009 });
    await settled(() => bridge.statistics()[0]!.malformed === 1);
  });
});

describe('rates and backpressure', () => {
  it('reads more slowly when records come faster than the limit, and loses none', async () => {
    const clock = new ManualClock();
    const { bridge, records } = await watch({ clock, limits: { recordsPerS: 1000, window: 100_000 } });
    const { ue } = await RawUe.welcomed(bridge.url);
    for (let k = 0; k < 30; k++)
      ue.socket.send(message(...Array.from({ length: 50 }, (_, i) => 50 * k + i + 1)));
    await settled(() => bridge.statistics()[0]!.throttled > 0);
    let passedS = 0;
    const came = async (numRecords: number) => {
      for (; records.length < numRecords; passedS += 0.05) await clock.advance(0.05);
    };
    // What the bridge has read at once is delivered at once; it pays for that before it reads on.
    await came(1500);
    ue.socket.send(message(1501));
    await came(1501);
    // The first 1000 are within the bucket. The bridge owes itself 0.5 s for the other 500.
    expect(passedS).toBeGreaterThan(0.45);
  });

  it('closes on a flood of control messages or pings', async () => {
    const { bridge } = await watch({ limits: { controlPerS: 20 } });
    const floods = [
      (ue: RawUe) => ue.say({ type: 'measuring', request: 1 }),
      (ue: RawUe) => ue.socket.ping(),
      (ue: RawUe) => ue.socket.pong(),
    ];
    for (const flood of floods) {
      const { ue } = await RawUe.welcomed(bridge.url);
      for (let k = 0; k < 200; k++) flood(ue);
      expect((await ue.ended).error).toMatchObject({ code: 'too-fast' });
    }
  });

  it('shows the door to a UE that does not read, instead of buffering for it', async () => {
    const { bridge, events } = await watch({ limits: { maxBufferedBytes: 10_000, heartbeatS: 1000 } });
    const { ue } = await RawUe.welcomed(bridge.url);
    ue.socket.pause();
    const scattered = Array.from({ length: 1000 }, (_, k) => 2 * k);
    const asked = [];
    // The system's socket buffers take some megabytes before anything stays with us.
    for (let k = 0; bridge.statistics()[0]!.connected; k++) {
      asked.push(bridge.measure('ue-1', scattered, PATIENCE_S).catch((error) => error.code));
      if (k % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'refused', code: 'too-slow', ueId: 'ue-1' }),
    );
    ue.socket.terminate();
    await bridge.close();
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['UE_ABSENT']));
  });
});

describe('measure requests', () => {
  it('names slots as ranges and resolves when the UE confirms', async () => {
    const { bridge } = await watch();
    const { ue } = await RawUe.welcomed(bridge.url);
    const measured = bridge.measure('ue-1', [1, 2, 3, 7, 9, 10], PATIENCE_S);
    const { request, slots } = await ue.next('measure');
    expect(slots).toEqual([
      [1, 3],
      [7, 7],
      [9, 10],
    ]);
    ue.say({ type: 'measuring', request: request + 1 });
    ue.say({ type: 'measuring', request });
    await measured;
  });

  it('asks again after a reconnect until the UE confirms, and not after that', async () => {
    const { bridge } = await watch();
    const first = await RawUe.welcomed(bridge.url);
    const measured = bridge.measure('ue-1', [5], PATIENCE_S);
    const asked = await first.ue.next('measure');
    first.ue.socket.terminate();
    const second = await RawUe.welcomed(bridge.url, { ueId: 'ue-1' });
    expect(await second.ue.next('measure')).toEqual(asked);
    second.ue.say({ type: 'measuring', request: asked.request });
    await measured;
    second.ue.socket.terminate();
    await settled(() => !bridge.statistics()[0]!.connected);
    const third = await RawUe.welcomed(bridge.url);
    void bridge.measure('ue-1', [6], PATIENCE_S).catch(() => undefined);
    expect((await third.ue.next('measure')).slots).toEqual([[6, 6]]);
  });

  it('says whether the UE was absent or silent', async () => {
    const { bridge } = await watch();
    await expect(bridge.waitForUe('ue-1', 0.1)).rejects.toMatchObject({ code: 'UE_ABSENT' });
    await expect(bridge.measure('ue-1', [1], 0.1)).rejects.toMatchObject({ code: 'UE_ABSENT' });
    const waiting = bridge.waitForUe('ue-1', PATIENCE_S);
    const { ue } = await RawUe.welcomed(bridge.url);
    await expect(waiting).resolves.toEqual({
      ueId: 'ue-1',
      model: 'raw',
      software: 'test',
      numSubcarriers: 2,
      localEstimates: false,
    });
    await expect(bridge.measure('ue-1', [1], 0.1)).rejects.toMatchObject({ code: 'UE_SILENT' });
    expect(await ue.next('measure')).toMatchObject({ slots: [[1, 1]] });
    expect(ue.received).toEqual([]);
    for (const slots of [[], [2, 1], [1, 1], [-1], [0.5]])
      await expect(bridge.measure('ue-1', slots, 0.1)).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
  });

  it('stops waiting when it is aborted or closed', async () => {
    const { bridge } = await watch();
    const abort = new AbortController();
    const waiting = bridge.waitForUe('ue-1', PATIENCE_S, abort.signal);
    abort.abort(new Error('Ctrl-C'));
    await expect(waiting).rejects.toThrow('Ctrl-C');
    const { ue } = await RawUe.welcomed(bridge.url);
    const measuring = bridge.measure('ue-1', [1], PATIENCE_S);
    const absent = bridge.waitForUe('ue-2', PATIENCE_S);
    const both = Promise.allSettled([measuring, absent]);
    await bridge.close();
    expect(await both).toMatchObject([{ reason: { code: 'UE_ABSENT' } }, { reason: { code: 'UE_ABSENT' } }]);
    expect((await ue.ended).code).toBe(1001);
    await bridge.close();
  });
});
