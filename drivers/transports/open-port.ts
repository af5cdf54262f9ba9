/**
 * From a port's name to a transport: the only place that knows which names there are. docs/ports.md is the grammar.
 * A new transport is a file of its own and an entry of KINDS here.
 */
import { BeamloopError } from '../../src/core/errors.js';
import { nearest } from '../../src/core/nearest.js';
import { parseUsbPort } from './discovery.js';
import { type SerialOptions, SerialTransport } from './serial.js';
import type { Transport } from './transport.js';

/** What a port may be told beside its name; each kind of port takes what it has. */
export interface PortSettings {
  /** Of a serial line, bit/s. */
  readonly baudRate: number;
  /** Levels of the lines DTR and RTS of a serial port once it is open; left to the system unless given. */
  readonly dtr?: boolean;
  readonly rts?: boolean;
}

export interface Port {
  readonly transport: Transport;
  /** What the line carries, bit/s with 10 bits a byte; null where nothing but backpressure limits it. */
  readonly baudRate: number | null;
}

/** Makes a port from what follows the colon after its kind; `name` is all of it. */
type PortKind = (rest: string, name: string, settings: PortSettings) => Port;

const KINDS: Readonly<Record<string, PortKind>> = {
  serial: (rest, name, settings) => {
    if (rest === '') throw noPath(name);
    const usb = /^usb=(.*)$/s.exec(rest)?.[1];
    return serial(usb === undefined ? rest : parseUsbPort(usb, name), name, settings);
  },
  usb: (rest, name, settings) => {
    if (!rest.startsWith('device=')) return serial(parseUsbPort(rest, name), name, settings);
    throw notYet(
      name,
      'without a serial port in between',
      'Name the serial port of the board, serial:usb=VENDOR:PRODUCT or its path; `beamloop ports` lists them',
    );
  },
  tcp: (_rest, name) => {
    throw notYet(
      name,
      'over a network',
      'Connect the board to this machine, or make a serial port of the connection, with `socat` say, and name that',
    );
  },
};

/**
 * A port by its name: `/dev/ttyUSB0`, `serial:/dev/ttyUSB0`, `serial:usb=0403:6014`. Nothing is opened yet.
 *
 * @throws BeamloopError BAD_ARGUMENT when the name follows no rule of docs/ports.md, or one that is reserved.
 */
export function openPort(name: string, settings: PortSettings): Port {
  const [, kind, rest] = /^([a-z][\w+.-]*):(.*)$/is.exec(name) ?? [];
  if (kind === undefined || rest === undefined) return serial(name, name, settings);
  if (Object.hasOwn(KINDS, kind)) return KINDS[kind]!(rest, name, settings);
  // COM3: is a device, and C:\\port a path.
  if (rest === '' || kind.length === 1) return serial(name, name, settings);
  const kinds = Object.keys(KINDS);
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `There is no kind of port called '${kind}'`,
    where: name,
    todo: `Did you mean '${nearest(kind.toLowerCase(), kinds)}'? Kinds: ${kinds.join(', ')}. A path that looks like one goes after serial:`,
  });
}

function serial(port: SerialOptions['port'], name: string, settings: PortSettings): Port {
  return { transport: new SerialTransport({ ...settings, port, name }), baudRate: settings.baudRate };
}

function noPath(name: string): BeamloopError {
  return new BeamloopError('BAD_ARGUMENT', {
    what: 'No serial port is named after the colon',
    where: name,
    todo: 'Write its path, serial:/dev/ttyUSB0, or its USB ids, serial:usb=0403:6014; `beamloop ports` lists them',
  });
}

function notYet(name: string, how: string, todo: string): BeamloopError {
  return new BeamloopError('BAD_ARGUMENT', {
    what: `This beamloop does not talk to boards ${how} yet`,
    where: name,
    todo,
  });
}
