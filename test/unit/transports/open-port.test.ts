import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openPort } from '../../../drivers/transports/open-port.js';
import { SerialTransport } from '../../../drivers/transports/serial.js';
import { TcpTransport } from '../../../drivers/transports/tcp.js';
import { UsbTransport } from '../../../drivers/transports/usb.js';
import { BeamloopError } from '../../../src/core/errors.js';

const SETTINGS = { baudRate: 115_200 };

function refusal(name: string): BeamloopError {
  try {
    openPort(name, SETTINGS);
  } catch (error) {
    if (error instanceof BeamloopError) return error;
    throw error;
  }
  throw new Error(`${name} was taken`);
}

/** Names in the first column of the docs' first table. */
function documented(): string[] {
  const text = readFileSync(new URL('../../../docs/ports.md', import.meta.url), 'utf8');
  const [table = ''] = text.split('\n## ');
  return [...table.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
  );
}

describe('names of ports', () => {
  it('are what their documentation says', () => {
    const names = documented();
    const made = names.map((name) => ({ name, ...openPort(name, SETTINGS) }));
    for (const { name, transport } of made) expect(transport.name).toBe(name);
    const of = (kind: new (...args: never[]) => unknown) =>
      made.filter(({ transport }) => transport instanceof kind).map(({ name }) => name);
    const [serial, usb, tcp] = [of(SerialTransport), of(UsbTransport), of(TcpTransport)];
    expect(serial.length).toBeGreaterThan(5);
    expect(usb).toEqual(names.filter((name) => name.startsWith('usb:device=')));
    expect(tcp).toEqual(names.filter((name) => name.startsWith('tcp:')));
    expect(Math.min(usb.length, tcp.length)).toBeGreaterThan(1);
    expect([...serial, ...usb, ...tcp].length).toBe(names.length);
    // A USB device has no line rate; a serial server's line has.
    for (const { transport, baudRate } of made) {
      expect(baudRate).toBe(transport instanceof UsbTransport ? null : 115_200);
    }
  });

  it('mean what they say: a path is opened as it is, whatever kind is written before it', async () => {
    for (const name of ['/dev/no-such-port', 'serial:/dev/no-such-port', 'serial:no:such:port', 'COM3:']) {
      const { transport } = openPort(name, SETTINGS);
      const opening = transport.open({ onBytes: () => {}, onClosed: () => {} });
      await expect(opening).rejects.toMatchObject({
        code: 'PORT_NOT_FOUND',
        where: expect.stringContaining(name),
      });
    }
  });

  it.each([
    'usb:',
    'usb:0403',
    'usb:403:6014',
    'serial:usb=0403',
    'serial:usb=',
    'serial:',
    'usb:0403:6014:',
    'usb:device=',
    'usb:device=0403',
    'usb:device=0403:6014:',
    'tcp:',
    'tcp:host',
    'tcp:host:',
    'tcp:host:0',
    'tcp:host:65536',
    'tcp::4001',
    'tcp:::1:4001',
    'tcp:http://host:80',
  ])('refuse %s', (name) => {
    expect(refusal(name).code).toBe('BAD_ARGUMENT');
  });

  it('name the nearest kind where there is none of that name', () => {
    const { code, what, todo } = refusal('serail:/dev/ttyUSB0');
    expect(code).toBe('BAD_ARGUMENT');
    expect(what).toContain("'serail'");
    expect(todo).toContain("Did you mean 'serial'?");
    expect(refusal('USB:0403:6014').todo).toContain("'usb'");
    expect(refusal('constructor:x').code).toBe('BAD_ARGUMENT');
  });
});
