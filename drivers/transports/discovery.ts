/** Which serial ports there are, and which of them is the one with given USB ids. */
import type { SerialPort } from 'serialport';
import { BeamloopError } from '../../src/core/errors.js';
import { serialport } from './serialport.js';
import { type UsbPort, usbDeviceName, usbPortName } from './usb-ids.js';

export interface PortDescription {
  /** What to open: `/dev/ttyUSB0`, `COM3`. */
  readonly path: string;
  readonly manufacturer: string | null;
  readonly serialNumber: string | null;
  /** USB ids, four lower-case hex digits each; null for ports that are not USB. */
  readonly vendorId: string | null;
  readonly productId: string | null;
}

export type PortLister = () => Promise<PortDescription[]>;

/** Serial ports of this machine. Rejects with PORT_FAILED where the system cannot list them. */
export const listPorts: PortLister = async () => {
  let ports: Awaited<ReturnType<typeof SerialPort.list>>;
  try {
    ports = await serialport().SerialPort.list();
  } catch (error) {
    throw new BeamloopError('PORT_FAILED', {
      what: `Serial ports cannot be listed: ${error instanceof Error ? error.message : String(error)}`,
      todo: 'On Linux this needs udevadm (package udev). A port can still be named by its path',
      cause: error,
    });
  }
  return ports.map((port) => ({
    path: port.path,
    manufacturer: port.manufacturer ?? null,
    serialNumber: port.serialNumber ?? null,
    vendorId: port.vendorId?.toLowerCase() ?? null,
    productId: port.productId?.toLowerCase() ?? null,
  }));
};

/**
 * The path that a port has now: a path is itself, USB ids are looked up.
 * Rejects with PORT_NOT_FOUND when no such device is plugged in, BAD_ARGUMENT when several are.
 */
export async function resolvePort(port: string | UsbPort, list: PortLister = listPorts): Promise<string> {
  if (typeof port === 'string') return port;
  const usb = port;
  const matches = (await list()).filter(
    (port) =>
      port.vendorId === usb.vendorId &&
      port.productId === usb.productId &&
      (usb.serialNumber === null || port.serialNumber === usb.serialNumber),
  );
  const [first] = matches;
  if (first === undefined) throw await notFound(usb);
  if (matches.length > 1) {
    const serials = matches.map((port) => `${port.path} (serial ${port.serialNumber ?? 'none'})`).join(', ');
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `${matches.length} USB devices match: ${serials}`,
      where: usbPortName(usb),
      todo: 'Add the serial number, usb:VENDOR:PRODUCT:SERIAL, or name the path',
    });
  }
  return first.path;
}

/** A board that speaks USB itself has ids, too, and no serial port. */
async function notFound(usb: UsbPort): Promise<BeamloopError> {
  const { findUsbDevices } = await import('./usb-devices.js');
  const isDevice = await findUsbDevices(usb).then(
    (devices) => devices.length > 0,
    () => false,
  );
  return new BeamloopError('PORT_NOT_FOUND', {
    what: isDevice ? 'This USB device is no serial port' : 'No such USB device is plugged in',
    where: usbPortName(usb),
    todo: isDevice
      ? `If it is a board that speaks USB itself, name it ${usbDeviceName(usb)}`
      : '`beamloop ports` lists what is there',
  });
}
