/** Many emulated UEs connect a few at a time, so that those that are connected are heard meanwhile. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { DEFAULT_BOARD } from '../../../drivers/emulator/board-model.js';
import { polarPointM } from '../../../src/array/linear-array.js';
import { type Hello, UE_PROTOCOL, type Welcome } from '../../../src/bridge/messages.js';
import { startEmulatedBoard } from '../../../src/emulation/start-emulated-board.js';
import { startEmulatedUes } from '../../../src/emulation/start-emulated-ues.js';

const NUM_UES = 40;
const MOST_AT_ONCE = 8;
/** Long enough for UEs that would not wait for each other to be all there. */
const ANSWER_MS = 100;

it(`connects ${NUM_UES} emulated UEs, at most ${MOST_AT_ONCE} of them at a time`, async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => UE_PROTOCOL });
  await once(server, 'listening');
  const welcomed = new Set<string>();
  let numOpen = 0;
  let mostOpen = 0;
  const allWelcomed = new Promise<void>((resolve) => {
    server.on('connection', (socket) => {
      mostOpen = Math.max(mostOpen, ++numOpen);
      socket.once('message', async (data) => {
        const { ueId } = JSON.parse(String(data)) as Hello;
        await setTimeout(ANSWER_MS);
        numOpen -= 1;
        welcomed.add(ueId);
        welcome(socket);
        if (welcomed.size === NUM_UES) resolve();
      });
    });
  });
  const board = await startEmulatedBoard({ model: { ...DEFAULT_BOARD, numElements: 8 } });
  const ues = await startEmulatedUes({
    bridgeUrl: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    airPath: board.airPath,
    realtime: false,
    array: { numElements: 8, carrierHz: 100e9 },
    ues: Array.from({ length: NUM_UES }, (_, k) => ({
      ueId: `ue-${k}`,
      paths: [{ gain: { re: 1, im: 0 }, positionM: polarPointM(4, 0.1) }],
      snrDb: 20,
    })),
    seed: 1,
  });
  try {
    await allWelcomed;
    // All places are used, and no more than these.
    expect(mostOpen).toBe(MOST_AT_ONCE);
  } finally {
    await ues.close();
    await board.close();
    for (const socket of server.clients) socket.terminate();
    server.close();
  }
});

function welcome(socket: WebSocket): void {
  const message: Welcome = {
    type: 'welcome',
    run: 'run-of-many-ues-0',
    session: randomUUID(),
    nextSequence: 1,
    acknowledged: 0,
    window: 100,
    heartbeatS: 60,
    limits: {
      maxMessageBytes: 1e6,
      maxRecordsPerMessage: 100,
      maxSubcarriers: 1,
      recordsPerS: 1e4,
      controlPerS: 100,
    },
  };
  socket.send(JSON.stringify(message));
}
