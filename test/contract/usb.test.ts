/**
 * USB through the real libusb: a process that sees an emulated bus (drivers/emulator/usb) opens devices on it. What every
 * transport has in common is in transports.test.ts.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openNativeBoard } from '../../drivers/boards/open-native-board.js';
import { EmulatedBoard } from '../../drivers/emulator/emulated-board.js';
import type { UsbHost } from '../../drivers/emulator/usb/usb-host.js';
import type { PortDescription } from '../../drivers/transports/discovery.js';
import type { Transport, TransportListener } from '../../drivers/transports/transport.js';
import { PATIENCE_S } from '../fixtures/patience.js';
import { UsbLaboratory } from '../fixtures/remote-transport.js';
import { armSoon, until } from './board-rigs.js';
import { BoardWatcher, randomCodewords } from './board-watcher.js';

const PORT = 'usb:device=1209:0001';

let usb: UsbLaboratory;
beforeAll(async () => {
  usb = await UsbLaboratory.start();
});
afterAll(() => usb.close());

const opened: Transport[] = [];
afterEach(async () => {
  for (const transport of opened.splice(0)) await transport.close();
  usb.unplugAll();
});

class Listener implements TransportListener {
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

function transport(port = PORT, serialPorts?: readonly PortDescription[]): Transport {
  const made = usb.transport(port, serialPorts);
  opened.push(made);
  return made;
}

/** A device that keeps what it is told. */
async function quietDevice(options: Partial<Parameters<UsbLaboratory['device']>[0]> = {}) {
  const chunks: Uint8Array[] = [];
  const host = await usb.device({ onBytes: (chunk) => chunks.push(chunk), ...options });
  return { host, chunks, received: () => Buffer.concat(chunks) };
}

/** Bytes that tell where they belong. */
function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, k) => (k * 7 + (k >> 8)) & 0xff);
}

describe('finding a device', () => {
  it('lists what may be a board, with its strings', async () => {
    await quietDevice();
    await until(() => true);
    await expect
      .poll(() => usb.list())
      .toEqual([
        {
          vendorId: '1209',
          productId: '0001',
          serialNumber: 'EMU-1',
          manufacturer: 'beamloop',
          product: 'emulated board',
          isDenied: false,
          hasKernelDriver: false,
        },
      ]);
  });

  it('tells two with the same ids apart by their serial numbers, and does not choose', async () => {
    const [first, second] = [
      await quietDevice({ identity: { serialNumber: 'LAB:7' } }),
      await quietDevice({ identity: { serialNumber: 'LAB:8' } }),
    ];
    await expect.poll(() => usb.list()).toHaveLength(2);
    await expect(transport().open(new Listener())).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
      what: expect.stringMatching(/^2 USB devices match.*LAB:[78], LAB:[78]/),
      todo: expect.stringContaining('serial number'),
    });
    const eighth = transport(`${PORT}:LAB:8`);
    await eighth.open(new Listener());
    await eighth.write(pattern(5));
    await until(() => second.received().length === 5);
    expect(first.received()).toHaveLength(0);
    // The other one is not held by that.
    await transport(`${PORT}:LAB:7`).open(new Listener());
    await expect(transport(`${PORT}:LAB:9`).open(new Listener())).rejects.toMatchObject({
      code: 'PORT_NOT_FOUND',
    });
    await expect(transport(`${PORT}:LAB:8`).open(new Listener())).rejects.toMatchObject({
      code: 'PORT_BUSY',
    });
  });

  it('says what rule of udev lacks where this user may not open it', async () => {
    await quietDevice({ isDenied: true });
    await expect.poll(() => usb.list()).toMatchObject([{ isDenied: true }]);
    await expect(transport().open(new Listener())).rejects.toMatchObject({
      code: 'PORT_FAILED',
      what: expect.stringContaining('LIBUSB_ERROR_ACCESS'),
      todo: expect.stringMatching(
        /ATTR\{idVendor\}=="1209", ATTR\{idProduct\}=="0001".*\/etc\/udev\/rules\.d/,
      ),
    });
  });

  it('lists the interfaces of a device that has several', async () => {
    await quietDevice({ identity: { numInterfaces: 2 } });
    await expect.poll(() => usb.list()).toHaveLength(1);
    await expect(transport().open(new Listener())).rejects.toMatchObject({
      code: 'PORT_FAILED',
      what: expect.stringMatching(
        /2 interfaces.*interface 0 \(out 0x01, in 0x81\), interface 1 \(out 0x02, in 0x82\)/,
      ),
    });
  });

  it('takes an interface from the driver of the kernel, and gives it back', async () => {
    const { host, received } = await quietDevice({ kernelDriver: 'usbtest' });
    await expect.poll(() => usb.list()).toMatchObject([{ hasKernelDriver: true }]);
    const driver = path.join(host.folder!, 'driver-0');
    const port = transport();
    await port.open(new Listener());
    expect(existsSync(driver)).toBe(false);
    await port.write(pattern(3));
    await until(() => received().length === 3);
    await port.close();
    expect(readFileSync(driver, 'utf8')).toBe('usbtest');
  });

  it('leaves a serial adapter to its driver, and says how it is named', async () => {
    const { host } = await quietDevice({ kernelDriver: 'ftdi_sio', identity: { serialNumber: 'FT1' } });
    await expect.poll(() => usb.list()).toHaveLength(1);
    const ids = { vendorId: '1209', productId: '0001', serialNumber: 'FT1' };
    const adapter = transport(PORT, [{ path: '/dev/ttyUSB0', manufacturer: null, ...ids }]);
    await expect(adapter.open(new Listener())).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
      what: expect.stringContaining('serial adapter, the port /dev/ttyUSB0'),
      todo: 'Name it usb:1209:0001',
    });
    // The other way round.
    await expect(transport('usb:1209:0001', []).open(new Listener())).rejects.toMatchObject({
      code: 'PORT_NOT_FOUND',
      what: 'This USB device is no serial port',
      todo: expect.stringContaining('name it usb:device=1209:0001'),
    });
    expect(readFileSync(path.join(host.folder!, 'driver-0'), 'utf8')).toBe('ftdi_sio');
  });
});

describe('bulk transfers', () => {
  let host: UsbHost;
  let received: () => Buffer;
  let port: Transport;
  let listener: Listener;
  async function openPort(): Promise<void> {
    ({ host, received } = await quietDevice());
    await expect.poll(() => usb.list()).toHaveLength(1);
    port = transport();
    listener = new Listener();
    await port.open(listener);
  }

  it('end with a packet of no bytes where the last one is full, in both directions, and nobody hears of those', async () => {
    await openPort();
    // The device waits for the end of a transfer.
    for (const length of [512, 1, 1024, 513, 4096]) {
      const before = received().length;
      await port.write(pattern(length));
      await until(() => received().length === before + length);
    }
    expect(host.device.emptyPacketsReceived).toBe(3);
    // As much as a transfer of the host's holds: its end comes in the next one.
    const back = pattern(16_384);
    host.write(back);
    await until(() => listener.bytes.length === back.length && host.device.emptyPacketsSent === 1);
    host.write(pattern(100));
    await until(() => listener.bytes.length === back.length + 100);
    expect(Buffer.compare(listener.bytes, Buffer.concat([back, pattern(100)]))).toBe(0);
    expect(listener.chunks.every((chunk) => chunk.length > 0)).toBe(true);
  });

  it('are as short as what the device has to say', async () => {
    await openPort();
    const lengths = [1, 511, 512, 513, 2];
    for (const length of lengths) {
      const before = listener.bytes.length;
      host.write(pattern(length));
      await until(() => listener.bytes.length === before + length);
    }
    expect(Buffer.compare(listener.bytes, Buffer.concat(lengths.map(pattern)))).toBe(0);
  });

  it('are several at a time from the device', async () => {
    await openPort();
    await until(() => host.device.inTransfersUnderway === 4);
    await port.close();
    // Cancelled, all of them.
    await until(() => host.device.inTransfersUnderway === 0);
    expect(listener.losses).toEqual([]);
  });

  it('go on after a stall, in both directions, with no byte lost or twice', async () => {
    await openPort();
    await until(() => host.device.inTransfersUnderway === 4);
    host.device.halt('in');
    host.write(pattern(700));
    await until(() => listener.bytes.length === 700);
    expect(host.device.haltsCleared).toBeGreaterThan(0);
    const cleared = host.device.haltsCleared;
    host.device.halt('out');
    await port.write(pattern(900));
    await until(() => received().length === 900);
    expect(Buffer.compare(received(), pattern(900))).toBe(0);
    expect(host.device.haltsCleared).toBeGreaterThan(cleared);
    expect(listener.losses).toEqual([]);
  });

  it('that stall again and again are given up', async () => {
    await openPort();
    const halting = setInterval(() => host.device.halt('in'), 1);
    await until(() => listener.losses.length > 0).finally(() => clearInterval(halting));
    expect(listener.losses).toEqual([expect.stringContaining('stalls again and again')]);
  });

  it('wait for a device that takes nothing, and are rejected when the port is closed meanwhile', async () => {
    await openPort();
    host.setPaused(true);
    let isWritten = false;
    const write = port.write(pattern(64)).then(
      () => {
        isWritten = true;
      },
      (error: unknown) => error,
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(isWritten).toBe(false);
    host.setPaused(false);
    await write;
    expect(isWritten).toBe(true);
    host.setPaused(true);
    const never = port.write(pattern(64)).catch((error: unknown) => error);
    await port.close();
    expect(await never).toMatchObject({ code: 'PORT_FAILED' });
  });

  it('tell that the device is unplugged, and find it again at another address', async () => {
    await openPort();
    const before = host.folder;
    host.unplug();
    await until(() => listener.losses.length > 0);
    expect(listener.losses).toEqual(['unplugged']);
    await expect(transport().open(new Listener())).rejects.toMatchObject({ code: 'PORT_NOT_FOUND' });
    await host.plug();
    expect(host.folder).not.toBe(before);
    await expect.poll(() => usb.list()).toHaveLength(1);
    await port.open(listener);
    await port.write(pattern(4));
    await until(() => received().length === 4);
  });
});

it('a board is driven over USB, through a cable that is pulled and put back and an endpoint that stalls', async () => {
  const host: UsbHost = await usb.device({
    identity: { serialNumber: 'EMU-0001' },
    onBytes: (chunk) => board.receive(chunk),
  });
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
  await expect.poll(() => usb.list()).toHaveLength(1);
  const driver = await openNativeBoard({
    transport: transport(`${PORT}:EMU-0001`),
    baudRate: null,
    watchdogS: 60,
    linkTimeoutS: 60,
    helloTimeoutS: PATIENCE_S,
  });
  const codewords = randomCodewords(driver, 40, 1);
  const loading = driver.load(codewords);
  host.device.halt('out');
  await loading;
  const watcher = new BoardWatcher(driver);
  await driver.queue(codewords.map(({ hash }, slot) => ({ slot, hash })));
  // While receipts come.
  await armSoon(driver, 0, 5e-3);
  await until(() => watcher.receipts.length > 5);
  board.unplug(0.1);
  await until(() => driver.linkStatistics().reconnects === 1);
  host.device.halt('in');
  await until(() => watcher.receipts.length === codewords.length);
  expect(watcher.receipts.map(({ slot, hash, status }) => [slot, hash, status])).toEqual(
    codewords.map(({ hash }, slot) => [slot, hash, 'latched']),
  );
  // The halted endpoint was no loss.
  await driver.readBoardTime();
  expect(driver.linkStatistics()).toMatchObject({ reconnects: 1, corruptFrames: 0 });
  await driver.close();
  board.close();
});
