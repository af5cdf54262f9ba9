/** Mends of serialport's bindings (bindings-cpp 13), in how they wait for a port and move its bytes. */
import { readSync, writeSync } from 'node:fs';
import type { SerialPort } from 'serialport';

const READABLE = 1;
const WRITABLE = 2;

type Readiness = 'readable' | 'writable';

interface Poller {
  poll(events?: number): void;
  on(event: Readiness, listener: () => void): unknown;
  once(event: Readiness, listener: (error: Error | null) => void): unknown;
}

/** Of an open port; ports of Windows have no poller. */
interface Binding {
  readonly poller?: Poller;
  readonly fd: number;
  read(
    buffer: Buffer,
    offset: number,
    length: number,
  ): Promise<{ readonly bytesRead: number; readonly buffer: Buffer }>;
  write(buffer: Buffer): Promise<void>;
}

/**
 * The poller waits for one thing at a time: a write that waits for room ends the wait of the read. A board that takes nothing until it
 * has been read stands still then, and so do we. This has it wait for both. For a port that is open; ports of Windows need it not.
 */
export function pollBothWays(port: SerialPort): void {
  const { poller } = port.port as unknown as Binding;
  if (poller === undefined) return;
  let wanted = 0;
  const poll = poller.poll.bind(poller);
  poller.poll = (events = 0) => {
    wanted |= events;
    poll(wanted);
  };
  // Before whoever waits is told, and may wait again.
  poller.on('readable', () => {
    wanted &= ~READABLE;
  });
  poller.on('writable', () => {
    wanted &= ~WRITABLE;
  });
}

/**
 * The bindings hand every read and write to another thread and wait for it, also those that find nothing, though the port never blocks.
 * That takes longer than the bytes do. This moves what can be moved at once in this thread; all else, errors too, goes on as ever.
 */
export function moveAtOnce(port: SerialPort): void {
  const binding = port.port as unknown as Binding;
  const { poller } = binding;
  if (poller === undefined) return;
  const read = binding.read.bind(binding);
  const write = binding.write.bind(binding);
  const readable = () =>
    new Promise<void>((resolve, reject) => {
      poller.once('readable', (error) => (error === null ? resolve() : reject(error)));
    });
  binding.read = async (buffer, offset, length) => {
    let bytesRead = 0;
    try {
      await readable();
      bytesRead = readSync(binding.fd, buffer, offset, length, null);
    } catch (error) {
      if ((error as { readonly canceled?: boolean }).canceled === true) throw error;
    }
    return bytesRead > 0 ? { bytesRead, buffer } : read(buffer, offset, length);
  };
  binding.write = async (buffer) => {
    let bytesWritten = 0;
    try {
      bytesWritten = writeSync(binding.fd, buffer);
    } catch {}
    if (bytesWritten < buffer.length) await write(buffer.subarray(bytesWritten));
  };
}
