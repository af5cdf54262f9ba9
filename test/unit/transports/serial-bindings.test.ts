import { EventEmitter } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SerialPort } from 'serialport';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moveAtOnce } from '../../../drivers/transports/serial-bindings.js';

/** A port as serialport's bindings have it, on a file in place of a line; what goes by way of another thread is written down. */
class FilePort {
  readonly usual: string[] = [];
  readonly poller = Object.assign(new EventEmitter(), { poll: () => {} });
  fd: number;

  constructor(file: string) {
    this.fd = openSync(file, 'r+');
  }

  async read(buffer: Buffer, _offset: number, _length: number) {
    this.usual.push('read');
    buffer[0] = 7;
    return { bytesRead: 1, buffer };
  }

  async write(buffer: Buffer) {
    this.usual.push(`write ${[...buffer]}`);
  }
}

let folder: string;
let file: string;
let port: FilePort;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-serial-'));
  file = path.join(folder, 'line');
  writeFileSync(file, Buffer.of(1, 2, 3));
  port = new FilePort(file);
  moveAtOnce({ port } as unknown as SerialPort);
});

afterEach(() => {
  closeSync(port.fd);
  rmSync(folder, { recursive: true, force: true });
});

describe('a serial port', () => {
  it('is read in this thread when there is something', async () => {
    const buffer = Buffer.alloc(8);
    const reading = port.read(buffer, 2, 6);
    expect(buffer[2]).toBe(0);
    port.poller.emit('readable', null);
    expect(await reading).toEqual({ bytesRead: 3, buffer });
    expect([...buffer]).toEqual([0, 0, 1, 2, 3, 0, 0, 0]);
    expect(port.usual).toEqual([]);
  });

  it('is read as ever when there is nothing after all, or something is wrong', async () => {
    const buffer = Buffer.alloc(8);
    for (const error of [null, null, new Error('the line is gone')]) {
      const reading = port.read(buffer, 0, 8);
      port.poller.emit('readable', error);
      await reading;
    }
    expect(port.usual).toEqual(['read', 'read']);
  });

  it('is not read any more when it was closed', async () => {
    const reading = port.read(Buffer.alloc(8), 0, 8);
    port.poller.emit('readable', Object.assign(new Error('Canceled'), { canceled: true }));
    await expect(reading).rejects.toThrow('Canceled');
    expect(port.usual).toEqual([]);
  });

  it('is written in this thread, and as ever where that does not go', async () => {
    await port.write(Buffer.of(9, 8));
    expect([...readFileSync(file)]).toEqual([9, 8, 3]);
    expect(port.usual).toEqual([]);
    closeSync(port.fd);
    port.fd = openSync(file, 'r');
    await port.write(Buffer.of(5, 6));
    expect(port.usual).toEqual(['write 5,6']);
  });
});
