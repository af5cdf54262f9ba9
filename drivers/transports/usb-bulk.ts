/** Bytes through a pair of bulk endpoints of a device that is open and whose interface is claimed. */
import type { BulkInterface } from './usb-devices.js';
import { errorNumber, type UsbDevice, type UsbLibrary, type UsbTransfer } from './usb-library.js';

/** Enough that the bus never waits for us: the next transfer is with the kernel while the last one is read. */
const IN_TRANSFERS = 4;
/** Whole packets of any size that bulk endpoints have. */
const IN_TRANSFER_BYTES = 16 * 1024;
/** Stalls in a row, without a byte between, after which the device counts as broken. */
const MOST_STALLS = 8;

export interface BulkListener {
  /** The chunk is the listener's to keep. */
  onBytes(bytes: Uint8Array): void;
  /** Once, and not after `end`. */
  onFailure(reason: string): void;
}

export class BulkPipes {
  readonly #usb: UsbLibrary;
  readonly #device: UsbDevice;
  readonly #endpoints: BulkInterface;
  readonly #listener: BulkListener;
  readonly #underway = new Set<UsbTransfer>();
  /** In transfers that a halt ended, to be submitted again when it is cleared. */
  #halted: (() => void)[] = [];
  /** While the halt of the in endpoint is being cleared. */
  #clearing: Promise<void> | null = null;
  #stalls = 0;
  #lastWrite: Promise<void> = Promise.resolve();
  #isOver = false;
  #onIdle: (() => void) | null = null;

  constructor(usb: UsbLibrary, device: UsbDevice, endpoints: BulkInterface, listener: BulkListener) {
    this.#usb = usb;
    this.#device = device;
    this.#endpoints = endpoints;
    this.#listener = listener;
  }

  start(): void {
    for (let k = 0; k < IN_TRANSFERS; k++) this.#receive(Buffer.allocUnsafeSlow(IN_TRANSFER_BYTES));
  }

  /** Resolves when the device has taken all of it. One after the other: what a halt interrupts goes on where it was. */
  write(bytes: Uint8Array): Promise<void> {
    const turn = this.#lastWrite.then(() => this.#send(bytes));
    this.#lastWrite = turn.catch(() => {});
    return turn;
  }

  /** Cancels what is underway; resolves when all of it has come back, and the device may be closed. */
  async end(): Promise<void> {
    this.#isOver = true;
    for (const transfer of this.#underway) {
      try {
        transfer.cancel();
      } catch {
        // It has come back, or the device is gone: either way its end is told.
      }
    }
    if (this.#underway.size > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    await this.#lastWrite;
    await this.#clearing;
  }

  #receive(buffer: Buffer): void {
    this.#submit(this.#endpoints.inEndpoint, buffer, (error, actualBytes) => {
      if (this.#isOver) return;
      if (error !== null) return this.#receiveFailed(error, () => this.#receive(buffer));
      // A transfer of no bytes only ends the one before.
      if (actualBytes > 0) {
        this.#stalls = 0;
        this.#listener.onBytes(Buffer.from(buffer.subarray(0, actualBytes)));
      }
      if (!this.#isOver) this.#receive(buffer);
    });
  }

  #receiveFailed(error: Error, again: () => void): void {
    if (errorNumber(error) !== this.#usb.LIBUSB_TRANSFER_STALL) {
      this.#fail(this.#inWords(error));
      return;
    }
    this.#halted.push(again);
    this.#clearing ??= this.#clearHalt(this.#endpoints.inEndpoint).then(
      () => {
        this.#clearing = null;
        if (!this.#isOver) for (const resume of this.#halted.splice(0)) resume();
      },
      (failure: Error) => this.#fail(this.#inWords(failure)),
    );
  }

  async #send(bytes: Uint8Array): Promise<void> {
    const { outEndpoint, packetBytes } = this.#endpoints;
    let rest = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // A transfer ends with a packet that is not full; one of no bytes where all of them were.
    const endsWhole = rest.length > 0 && rest.length % packetBytes === 0;
    while (rest.length > 0) rest = rest.subarray(await this.#sendOnce(outEndpoint, rest));
    while (endsWhole && (await this.#sendOnce(outEndpoint, Buffer.alloc(0))) !== 0);
  }

  /** Bytes that the device took; where it halted on the way, fewer, and the halt is cleared. -1: none, not even an empty packet. */
  async #sendOnce(endpoint: number, bytes: Buffer): Promise<number> {
    const { error, actualBytes } = await new Promise<{ error: Error | null; actualBytes: number }>(
      (resolve, reject) => {
        if (this.#isOver) return reject(new Error('closed'));
        this.#submit(endpoint, bytes, (failure, count) => resolve({ error: failure, actualBytes: count }));
      },
    );
    if (this.#isOver) throw error ?? new Error('closed');
    if (error === null) {
      this.#stalls = 0;
      return actualBytes;
    }
    try {
      if (errorNumber(error) !== this.#usb.LIBUSB_TRANSFER_STALL) throw error;
      await this.#clearHalt(endpoint);
    } catch (failure) {
      this.#fail(this.#inWords(failure as Error));
      throw failure;
    }
    return bytes.length === 0 ? -1 : actualBytes;
  }

  #submit(endpoint: number, buffer: Buffer, done: (error: Error | null, actualBytes: number) => void): void {
    const { Transfer, LIBUSB_TRANSFER_TYPE_BULK } = this.#usb;
    const transfer = new Transfer(
      this.#device,
      endpoint,
      LIBUSB_TRANSFER_TYPE_BULK,
      0,
      (error, _buffer, actualBytes) => {
        this.#underway.delete(transfer);
        done(error ?? null, actualBytes);
        if (this.#underway.size === 0) this.#onIdle?.();
      },
    );
    this.#underway.add(transfer);
    try {
      transfer.submit(buffer);
    } catch (error) {
      this.#underway.delete(transfer);
      // Never from within the call.
      queueMicrotask(() => done(error as Error, 0));
    }
  }

  #clearHalt(endpoint: number): Promise<void> {
    this.#stalls++;
    if (this.#stalls > MOST_STALLS) {
      return Promise.reject(new Error(`the device stalls again and again at endpoint ${endpoint}`));
    }
    return new Promise((resolve, reject) => {
      this.#device.__clearHalt(endpoint, (error) => (error ? reject(error) : resolve()));
    });
  }

  #fail(reason: string): void {
    if (this.#isOver) return;
    this.#listener.onFailure(reason);
  }

  #inWords(error: Error): string {
    const { LIBUSB_TRANSFER_NO_DEVICE, LIBUSB_ERROR_NO_DEVICE, LIBUSB_TRANSFER_OVERFLOW } = this.#usb;
    const number = errorNumber(error);
    if (number === LIBUSB_TRANSFER_NO_DEVICE || number === LIBUSB_ERROR_NO_DEVICE) return 'unplugged';
    if (number === LIBUSB_TRANSFER_OVERFLOW) return 'the device sent more than a packet holds';
    return error.message;
  }
}
