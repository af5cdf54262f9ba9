import { once } from 'node:events';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { decodeFromBridge, decodeFromUe } from '../../src/bridge/messages.js';
import { startBridge } from '../../src/bridge/server.js';
import { decodePowerMessage, encodePowerMessage } from '../../src/bridge/wire.js';
import { Random } from '../../src/core/random.js';
import { UeAgent } from '../../src/ue/agent.js';
import { PowerQueue } from '../../src/ue/power-source.js';
import { PATIENCE_S } from '../fixtures/patience.js';
import { fuzzMessage } from './bridge-messages.fuzz.js';
import { RawUe } from './raw-ue.js';

const NUM_DECODED = 75_000;
const NUM_SENT = 25_000;
const SENT_PER_CONNECTION = 250;

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

describe('whatever is sent to the bridge', () => {
  it(`is decoded strictly or refused: ${NUM_DECODED} messages`, () => {
    const random = new Random(2024, 'wire fuzz');
    const limits = { maxSubcarriers: 64, maxRecordsPerMessage: 100 };
    const seen = { good: 0, malformed: new Set<string>(), goodText: 0, badText: 0 };
    for (let k = 0; k < NUM_DECODED; k++) {
      const message = fuzzMessage(random);
      if (message.binary) {
        const decoded = decodePowerMessage(message.bytes, 'fuzz', limits);
        if (!decoded.ok) seen.malformed.add(decoded.malformed);
        else {
          seen.good++;
          // What is taken means exactly what was sent: encoding it gives the same bytes.
          expect(Buffer.compare(encodePowerMessage(decoded.records), message.bytes)).toBe(0);
        }
      } else {
        if (decodeFromUe(message.text).ok) seen.goodText++;
        else seen.badText++;
        decodeFromBridge(message.text);
      }
    }
    expect(seen.good).toBeGreaterThan(100);
    expect(seen.goodText).toBeGreaterThan(100);
    expect(seen.badText).toBeGreaterThan(10_000);
    // The noise reaches every branch of the decoder but the one that its sizes cannot.
    expect(seen.malformed.size).toBeGreaterThanOrEqual(12);
  });

  it(`through sockets, it neither stops it nor a well-behaved UE: ${NUM_SENT} messages`, async () => {
    const events = { malformed: 0, refused: 0 };
    const bridge = await startBridge({
      limits: { malformedPerConnection: 100, controlPerS: 10_000, maxHandshakes: 100 },
      onEvent: ({ kind }) => {
        if (kind === 'malformed' || kind === 'refused') events[kind]++;
      },
    });
    cleanups.push(() => bridge.close());
    const good: number[] = [];
    const fuzzed: number[] = [];
    bridge.onPower(({ ueId, slot, sequence }) => {
      (ueId === 'good' ? good : fuzzed).push(slot);
      bridge.acknowledge(ueId, sequence);
    });

    const queue = new PowerQueue();
    const stop = new AbortController();
    const agent = new UeAgent({
      url: bridge.url,
      description: { ueId: 'good', model: 'm', software: 's', numSubcarriers: 1 },
      source: {
        listenFor: (slots) => {
          for (const slot of slots)
            queue.push({ slot, ueTimeS: slot, noiseFloor: 0, powers: Float32Array.of(slot) });
        },
        powers: (signal) => queue.read(signal),
      },
    });
    const agentEnded = agent.run(stop.signal);
    cleanups.push(() => {
      stop.abort();
      return agentEnded;
    });
    await bridge.waitForUe('good', PATIENCE_S);

    const random = new Random(2024, 'socket fuzz');
    let session: string | undefined;
    let run: string | undefined;
    const before = heldBytes();
    let round = 0;
    for (let sent = 0; sent < NUM_SENT; round++) {
      const ue = await RawUe.dial(bridge.url);
      if (random.integer(10) > 0) {
        ue.hello({ ueId: 'fuzz', ...(session === undefined ? {} : { resume: { run, session } }) });
        ({ session, run } = await ue.next('welcome'));
      }
      for (let k = 0; k < SENT_PER_CONNECTION && ue.socket.readyState === WebSocket.OPEN; k++, sent++) {
        const message = fuzzMessage(random);
        ue.socket.send(message.binary ? message.bytes : message.text);
        // Lets the bridge answer, so that what follows a refusal is not counted as sent to it.
        if (k % 25 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      ue.socket.terminate();
      await bridge.measure('good', [round], PATIENCE_S);
    }
    const after = heldBytes();
    await expect.poll(() => good.length, { interval: 5 }).toBe(round);
    expect(round).toBeGreaterThanOrEqual(NUM_SENT / SENT_PER_CONNECTION);
    expect(good).toEqual([...Array(round).keys()]);
    expect(bridge.statistics().find(({ ueId }) => ueId === 'good')).toMatchObject({
      connections: 1,
      malformed: 0,
      gaps: 0,
      duplicates: 0,
    });
    expect(events.malformed).toBeGreaterThan(NUM_SENT / 4);
    expect(events.refused).toBeGreaterThan(10);
    expect(after - before).toBeLessThan(16 << 20);

    // The UE that misbehaved mends its ways: its records are taken again.
    const mended = await RawUe.welcomed(bridge.url, { ueId: 'fuzz', resume: { run, session } });
    const numFuzzed = fuzzed.length;
    const { nextSequence } = mended.welcome;
    const powers = Float32Array.of(1, 2);
    const next = { sequence: nextSequence, slot: 123_456, ueTimeS: 0, noiseFloor: 0, powers };
    mended.ue.socket.send(encodePowerMessage([next]));
    await expect.poll(() => fuzzed.length).toBe(numFuzzed + 1);
    expect(fuzzed.at(-1)).toBe(123_456);
  });

  it('below the WebSocket too: noise instead of HTTP, and noise after the upgrade', async () => {
    const bridge = await startBridge({ limits: { maxHandshakes: 1000, maxHandshakesPerAddress: 1000 } });
    cleanups.push(() => bridge.close());
    const random = new Random(2024, 'tcp fuzz');
    const noise = () => Uint8Array.from({ length: 1 + random.integer(400) }, () => random.integer(256));
    const { port } = new URL(bridge.url);
    for (let k = 0; k < 300; k++) {
      if (k % 2 === 0) {
        const socket = connect(Number(port), '127.0.0.1');
        socket.on('error', () => undefined);
        await once(socket, 'connect');
        socket.end(noise());
      } else {
        const ue = await RawUe.dial(bridge.url);
        if (k % 4 === 1) ue.hello({ ueId: `noise-${k % 8}` });
        // The bytes of the TCP connection below the WebSocket, which the library does not show.
        const { _socket } = ue.socket as unknown as { _socket: import('node:net').Socket };
        _socket.end(noise());
        await ue.ended;
      }
    }
    const { ue } = await RawUe.welcomed(bridge.url, { ueId: 'fine' });
    const records: number[] = [];
    bridge.onPower(({ slot }) => records.push(slot));
    const powers = Float32Array.of(1, 2);
    ue.socket.send(encodePowerMessage([{ sequence: 1, slot: 7, ueTimeS: 0, noiseFloor: 0, powers }]));
    await expect.poll(() => records).toEqual([7]);
  });
});
