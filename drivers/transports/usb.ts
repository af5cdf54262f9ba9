/** A board that speaks USB itself, over a pair of bulk endpoints, through libusb. */
import { BeamloopError } from '../../src/core/errors.js';
import { listPorts, type PortLister } from './discovery.js';
import type { Transport, TransportListener } from './transport.js';
import { BulkPipes } from './usb-bulk.js';
import {
  accessError,
  type BulkInterface,
  bulkInterfaces,
  hasKernelDriver,
  isOpen,
  resolveUsbDevice,
} from './usb-devices.js';
import { type UsbPort, usbDeviceName, usbPortName } from './usb-ids.js';
import { errorNumber, inTurn, loadUsb, type UsbDevice, type UsbLibrary } from './usb-library.js';

export interface UsbOptions {
  /** Looked up at every opening. */
  readonly device: UsbPort;
  /** What messages call it; its ids unless given. */
  readonly name?: string;
  readonly list?: PortLister;
}

interface OpenUsb {
  readonly pipes: BulkPipes;
  /** Resolves when the device is released and closed. */
  release(): Promise<void>;
}

export class UsbTransport implements Transport {
  readonly name: string;
  readonly #options: UsbOptions;
  #open: OpenUsb | null = null;
  #opening = false;
  /** Of the last opening: the device is not opened again before. */
  #released: Promise<void> = Promise.resolve();

  constructor(options: UsbOptions) {
    this.name = options.name ?? usbDeviceName(options.device);
    this.#options = options;
  }

  async open(listener: TransportListener): Promise<void> {
    if (this.#open !== null || this.#opening) {
      throw new BeamloopError('PORT_BUSY', { what: 'The port is already open', where: this.name });
    }
    this.#opening = true;
    try {
      await this.#released;
      const usb = await loadUsb(this.name);
      const device = await resolveUsbDevice(this.#options.device, this.name);
      const claimed = await inTurn(() => this.#claim(usb, device));
      const pipes: BulkPipes = new BulkPipes(usb, device, claimed, {
        onBytes: (bytes) => {
          if (this.#open?.pipes === pipes) listener.onBytes(bytes);
        },
        onFailure: (reason) => {
          if (this.#open?.pipes !== pipes) return;
          void this.close();
          listener.onClosed(reason);
        },
      });
      this.#open = {
        pipes,
        release: async () => {
          await pipes.end();
          await inTurn(() => giveBack(device, claimed));
        },
      };
      pipes.start();
    } finally {
      this.#opening = false;
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    const open = this.#open;
    if (open === null) throw this.#closedError();
    try {
      await open.pipes.write(bytes);
    } catch (cause) {
      throw this.#closedError(cause);
    }
    if (this.#open !== open) throw this.#closedError();
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    if (open !== null) this.#released = open.release();
    await this.#released;
  }

  async #claim(usb: UsbLibrary, device: UsbDevice): Promise<Claimed> {
    if (isOpen(device)) throw this.#busyError();
    const ids = this.#options.device;
    try {
      device.open();
      const found = this.#interfaceOf(usb, device);
      const hadDriver = hasKernelDriver(device, found.number);
      if (hadDriver) {
        await this.#refuseSerialAdapter();
        device.interface(found.number).detachKernelDriver();
      }
      try {
        device.interface(found.number).claim();
      } catch (error) {
        if (hadDriver) device.interface(found.number).attachKernelDriver();
        throw error;
      }
      return { ...found, hadDriver };
    } catch (error) {
      if (isOpen(device)) device.close();
      throw this.#openError(usb, ids, error);
    }
  }

  #interfaceOf(usb: UsbLibrary, device: UsbDevice): BulkInterface {
    const found = bulkInterfaces(usb, device);
    const [first] = found;
    if (first !== undefined && found.length === 1) return first;
    const listed = found.map(
      ({ number, outEndpoint, inEndpoint }) =>
        `interface ${number} (out 0x${hex2(outEndpoint)}, in 0x${hex2(inEndpoint)})`,
    );
    throw new BeamloopError('PORT_FAILED', {
      what:
        first === undefined
          ? 'The device has no interface that could be a board’s'
          : `The device has ${found.length} interfaces that could be a board’s: ${listed.join(', ')}`,
      where: this.name,
      todo: 'A board has one vendor-specific interface (class 0xFF) with one bulk endpoint in each direction; see docs/ports.md',
    });
  }

  /** An adapter's interface looks like a board's, too; it is the kernel that makes it a serial port. */
  async #refuseSerialAdapter(): Promise<void> {
    const { device, list = listPorts } = this.#options;
    const ports = await list().catch(() => []);
    const port = ports.find(
      ({ vendorId, productId, serialNumber }) =>
        vendorId === device.vendorId &&
        productId === device.productId &&
        (device.serialNumber === null || serialNumber === device.serialNumber),
    );
    if (port === undefined) return;
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `This device is a serial adapter, the port ${port.path}; usb:device=… is for boards that speak USB themselves`,
      where: this.name,
      todo: `Name it ${usbPortName(device)}`,
    });
  }

  #openError(usb: UsbLibrary, ids: UsbPort, error: unknown): unknown {
    if (error instanceof BeamloopError) return error;
    switch (errorNumber(error)) {
      case usb.LIBUSB_ERROR_ACCESS:
        return accessError(ids, this.name);
      case usb.LIBUSB_ERROR_BUSY:
        return this.#busyError(error);
      case usb.LIBUSB_ERROR_NO_DEVICE:
        return new BeamloopError('PORT_NOT_FOUND', {
          what: 'The USB device was unplugged while it was being opened',
          where: this.name,
          todo: 'Plug it in again',
          cause: error,
        });
      default:
        return new BeamloopError('PORT_FAILED', {
          what: `The USB device cannot be opened: ${error instanceof Error ? error.message : String(error)}`,
          where: this.name,
          todo: 'Unplug it and plug it in again',
          cause: error,
        });
    }
  }

  #busyError(cause?: unknown): BeamloopError {
    return new BeamloopError('PORT_BUSY', {
      what: 'Another program, or another port of this one, holds the USB device',
      where: this.name,
      todo: '`beamloop boards` says which; close it and try again',
      cause,
    });
  }

  #closedError(cause?: unknown): BeamloopError {
    return new BeamloopError('PORT_FAILED', { what: 'The port is closed', where: this.name, cause });
  }
}

interface Claimed extends BulkInterface {
  /** A driver of the kernel had the interface, and gets it back. */
  readonly hadDriver: boolean;
}

/** Never rejects: a device that was unplugged has nothing to be given back. */
async function giveBack(device: UsbDevice, { number, hadDriver }: Claimed): Promise<void> {
  try {
    await new Promise<void>((resolve) => device.interface(number).release(() => resolve()));
    if (hadDriver) device.interface(number).attachKernelDriver();
  } catch {
    // Unplugged.
  }
  try {
    device.close();
  } catch {
    // The same.
  }
}

function hex2(value: number): string {
  return value.toString(16).padStart(2, '0');
}
