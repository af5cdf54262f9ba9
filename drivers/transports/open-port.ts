/**
 * From a port's name to a transport: the only place that knows which names there are. docs/ports.md is the grammar.
 * A new transport is a file of its own and an entry of KINDS here.
 */
import { BeamloopError } from '../../src/core/errors.js';
import { nearest } from '../../src/core/nearest.js';
import { resolvePort } from './discovery.js';
import type { PortPlace } from './port-holders.js';
import { type SerialOptions, SerialTransport } from './serial.js';
import { parseTcpAddress, TcpTransport } from './tcp.js';
import type { Transport } from './transport.js';
import { UsbTransport } from './usb.js';
import { deviceFile, resolveUsbDevice } from './usb-devices.js';
import { parseUsbPort } from './usb-ids.js';

/** What a port may be told beside its name; each kind of port takes what it has. */
export interface PortSettings {
  /** Of a serial line, also of one behind a TCP port, bit/s. */
  readonly baudRate: number;
  /** Levels of the lines DTR and RTS of a serial port once it is open; left to the system unless given. */
  readonly dtr?: boolean;
  readonly rts?: boolean;
}

export interface Port {
  readonly transport: Transport;
  /** Where the port is now; rejects as opening it does when it is nowhere. Left out where nobody can tell. */
  readonly place?: () => Promise<PortPlace>;
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
    const ids = /^device=(.*)$/s.exec(rest)?.[1];
    if (ids === undefined) return serial(parseUsbPort(rest, name), name, settings);
    const device = parseUsbPort(ids, name);
    return {
      transport: new UsbTransport({ device, name }),
      place: async () => ({ file: deviceFile(await resolveUsbDevice(device, name)) }),
      baudRate: null,
    };
  },
  // The line that limits it is behind the server.
  tcp: (rest, name, { baudRate }) => {
    const address = parseTcpAddress(rest, name);
    return { transport: new TcpTransport({ ...address, name }), place: async () => ({ address }), baudRate };
  },
};

/**
 * A port by its name: `/dev/ttyUSB0`, `serial:usb=0403:6014`, `usb:device=1fc9:0094`, `tcp:10.0.0.7:4001`. Nothing is opened yet.
 *
 * @throws BeamloopError BAD_ARGUMENT when the name follows no rule of docs/ports.md.
 */
export function openPort(name: string, settings: PortSettings): Port {
  const [, kind, rest] = /^([a-z][\w+.-]*):(.*)$/is.exec(name) ?? [];
  if (kind === undefined || rest === undefined) return serial(name, name, settings);
  if (Object.hasOwn(KINDS, kind)) return KINDS[kind]!(rest, name, settings);
  // COM3: is a device, and C:\\port a path.
  if (rest === '' || kind.length === 1) return serial(name, name, settings);
  if (kind === 'iio') {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: "An iiod does not speak the protocol of boards with beamloop's firmware",
      where: name,
      todo: 'Name it in a scenario with board.driver: iio-adar1000 (docs/boards.md), and give that scenario in place of the port',
    });
  }
  const kinds = Object.keys(KINDS);
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `There is no kind of port called '${kind}'`,
    where: name,
    todo: `Did you mean '${nearest(kind.toLowerCase(), kinds)}'? Kinds: ${kinds.join(', ')}. A path that looks like one goes after serial:`,
  });
}

function serial(port: SerialOptions['port'], name: string, settings: PortSettings): Port {
  return {
    transport: new SerialTransport({ ...settings, port, name }),
    place: async () => ({ file: await resolvePort(port) }),
    baudRate: settings.baudRate,
  };
}

function noPath(name: string): BeamloopError {
  return new BeamloopError('BAD_ARGUMENT', {
    what: 'No serial port is named after the colon',
    where: name,
    todo: 'Write its path, serial:/dev/ttyUSB0, or its USB ids, serial:usb=0403:6014; `beamloop ports` lists them',
  });
}
