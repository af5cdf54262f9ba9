import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Pty } from '../../drivers/emulator/pty.js';
import { TcpHost } from '../../drivers/emulator/tcp-host.js';
import { createLoopback } from '../../drivers/transports/loopback.js';
import { openPort } from '../../drivers/transports/open-port.js';
import { SerialTransport } from '../../drivers/transports/serial.js';
import type { Transport, TransportListener } from '../../drivers/transports/transport.js';
import type { BeamloopError } from '../../src/core/errors.js';
import { Random } from '../../src/core/random.js';
import { PATIENCE_S } from '../fixtures/patience.js';
import { UsbLaboratory } from '../fixtures/remote-transport.js';

/** A transport and what is at its other end. */
interface Rig {
  readonly transport: Transport;
  /** Bytes that the other end got. */
  received(): Uint8Array;
  /** Bytes from the other end. */
  send(bytes: Uint8Array): void;
  unplug(): void;
  /** Back under the same name. */
  replug(): Promise<void>;
  close(): Promise<void>;
}

class Recorder implements TransportListener {
  readonly chunks: Uint8Array[] = [];
  readonly losses: string[] = [];
  onBytes(bytes: Uint8Array): void {
    this.chunks.push(bytes);
  }
  onClosed(reason: string): void {
    this.losses.push(reason);
  }
  get bytes(): Uint8Array {
    return Buffer.concat(this.chunks);
  }
}

async function loopbackRig(): Promise<Rig> {
  const { host, device, unplug, plug } = createLoopback();
  let got = new Recorder();
  await device.open(got);
  return {
    transport: host,
    received: () => got.bytes,
    send: (bytes) => void device.write(bytes),
    unplug,
    replug: async () => {
      plug();
      got = new Recorder();
      await device.open(got);
    },
    close: () => device.close(),
  };
}

const USB_PORT = { vendorId: '0403', productId: '6014', serialNumber: 'A1' };

async function serialRig(): Promise<Rig> {
  const chunks: Uint8Array[] = [];
  let pty = await Pty.open((chunk) => chunks.push(chunk));
  // The path of a PTY changes with every opening, as that of a USB adapter may: found again by its ids.
  const list = async () => [{ path: pty.path, manufacturer: null, ...USB_PORT }];
  return {
    transport: new SerialTransport({ port: USB_PORT, baudRate: 3_000_000, list }),
    received: () => Buffer.concat(chunks),
    send: (bytes) => pty.write(bytes),
    unplug: () => pty.close(),
    replug: async () => {
      chunks.length = 0;
      pty = await Pty.open((chunk) => chunks.push(chunk));
    },
    close: async () => pty.close(),
  };
}

async function tcpRig(): Promise<Rig> {
  const chunks: Uint8Array[] = [];
  const host = new TcpHost({ host: '127.0.0.1', port: 0, onBytes: (chunk) => chunks.push(chunk) });
  await host.plug();
  const { transport } = openPort(host.path, { baudRate: 3_000_000 });
  return {
    transport: {
      name: transport.name,
      // What is sent to nobody is lost: until the other end has taken the connection, too.
      open: async (listener) => {
        const before = host.numConnections;
        await transport.open(listener);
        await until(() => host.numConnections > before);
      },
      write: (bytes) => transport.write(bytes),
      close: () => transport.close(),
    },
    received: () => Buffer.concat(chunks),
    send: (bytes) => host.write(bytes),
    unplug: () => host.unplug(),
    replug: async () => {
      chunks.length = 0;
      await host.plug();
    },
    close: async () => host.close(),
  };
}

let laboratory: Promise<UsbLaboratory> | undefined;
afterAll(async () => (await laboratory)?.close());

async function usbRig(): Promise<Rig> {
  laboratory ??= UsbLaboratory.start();
  const usb = await laboratory;
  const chunks: Uint8Array[] = [];
  const seen = async (numDevices: number) => {
    while ((await usb.list()).length !== numDevices) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  // A system takes a moment to see what is plugged in, and what was unplugged by the test before.
  await seen(0);
  const host = await usb.device({ onBytes: (chunk) => chunks.push(chunk) });
  await seen(1);
  return {
    transport: usb.transport('usb:device=1209:0001'),
    received: () => Buffer.concat(chunks),
    send: (bytes) => host.write(bytes),
    unplug: () => host.unplug(),
    replug: async () => {
      chunks.length = 0;
      await host.plug();
    },
    close: async () => host.close(),
  };
}

function randomBytes(seed: number, length: number): Uint8Array {
  const random = new Random(seed);
  return Uint8Array.from({ length }, () => random.integer(256));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

const rigs = {
  loopback: loopbackRig,
  'serial port on a pseudo-terminal': serialRig,
  TCP: tcpRig,
  'USB through libusb': usbRig,
};

/** A system takes a moment to see what was plugged in. */
async function openWhenBack(transport: Transport, listener: TransportListener): Promise<void> {
  for (const untilMs = performance.now() + 1e3 * PATIENCE_S; ; ) {
    try {
      return await transport.open(listener);
    } catch (error) {
      if ((error as BeamloopError).code !== 'PORT_NOT_FOUND' || performance.now() > untilMs) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe.each(Object.entries(rigs))('transport: %s', (_name, createRig) => {
  const open: Rig[] = [];
  async function rigged(): Promise<Rig> {
    const rig = await createRig();
    open.push(rig);
    return rig;
  }
  afterEach(async () => {
    for (const rig of open.splice(0)) {
      await rig.transport.close();
      await rig.close();
    }
  });

  it('carries bytes both ways at once, in order, whatever their values and chunk sizes', async () => {
    const rig = await rigged();
    const listener = new Recorder();
    await rig.transport.open(listener);
    const out = randomBytes(1, 60_000);
    const back = randomBytes(2, 60_000);
    const random = new Random(3);
    const writes: Promise<void>[] = [];
    for (let at = 0; at < out.length; ) {
      const length = 1 + random.integer(3000);
      writes.push(rig.transport.write(out.subarray(at, at + length)));
      rig.send(back.subarray(at, at + length));
      at += length;
    }
    await Promise.all(writes);
    await until(() => rig.received().length >= out.length && listener.bytes.length >= back.length);
    expect(Buffer.compare(rig.received(), out)).toBe(0);
    expect(Buffer.compare(listener.bytes, back)).toBe(0);
  });

  it('is busy while open', async () => {
    const rig = await rigged();
    await rig.transport.open(new Recorder());
    await expect(rig.transport.open(new Recorder())).rejects.toMatchObject({ code: 'PORT_BUSY' });
  });

  it('does not write while closed, and closes without complaint at any time', async () => {
    const rig = await rigged();
    const listener = new Recorder();
    await rig.transport.close();
    await expect(rig.transport.write(Uint8Array.of(1))).rejects.toMatchObject({ code: 'PORT_FAILED' });
    await rig.transport.open(listener);
    await rig.transport.close();
    await rig.transport.close();
    await expect(rig.transport.write(Uint8Array.of(1))).rejects.toMatchObject({ code: 'PORT_FAILED' });
    expect(listener.losses).toEqual([]);
  });

  it('opens again after closing, and its earlier listener hears nothing more', async () => {
    const rig = await rigged();
    const first = new Recorder();
    await rig.transport.open(first);
    await rig.transport.close();
    const second = new Recorder();
    await rig.transport.open(second);
    rig.send(Uint8Array.of(1, 2, 3));
    await until(() => second.bytes.length === 3);
    expect(first.bytes).toHaveLength(0);
  });

  it('reports a loss once, at the latest when it is written to, and opens again when the other end is back', async () => {
    const rig = await rigged();
    const listener = new Recorder();
    await rig.transport.open(listener);
    rig.unplug();
    while (listener.losses.length === 0) {
      await rig.transport.write(Uint8Array.of(1)).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await expect(rig.transport.write(Uint8Array.of(2))).rejects.toMatchObject({ code: 'PORT_FAILED' });
    await expect(rig.transport.open(new Recorder())).rejects.toMatchObject({ code: 'PORT_NOT_FOUND' });
    await rig.replug();
    const again = new Recorder();
    await openWhenBack(rig.transport, again);
    await rig.transport.write(Uint8Array.of(7));
    rig.send(Uint8Array.of(8));
    await until(() => rig.received().length === 1 && again.bytes.length === 1);
    expect(rig.received()[0]).toBe(7);
    expect(listener.losses).toHaveLength(1);
    expect(again.losses).toEqual([]);
  });
});

describe('serial port', () => {
  const opened: SerialTransport[] = [];
  function serial(port: string): SerialTransport {
    const transport = new SerialTransport({ port, baudRate: 115_200 });
    opened.push(transport);
    return transport;
  }
  afterEach(async () => {
    for (const transport of opened.splice(0)) await transport.close();
  });

  it('makes writers wait while the other end takes nothing', async () => {
    let received = 0;
    const pty = await Pty.open((chunk) => {
      received += chunk.length;
    });
    const port = serial(pty.path);
    await port.open(new Recorder());
    pty.pause();
    let written = 0;
    const chunk = new Uint8Array(16_384).fill(1);
    const writing = (async () => {
      for (let k = 0; k < 64; k++) {
        await port.write(chunk);
        written += chunk.length;
      }
    })();
    // A pseudo-terminal holds some tens of kilobytes; then nothing moves.
    let before = -1;
    while (written !== before) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(written).toBeLessThan(64 * chunk.length);
    pty.resume();
    await writing;
    await until(() => received === 64 * chunk.length);
    await port.close();
    pty.close();
  });

  it.each(['closed', 'unplugged'])('a write that waits is rejected when the port is %s', async (how) => {
    const pty = await Pty.open(() => {});
    const port = serial(pty.path);
    await port.open(new Recorder());
    pty.pause();
    // More than a pseudo-terminal holds.
    const write = port.write(new Uint8Array(1 << 20).fill(1)).catch((reason: unknown) => reason);
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (how === 'closed') await port.close();
    else pty.close();
    expect(await write).toMatchObject({ code: 'PORT_FAILED' });
    pty.close();
  });

  it('says that another program holds the port', async () => {
    const pty = await Pty.open(() => {});
    await serial(pty.path).open(new Recorder());
    const error = await serial(pty.path)
      .open(new Recorder())
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'PORT_BUSY', where: pty.path });
    pty.close();
  });

  it.each([
    ['/dev/tty-that-is-not-there', 'PORT_NOT_FOUND'],
    ['/dev/null', 'PORT_FAILED'],
    ['/tmp', 'PORT_FAILED'],
  ])('says what is wrong with %s', async (path, code) => {
    await expect(serial(path).open(new Recorder())).rejects.toMatchObject({
      code,
      where: path,
      todo: expect.stringContaining('beamloop ports'),
    });
  });
});

describe('a serial port whose other end takes nothing until it has been read', () => {
  it('is read all the same', async () => {
    const pty = await Pty.open(() => {});
    const transport = new SerialTransport({ port: pty.path, baudRate: 3_000_000 });
    const got = new Recorder();
    await transport.open(got);
    try {
      pty.pause();
      // More than the system keeps for the other end, so that a write waits for room while the reading goes on.
      const writing = Array.from({ length: 16 }, () => transport.write(new Uint8Array(4096).fill(0x55)));
      for (const each of writing) each.catch(() => {});
      const sent = new Uint8Array(64 * 1024).fill(0xaa);
      for (let at = 0; at < sent.length; at += 1024) {
        pty.write(sent.subarray(at, at + 1024));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await expect.poll(() => got.bytes.length).toBe(sent.length);
      pty.resume();
      await Promise.all(writing);
    } finally {
      await transport.close();
      pty.close();
    }
  });
});
