/** Boards behind a TCP port, through real sockets. What every transport has in common is in transports.test.ts. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { openNativeBoard } from '../../drivers/boards/open-native-board.js';
import { EmulatedBoard } from '../../drivers/emulator/emulated-board.js';
import { TcpHost } from '../../drivers/emulator/tcp-host.js';
import { openPort } from '../../drivers/transports/open-port.js';
import { TcpTransport } from '../../drivers/transports/tcp.js';
import { PATIENCE_S } from '../fixtures/patience.js';
import { armSoon, until } from './board-rigs.js';
import { BoardWatcher, randomCodewords } from './board-watcher.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const QUIET = { onBytes: () => {}, onClosed: () => {} };

async function server(onSocket: (socket: Socket) => void, host = '127.0.0.1'): Promise<number> {
  const made: Server = createServer(onSocket);
  await new Promise<void>((resolve) => made.listen(0, host, resolve));
  closing.push(() => made.close());
  const address = made.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('opening', () => {
  it.each([
    // Nothing listens at a port that was free a moment ago.
    ['refused', async () => `127.0.0.1:${await freePort()}`, 'PORT_NOT_FOUND', 'Nothing listens'],
    ['an unknown host', async () => 'no-such-host.invalid:4001', 'PORT_NOT_FOUND', 'No host of this name'],
  ])('says that it is %s', async (_how, address, code, what) => {
    const { transport } = openPort(`tcp:${await address()}`, { baudRate: 115_200 });
    await expect(transport.open(QUIET)).rejects.toMatchObject({
      code,
      what: expect.stringContaining(what),
      where: transport.name,
    });
  });

  it('gives up where nobody answers', async () => {
    const port = await deafPort();
    const transport = new TcpTransport({ host: '127.0.0.1', port, connectTimeoutS: 0.1 });
    // What the kernel takes in its stead is full soon.
    for (let k = 0; k < 8; k++) {
      const socket = connect(port, '127.0.0.1').on('error', () => {});
      closing.push(() => socket.destroy());
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    await expect(transport.open(QUIET)).rejects.toMatchObject({
      code: 'PORT_FAILED',
      what: 'The host does not answer: no connection within 0.1 s',
      where: `tcp:127.0.0.1:${port}`,
    });
    // May be opened again, and called off.
    const opening = transport.open(QUIET).catch((error: unknown) => error);
    await transport.close();
    expect(await opening).toMatchObject({ code: 'PORT_FAILED' });
  });

  it('reaches IPv6 addresses by their name in brackets', async () => {
    const port = await server((socket) => socket.write('hello'), '::1').catch(() => null);
    if (port === null) return;
    const { transport } = openPort(`tcp:[::1]:${port}`, { baudRate: 115_200 });
    const got: Uint8Array[] = [];
    await transport.open({ ...QUIET, onBytes: (bytes) => got.push(bytes) });
    await until(() => Buffer.concat(got).toString() === 'hello');
    await transport.close();
  });
});

/** A port whose program stands still, and takes no connection. */
async function deafPort(): Promise<number> {
  const program = `
    const { parentPort } = require('node:worker_threads');
    const server = require('node:net').createServer();
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      parentPort.postMessage(server.address().port);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const worker = new Worker(program, { eval: true });
  closing.push(() => worker.terminate());
  const [port] = (await once(worker, 'message')) as [number];
  return port;
}

async function freePort(): Promise<number> {
  const port = await server(() => {});
  await closing.pop()!();
  return port;
}

it.each([
  ['reset', (socket: Socket) => socket.resetAndDestroy(), 'the other end reset the connection'],
  ['closed', (socket: Socket) => socket.end(), 'the other end closed the connection'],
])('tells that the connection was %s', async (_how, end, reason) => {
  const sockets: Socket[] = [];
  const port = await server((socket) => {
    socket.on('error', () => {});
    sockets.push(socket);
  });
  const { transport } = openPort(`tcp:127.0.0.1:${port}`, { baudRate: 115_200 });
  const losses: string[] = [];
  await transport.open({ ...QUIET, onClosed: (why) => losses.push(why) });
  await until(() => sockets.length === 1);
  end(sockets[0]!);
  await until(() => losses.length > 0);
  expect(losses).toEqual([reason]);
});

async function boardOnTcp() {
  const host = new TcpHost({ host: '127.0.0.1', port: 0, onBytes: (chunk) => board.receive(chunk) });
  const board = new EmulatedBoard(
    { realtime: true },
    {
      toHost: (chunk) => host.write(chunk),
      onBacklog: (full) => host.setPaused(full),
      onPlug: (plugged) => {
        if (plugged) void host.plug();
        else host.unplug();
      },
    },
  );
  await host.plug();
  closing.push(() => {
    board.close();
    host.close();
  });
  const driver = await openNativeBoard({
    ...openPort(host.path, { baudRate: 3_000_000 }),
    watchdogS: 60,
    linkTimeoutS: 60,
    helloTimeoutS: PATIENCE_S,
  });
  closing.push(() => driver.close());
  return { host, board, driver };
}

it('a board is driven through connections that are cut while codewords are loaded and slots latched', async () => {
  const { host, board, driver } = await boardOnTcp();
  const codewords = randomCodewords(driver, 60, 1);
  const loading = driver.load(codewords);
  // In the middle of it.
  await until(() => driver.linkStatistics().bytesSent > 5000);
  host.cut();
  const reconnected = (times: number) => until(() => driver.linkStatistics().reconnects === times);
  await reconnected(1);
  await loading;
  const watcher = new BoardWatcher(driver);
  await driver.queue(codewords.map(({ hash }, slot) => ({ slot, hash })));
  await armSoon(driver, 0, 5e-3);
  await until(() => watcher.receipts.length > 5);
  host.cut();
  await reconnected(2);
  board.unplug(0.1);
  await reconnected(3);
  await until(() => watcher.receipts.length === codewords.length);
  expect(watcher.receipts.map(({ slot, hash, status }) => [slot, hash, status])).toEqual(
    codewords.map(({ hash }, slot) => [slot, hash, 'latched']),
  );
});

it('whoever comes second is turned away, and the first is not disturbed', async () => {
  const { host, driver } = await boardOnTcp();
  const second = openNativeBoard({
    ...openPort(host.path, { baudRate: 3_000_000 }),
    helloTimeoutS: 1,
  });
  await expect(second).rejects.toMatchObject({
    code: 'NOT_A_BOARD',
    todo: expect.stringContaining('another program'),
  });
  const watcher = new BoardWatcher(driver);
  await driver.load(randomCodewords(driver, 3, 2));
  expect(watcher.links).toEqual([]);
});
