import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { WebSocketServer } from 'ws';
import { startBridge } from '../src/bridge/server.js';
import { type Benchmark, type BenchRow, comparison } from './benchmark.js';
import type { ClientData } from './bridge-ingest-client.js';

const NUM_SUBCARRIERS = 64;
const NUM_ROUNDS = 3;
const SHAPES = [
  { recordsPerMessage: 1, numMessages: 40_000 },
  { recordsPerMessage: 32, numMessages: 6_000 },
];

/** Sends everything from another thread; returns records per second from the word go until all came back or were acknowledged. */
async function recordsPerS(data: ClientData): Promise<number> {
  const client = new Worker(new URL('./bridge-ingest-client.js', import.meta.url), { workerData: data });
  await once(client, 'message');
  const start = performance.now();
  client.postMessage('go');
  await once(client, 'message');
  const durationS = (performance.now() - start) / 1e3;
  client.postMessage('end');
  await once(client, 'exit');
  return (data.numMessages * data.recordsPerMessage) / durationS;
}

async function throughBridge(shape: (typeof SHAPES)[number]): Promise<number> {
  const bridge = await startBridge({ limits: { recordsPerS: 1e9 } });
  let received = 0;
  bridge.onPower(({ ueId, sequence }) => {
    received++;
    bridge.acknowledge(ueId, sequence);
  });
  const rate = await recordsPerS({
    url: bridge.url,
    mode: 'bridge',
    numSubcarriers: NUM_SUBCARRIERS,
    ...shape,
  });
  await bridge.close();
  const expected = shape.numMessages * shape.recordsPerMessage;
  if (received !== expected) throw new Error(`the bridge delivered ${received} of ${expected} records`);
  return rate;
}

async function throughEcho(shape: (typeof SHAPES)[number]): Promise<number> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await once(server, 'listening');
  server.on('connection', (socket) =>
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })),
  );
  const { port } = server.address() as AddressInfo;
  const rate = await recordsPerS({
    url: `ws://127.0.0.1:${port}`,
    mode: 'echo',
    numSubcarriers: NUM_SUBCARRIERS,
    ...shape,
  });
  await new Promise((resolve) => server.close(resolve));
  return rate;
}

/** Best of several rounds, taken in turns, so that a busy machine troubles both alike. */
async function compare(shape: (typeof SHAPES)[number]): Promise<BenchRow> {
  let value = 0;
  let alternativeValue = 0;
  for (let round = 0; round < NUM_ROUNDS; round++) {
    alternativeValue = Math.max(alternativeValue, await throughEcho(shape));
    value = Math.max(value, await throughBridge(shape));
  }
  const { recordsPerMessage } = shape;
  return comparison({
    what: `ingest, ${NUM_SUBCARRIERS} subcarriers, ${recordsPerMessage} record${recordsPerMessage > 1 ? 's' : ''} a message, validated and acknowledged`,
    value,
    unit: 'records/s',
    alternative: 'a bare ws echo of the same messages',
    alternativeValue,
  });
}

export const bridgeIngest: Benchmark = {
  name: 'bridge-ingest',
  async run() {
    const rows: BenchRow[] = [];
    for (const shape of SHAPES) rows.push(await compare(shape));
    return rows;
  },
};
