/** USB devices by their ids: how ports are named by them. */
import { BeamloopError } from '../../src/core/errors.js';

/** A USB device, or a serial port by the ids of its adapter: four lower-case hex digits each. */
export interface UsbPort {
  readonly vendorId: string;
  readonly productId: string;
  /** Null: whichever there is, if there is one. */
  readonly serialNumber: string | null;
}

/** Reads `VENDOR:PRODUCT` or `VENDOR:PRODUCT:SERIAL`. Throws BAD_ARGUMENT; `name` is the whole of the port's. */
export function parseUsbPort(ids: string, name: string): UsbPort {
  const match = /^([0-9a-f]{4}):([0-9a-f]{4})(?::(.+))?$/i.exec(ids);
  if (match === null) {
    const kind = name.startsWith('usb:device=') ? 'usb:device=' : 'usb:';
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `'${name}' does not name a USB device`,
      todo:
        `Write ${kind}VENDOR:PRODUCT or ${kind}VENDOR:PRODUCT:SERIAL with four hex digits each, e.g. ${kind}0403:6014. ` +
        '`beamloop ports` lists them',
    });
  }
  const [, vendorId = '', productId = '', serialNumber] = match;
  return {
    vendorId: vendorId.toLowerCase(),
    productId: productId.toLowerCase(),
    serialNumber: serialNumber ?? null,
  };
}

function idsOf({ vendorId, productId, serialNumber }: UsbPort): string {
  return `${vendorId}:${productId}${serialNumber === null ? '' : `:${serialNumber}`}`;
}

/** `usb:0403:6014` or `usb:0403:6014:SERIAL`: how a serial port is named by its ids. */
export function usbPortName(usb: UsbPort): string {
  return `usb:${idsOf(usb)}`;
}

/** `usb:device=1fc9:0094`, with `:SERIAL` where it is known: how a device that speaks USB itself is named. */
export function usbDeviceName(usb: UsbPort): string {
  return `usb:device=${idsOf(usb)}`;
}
