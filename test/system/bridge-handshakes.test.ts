/** Connections that are not a UE's: whoever holds many of them open keeps no UE out. */
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { BridgeEvent, UeBridge } from '../../src/bridge/bridge.js';
import type { BridgeOptions } from '../../src/bridge/bridge-options.js';
import { Handshakes } from '../../src/bridge/handshakes.js';
import { DEFAULT_LIMITS } from '../../src/bridge/limits.js';
import { startBridge } from '../../src/bridge/server.js';
import { UeAgent } from '../../src/ue/agent.js';
import { PowerQueue } from '../../src/ue/power-source.js';
import { ManualClock } from '../fixtures/manual-clock.js';
import { RawUe } from './raw-ue.js';

/** More than may be underway at once. */
const NUM_HELD = 3 * DEFAULT_LIMITS.maxHandshakes;

const sockets: Socket[] = [];
const bridges: UeBridge[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const bridge of bridges.splice(0)) await bridge.close();
});

async function bridgeWith(options: BridgeOptions) {
  const events: BridgeEvent[] = [];
  const bridge = await startBridge({ ...options, onEvent: (event) => events.push(event) });
  bridges.push(bridge);
  return { bridge, events };
}

/** Holds so many connections open, having sent this of a handshake. */
async function hold(url: string, count: number, text: string): Promise<Socket[]> {
  const { hostname, port } = new URL(url);
  const held = Array.from({ length: count }, () => {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.on('connect', () => socket.write(text));
    return socket;
  });
  sockets.push(...held);
  await Promise.all(held.map((socket) => (socket.connecting ? once(socket, 'connect') : undefined)));
  return held;
}

const UPGRADE = [
  'GET / HTTP/1.1',
  'Host: bridge',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  'Sec-WebSocket-Protocol: beamloop.ue.v1',
].join('\r\n');

describe.each([
  ['say nothing', ''],
  ['stop in the middle of the HTTP request', UPGRADE],
  ['stop before the hello', `${UPGRADE}\r\n\r\n`],
])(`${NUM_HELD} connections that %s`, (_, text) => {
  it('keep no UE out, and have to go', async () => {
    // Nobody's time runs out: it is their number alone that makes room.
    const { bridge } = await bridgeWith({ limits: { helloTimeoutS: 1000 } });
    await hold(bridge.url, NUM_HELD, text);
    const { welcome } = await RawUe.welcomed(bridge.url);
    expect(welcome.nextSequence).toBe(1);
  });

  it('are gone when their time is over', async () => {
    const { bridge } = await bridgeWith({ limits: { helloTimeoutS: 0.2 } });
    const held = await hold(bridge.url, 20, text);
    await Promise.all(held.map((socket) => socket.closed || once(socket.resume(), 'close')));
  });
});

it('a machine that stood still gives those who wait another moment', async () => {
  const clock = new ManualClock();
  const handshakes = new Handshakes(DEFAULT_LIMITS, clock);
  const { bridge } = await bridgeWith({});
  const [socket] = await hold(bridge.url, 1, '');
  let ended = 0;
  handshakes.begin(socket!);
  handshakes.endsBy(socket!, () => ended++);
  await clock.advance(5);
  expect(ended).toBe(0);
  await clock.advance(0.3);
  expect(ended).toBe(1);
});

it('events about strangers are bounded in number, those about UEs are not', async () => {
  const { bridge, events } = await bridgeWith({ ueIds: ['ada'], limits: { maxStrangerEvents: 5 } });
  for (let k = 0; k < 12; k++) {
    const stranger = await RawUe.dial(bridge.url);
    stranger.hello({ ueId: `nobody-${k}` });
    await stranger.ended;
  }
  const told = events.filter(({ kind }) => kind === 'refused');
  expect(told).toHaveLength(5);
  expect(told.at(-1)).toMatchObject({ reason: expect.stringContaining('are not told') });
  await RawUe.welcomed(bridge.url, { ueId: 'ada' });
  expect(events.at(-1)).toMatchObject({ kind: 'connected', ueId: 'ada' });
});

describe('a client that sends the header Origin', () => {
  const dial = (url: string) =>
    new WebSocket(url, 'beamloop.ue.v1', { headers: { origin: 'http://127.0.0.1' } });

  it('is told why and what to do, as is whoever waits for it', async () => {
    const { bridge, events } = await bridgeWith({ ueIds: ['ada'] });
    const client = dial(bridge.url);
    client.on('error', () => undefined);
    const [, response] = await once(client, 'unexpected-response');
    let body = '';
    for await (const chunk of response) body += chunk;
    expect(response.statusCode).toBe(403);
    expect(body).toMatch(/header Origin: http:\/\/127.0.0.1.*suppress_origin=True/);
    expect(events).toMatchObject([{ kind: 'refused', reason: expect.stringContaining('header Origin') }]);
    await expect(bridge.waitForUe('ada', 0.05)).rejects.toMatchObject({
      code: 'UE_ABSENT',
      what: expect.stringContaining('a client was refused meanwhile: The client sent the header Origin'),
      todo: expect.stringContaining('suppress_origin=True'),
    });
  });

  it('is welcome where UEs have a token, which no web page knows', async () => {
    const token = 'correct horse battery';
    const { bridge } = await bridgeWith({ token });
    const client = dial(bridge.url);
    await once(client, 'open');
    const answer = once(client, 'message');
    const description = { model: 'm', software: 's', numSubcarriers: 1 };
    client.send(
      JSON.stringify({ type: 'hello', protocol: 'beamloop.ue.v1', ueId: 'ada', token, description }),
    );
    expect(JSON.parse(String((await answer)[0]))).toMatchObject({ type: 'welcome' });
    client.terminate();
  });
});

it('a UE that was too slow to introduce itself tries again, and gets in', async () => {
  const door = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'beamloop.ue.v1' });
  await once(door, 'listening');
  let numTries = 0;
  const triedAgain = new Promise<void>((resolve) => {
    door.on('connection', (socket) => {
      if (++numTries === 2) resolve();
      socket.send(JSON.stringify({ type: 'error', code: 'hello-late', message: 'm', todo: 't' }));
      socket.close(1008);
    });
  });
  const over = new AbortController();
  const { port } = door.address() as AddressInfo;
  const agent = new UeAgent({
    url: `ws://127.0.0.1:${port}`,
    description: { ueId: 'ada', model: 'm', software: 's', numSubcarriers: 1 },
    source: { listenFor: () => {}, powers: (signal) => new PowerQueue().read(signal) },
  }).run(over.signal);
  await Promise.race([triedAgain, agent]);
  expect(numTries).toBe(2);
  over.abort();
  await agent;
  door.close();
});
