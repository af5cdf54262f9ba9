import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openPort } from '../../../drivers/transports/open-port.js';
import { SerialTransport } from '../../../drivers/transports/serial.js';
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

/** Names in the first column of the docs' tables, before and after the line about what is reserved. */
function documented(): { taken: string[]; reserved: string[] } {
  const text = readFileSync(new URL('../../../docs/ports.md', import.meta.url), 'utf8');
  const [before = '', after = ''] = text.split('\nReserved');
  const names = (part: string) =>
    [...part.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell]) =>
      [...cell!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
    );
  return { taken: names(before), reserved: names(after) };
}

describe('names of ports', () => {
  it('are what their documentation says', () => {
    const { taken, reserved } = documented();
    expect(taken.length).toBeGreaterThan(5);
    expect(reserved.length).toBeGreaterThan(1);
    for (const name of taken) {
      const { transport, baudRate } = openPort(name, SETTINGS);
      expect(transport).toBeInstanceOf(SerialTransport);
      expect([transport.name, baudRate]).toEqual([name, 115_200]);
    }
    for (const name of reserved) {
      const { code, what, where, todo } = refusal(name);
      expect([code, where]).toEqual(['BAD_ARGUMENT', name]);
      expect(what).toMatch(/yet$/);
      expect(todo).toMatch(/serial/);
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
