/** A serial port through node-serialport. Modem lines are left alone unless asked for: a PTY has none. */
import { existsSync } from 'node:fs';
import type { SerialPort } from 'serialport';
import { requireWhole } from '../../src/core/arguments.js';
import { BAUD } from '../../src/core/bounds.js';
import { BeamloopError } from '../../src/core/errors.js';
import { listPorts, type PortLister, resolvePort } from './discovery.js';
import { moveAtOnce, pollBothWays } from './serial-bindings.js';
import { serialport } from './serialport.js';
import type { Transport, TransportListener } from './transport.js';
import { type UsbPort, usbPortName } from './usb-ids.js';

export interface SerialOptions {
  /** Path, such as `/dev/ttyUSB0` or `COM3`, or USB ids, which are looked up at every opening. */
  readonly port: string | UsbPort;
  /** What messages call it; path or USB ids unless given. */
  readonly name?: string;
  readonly baudRate: number;
  /** Level of the line once the port is open, kept when it is closed: many adapters restart a board with it. */
  readonly dtr?: boolean;
  readonly rts?: boolean;
  readonly list?: PortLister;
}

interface OpenPort {
  readonly port: SerialPort;
  readonly fail: (reason: string) => void;
  /** Rejects writes that are underway: serialport forgets their callbacks when the device goes away. */
  readonly underway: Set<(error: BeamloopError) => void>;
}

export class SerialTransport implements Transport {
  readonly name: string;
  readonly #options: SerialOptions;
  #open: OpenPort | null = null;
  #opening = false;
  /** Levels as last set; a system raises both when it opens a port. */
  #lines: { readonly dtr: boolean; readonly rts: boolean };

  constructor(options: SerialOptions) {
    requireWhole('baudRate', options.baudRate, BAUD.least, BAUD.most);
    const { port } = options;
    this.name = options.name ?? (typeof port === 'string' ? port : usbPortName(port));
    this.#options = options;
    this.#lines = { dtr: options.dtr ?? true, rts: options.rts ?? true };
  }

  async open(listener: TransportListener): Promise<void> {
    if (this.#open !== null || this.#opening) {
      throw new BeamloopError('PORT_BUSY', { what: 'The port is already open', where: this.name });
    }
    this.#opening = true;
    try {
      const path = await resolvePort(this.#options.port, this.#options.list ?? listPorts);
      const { baudRate, dtr, rts } = this.#options;
      const setsLines = dtr !== undefined || rts !== undefined;
      const port = new (serialport().SerialPort)({
        path,
        baudRate,
        lock: true,
        autoOpen: false,
        hupcl: !setsLines,
      });
      await new Promise<void>((resolve, reject) => {
        port.open((error) => (error === null ? resolve() : reject(openError(this.name, path, error))));
      });
      pollBothWays(port);
      moveAtOnce(port);
      this.#lines = { dtr: dtr ?? true, rts: rts ?? true };
      // A system raises both lines when it opens a port.
      if (setsLines) await this.#setLines(port, { dtr: dtr ?? true, rts: rts ?? true });
      this.#adopt(port, listener);
    } finally {
      this.#opening = false;
    }
  }

  async #setLines(port: SerialPort, lines: { readonly dtr: boolean; readonly rts: boolean }): Promise<void> {
    const failure = await new Promise<Error | null>((resolve) => port.set(lines, resolve));
    if (!failure) return;
    await new Promise<void>((resolve) => port.close(() => resolve()));
    throw new BeamloopError('PORT_FAILED', {
      what: `The lines DTR and RTS of the port cannot be set: ${failure.message}`,
      where: this.name,
      todo: 'Leave dtr and rts out: this port has no such lines',
      cause: failure,
    });
  }

  #adopt(port: SerialPort, listener: TransportListener): void {
    // serialport reports one loss several times (an error per pending write, 'close' twice): only the first counts.
    const fail = (reason: string) => {
      if (this.#open?.port !== port) return;
      this.#open = null;
      if (port.isOpen) port.close(() => {});
      this.#abandonWrites(underway);
      listener.onClosed(reason);
    };
    const underway: OpenPort['underway'] = new Set();
    this.#open = { port, fail, underway };
    port.on('error', (error) => fail(error.message));
    port.on('close', (error?: Error | null) => fail(error?.message ?? 'closed'));
    port.on('end', () => fail('the other end is gone'));
    port.on('data', (chunk: Buffer) => {
      if (this.#open?.port === port) listener.onBytes(chunk);
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    const open = this.#open;
    if (open === null) return Promise.reject(this.#closedError());
    return new Promise((resolve, reject) => {
      open.underway.add(reject);
      open.port.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), (error) => {
        open.underway.delete(reject);
        if (!error && this.#open === open) return resolve();
        open.fail(error?.message ?? 'closed');
        reject(this.#closedError(error));
      });
    });
  }

  /** A pseudo-terminal has none, and says so only when it is asked. */
  setLines(lines: { readonly dtr?: boolean; readonly rts?: boolean }): Promise<void> {
    const open = this.#open;
    if (open === null) return Promise.reject(this.#closedError());
    // What is not given is left alone; node-serialport would raise it.
    const { dtr = this.#lines.dtr, rts = this.#lines.rts } = lines;
    this.#lines = { dtr, rts };
    return new Promise((resolve, reject) => {
      open.port.set({ dtr, rts }, (error) => {
        if (!error) return resolve();
        const what = `The lines DTR and RTS of the port cannot be set: ${error.message}`;
        const todo = 'Trigger the board by a command: this port has no such lines';
        reject(new BeamloopError('PORT_FAILED', { what, where: this.name, todo, cause: error }));
      });
    });
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    if (open === null) return;
    this.#abandonWrites(open.underway);
    if (!open.port.isOpen) return;
    await new Promise<void>((resolve) => open.port.close(() => resolve()));
  }

  #abandonWrites(underway: OpenPort['underway']): void {
    for (const reject of underway) reject(this.#closedError());
    underway.clear();
  }

  #closedError(cause?: unknown): BeamloopError {
    return new BeamloopError('PORT_FAILED', { what: 'The port is closed', where: this.name, cause });
  }
}

/** serialport's errors have no codes, only the system's words. */
function openError(name: string, path: string, error: Error): BeamloopError {
  const where = name === path ? path : `${name} at ${path}`;
  const text = error.message.replace(/^Error:? /, '');
  if (/no such file|file not found/i.test(text) || (path.startsWith('/') && !existsSync(path))) {
    return new BeamloopError('PORT_NOT_FOUND', {
      what: 'There is no such serial port',
      where,
      todo: 'Plug the board in, or pick one that `beamloop ports` lists',
      cause: error,
    });
  }
  if (/cannot lock|busy|temporarily unavailable|access denied/i.test(text)) {
    return new BeamloopError('PORT_BUSY', {
      what: 'Another program holds the serial port',
      where,
      todo: 'Close the other program (on Linux `fuser -v PORT` names it) and try again',
      cause: error,
    });
  }
  if (/permission denied/i.test(text)) {
    return new BeamloopError('PORT_FAILED', {
      what: 'You may not open the serial port',
      where,
      todo: 'On Debian: sudo adduser $USER dialout, then log in again',
      cause: error,
    });
  }
  const notSerial = /inappropriate ioctl|is a directory/i.test(text);
  return new BeamloopError('PORT_FAILED', {
    what: notSerial ? 'This is not a serial port' : `The serial port cannot be opened: ${text}`,
    where,
    todo: '`beamloop ports` lists the serial ports',
    cause: error,
  });
}
