/** The plug of an emulated board on an emulated USB bus: the counterpart of pty-host.ts. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { allDescriptors, EMULATED_BOARD, type UsbIdentity } from './descriptors.js';
import { EmulatedUsbDevice } from './emulated-usb-device.js';

const MOST_ADDRESS = 127;

export interface UsbHostOptions {
  /** Folder of the bus (BEAMLOOP_USB_BUS of the host's program); several devices may share it. */
  readonly bus: string;
  /** Where the Unix socket of the device will be: a path of at most 107 bytes, in a private directory. */
  readonly socket: string;
  /** What differs from EMULATED_BOARD. */
  readonly identity?: Partial<UsbIdentity>;
  readonly onBytes: (chunk: Uint8Array) => void;
  /** Kernel driver that is bound to every interface; none unless given. */
  readonly kernelDriver?: string;
  /** True: programs may see the device and not open it. */
  readonly isDenied?: boolean;
}

/**
 * A device's folder, which the shim shows as its folder in sysfs: `descriptors`, `busnum`, `devnum`, `speed`,
 * `bConfigurationValue`, and for the shim itself `wire` (the socket), `driver-N` (holds the name of the kernel driver of
 * interface N), `denied`, `dev/bus/usb/001/NNN` (a file that is open where the device is). Its name is `1-ADDRESS`; as on a real bus, every plugging in has an address of its own.
 */
export class UsbHost {
  readonly device: EmulatedUsbDevice;
  readonly identity: UsbIdentity;
  readonly #options: UsbHostOptions;
  #server: Server | null = null;
  #folder: string | null = null;
  #lastAddress = 0;

  constructor(options: UsbHostOptions) {
    this.#options = options;
    this.identity = { ...EMULATED_BOARD, ...options.identity };
    this.device = new EmulatedUsbDevice({ identity: this.identity, onBytes: options.onBytes });
  }

  /** Its name as a port. */
  get path(): string {
    const { vendorId, productId, serialNumber } = this.identity;
    return `usb:device=${hex(vendorId)}:${hex(productId)}:${serialNumber}`;
  }

  /** Its folder on the bus while it is plugged in. */
  get folder(): string | null {
    return this.#folder;
  }

  async plug(): Promise<void> {
    if (this.#server !== null) return;
    const server = createServer((socket) => this.device.connect(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#options.socket, resolve);
    });
    // Unplugged meanwhile.
    if (this.#server === server) this.#folder = this.#appear();
  }

  unplug(): void {
    if (this.#folder !== null) {
      // Gone at once for whoever watches the bus, then deleted.
      const gone = mkdtempSync(path.join(this.#options.bus, '.g-'));
      renameSync(this.#folder, path.join(gone, 'device'));
      rmSync(gone, { recursive: true, force: true });
      this.#folder = null;
    }
    this.#server?.close();
    this.#server = null;
    this.device.disconnect();
  }

  /** Bytes for the host; while unplugged they are lost. */
  write(bytes: Uint8Array): void {
    this.device.write(bytes);
  }

  setPaused(paused: boolean): void {
    this.device.setPaused(paused);
  }

  close(): void {
    this.unplug();
  }

  #appear(): string {
    const { bus, socket, kernelDriver, isDenied = false } = this.#options;
    mkdirSync(bus, { recursive: true });
    // Whole before it has its name: whoever watches the bus reads it at once.
    const made = mkdtempSync(path.join(bus, '.p-'));
    const write = (name: string, content: string | Uint8Array) =>
      writeFileSync(path.join(made, name), content);
    write('descriptors', allDescriptors(this.identity));
    write('speed', '480\n');
    write('busnum', '1\n');
    write('bConfigurationValue', '1\n');
    if (isDenied) write('denied', '');
    if (kernelDriver !== undefined) {
      for (let k = 0; k < this.identity.numInterfaces; k++) write(`driver-${k}`, kernelDriver);
    }
    symlinkSync(socket, path.join(made, 'wire'));
    for (let tries = 0; tries < MOST_ADDRESS; tries++) {
      this.#lastAddress = (this.#lastAddress % MOST_ADDRESS) + 1;
      write('devnum', `${this.#lastAddress}\n`);
      const number = String(this.#lastAddress).padStart(3, '0');
      rmSync(path.join(made, 'dev'), { recursive: true, force: true });
      mkdirSync(path.join(made, 'dev/bus/usb/001'), { recursive: true });
      write(`dev/bus/usb/001/${number}`, '');
      const folder = path.join(bus, `1-${this.#lastAddress}`);
      try {
        renameSync(made, folder);
        return folder;
      } catch (error) {
        // Another device has this address.
        if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
      }
    }
    throw new Error(`the bus ${bus} is full`);
  }
}

function hex(id: number): string {
  return id.toString(16).padStart(4, '0');
}
