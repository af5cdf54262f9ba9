/**
 * The endpoints of an emulated USB device: takes the URBs that a host submits and completes them as a device with these
 * habits would.
 *
 * - Out: a transfer goes to the board when it ends, with a packet shorter than the largest or one of no bytes, or when
 *   `TRANSFER_BYTES` are full, as firmware that reads transfers into a buffer does. A board that takes nothing answers
 *   nothing, and the host waits.
 * - In: what the board has said fills the oldest URB. A transfer that ends in a whole packet is ended by one of no bytes.
 * - A halted endpoint stalls until its halt is cleared.
 */
import type { Socket } from 'node:net';
import { descriptorFor, ENDPOINT, MAX_PACKET_BYTES, type UsbIdentity } from './descriptors.js';
import { type Completion, REQUEST, type Request, RequestReader, writeCompletion } from './shim-wire.js';

/** What a transfer is read into. */
const TRANSFER_BYTES = 16 * 1024;
/** What waits for a host that does not read; beyond it bytes are lost, as on a UART that nobody reads. */
const MAX_WAITING_BYTES = 256 * 1024;

/** Errnos as URBs have them. */
const STALLED = -32;
const DISCARDED = -2;
const URB_CONTROL = 2;
const URB_ZERO_PACKET = 0x40;
const GET_DESCRIPTOR = 6;

/** A URB of a host that has the device open. */
interface Urb {
  readonly host: Socket;
  readonly request: Request;
}

export interface UsbDeviceOptions {
  readonly identity: UsbIdentity;
  /** Bytes from the host. */
  readonly onBytes: (chunk: Uint8Array) => void;
}

export class EmulatedUsbDevice {
  readonly #options: UsbDeviceOptions;
  readonly #hosts = new Set<Socket>();
  readonly #halted = new Set<number>();
  /** URBs for bytes to the host, and those from it that a paused board has not taken. */
  #inUrbs: Urb[] = [];
  #outUrbs: Urb[] = [];
  #toHost: Uint8Array[] = [];
  #toHostBytes = 0;
  #owesEmptyPacket = false;
  #transfer: Uint8Array[] = [];
  #transferBytes = 0;
  #paused = false;
  /** Transfers from the host that ended with a packet of no bytes. */
  emptyPacketsReceived = 0;
  emptyPacketsSent = 0;
  haltsCleared = 0;

  constructor(options: UsbDeviceOptions) {
    this.#options = options;
  }

  /** URBs that hosts have submitted for bytes to them. */
  get inTransfersUnderway(): number {
    return this.#inUrbs.length;
  }

  /** A program has opened the device. */
  connect(host: Socket): void {
    this.#hosts.add(host);
    const reader = new RequestReader((request) => this.#take({ host, request }));
    host.on('data', (bytes) => reader.push(bytes));
    host.on('error', () => {});
    host.on('close', () => {
      this.#hosts.delete(host);
      this.#inUrbs = this.#inUrbs.filter((urb) => urb.host !== host);
      this.#outUrbs = this.#outUrbs.filter((urb) => urb.host !== host);
      if (this.#hosts.size === 0) this.#forget();
    });
  }

  /** Bytes for the host. */
  write(bytes: Uint8Array): void {
    if (this.#hosts.size === 0 || this.#toHostBytes + bytes.length > MAX_WAITING_BYTES) return;
    this.#toHost.push(bytes);
    this.#toHostBytes += bytes.length;
    this.#fill();
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
    while (!this.#paused && this.#outUrbs.length > 0) this.#accept(this.#outUrbs.shift()!);
  }

  /** Halts an endpoint: what is underway on it stalls, and what comes. */
  halt(direction: keyof typeof ENDPOINT): void {
    this.#halted.add(ENDPOINT[direction]);
    const urbs = direction === 'in' ? this.#inUrbs.splice(0) : this.#outUrbs.splice(0);
    for (const urb of urbs) this.#complete(urb, STALLED);
  }

  /** The cable is pulled: whoever has the device open finds it gone. */
  disconnect(): void {
    for (const host of this.#hosts) host.destroy();
    this.#hosts.clear();
    this.#inUrbs = [];
    this.#outUrbs = [];
    this.#forget();
  }

  #take(urb: Urb): void {
    const { kind, endpoint, type } = urb.request;
    if (kind === REQUEST.discard) this.#discard(urb);
    else if (kind === REQUEST.clearHalt) {
      this.haltsCleared++;
      this.#halted.delete(endpoint);
    } else if (type === URB_CONTROL) this.#control(urb);
    else if (this.#halted.has(endpoint)) this.#complete(urb, STALLED);
    else if (endpoint === ENDPOINT.in) {
      this.#inUrbs.push(urb);
      this.#fill();
    } else if (endpoint !== ENDPOINT.out) this.#complete(urb, STALLED);
    else if (this.#paused) this.#outUrbs.push(urb);
    else this.#accept(urb);
  }

  #accept(urb: Urb): void {
    const { data, flags } = urb.request;
    if (data.length > 0) this.#transfer.push(data);
    this.#transferBytes += data.length;
    const isWhole = data.length % MAX_PACKET_BYTES === 0;
    const endsEmpty = data.length === 0 || (isWhole && (flags & URB_ZERO_PACKET) !== 0);
    if (endsEmpty) this.emptyPacketsReceived++;
    this.#complete(urb, 0, { length: data.length });
    if ((!isWhole || endsEmpty || this.#transferBytes >= TRANSFER_BYTES) && this.#transferBytes > 0) {
      const { onBytes } = this.#options;
      const chunk = this.#transfer.length === 1 ? this.#transfer[0]! : Buffer.concat(this.#transfer);
      this.#transfer = [];
      this.#transferBytes = 0;
      onBytes(chunk);
    }
  }

  #fill(): void {
    while (this.#inUrbs.length > 0 && (this.#toHostBytes > 0 || this.#owesEmptyPacket)) {
      const urb = this.#inUrbs.shift()!;
      const bytes = this.#takeToHost(urb.request.length);
      if (bytes.length === 0) this.emptyPacketsSent++;
      const fills = bytes.length === urb.request.length && bytes.length > 0;
      this.#owesEmptyPacket = fills && this.#toHostBytes === 0 && bytes.length % MAX_PACKET_BYTES === 0;
      this.#complete(urb, 0, { data: bytes });
    }
  }

  #takeToHost(most: number): Uint8Array {
    const all = this.#toHost.length === 1 ? this.#toHost[0]! : Buffer.concat(this.#toHost);
    const taken = all.subarray(0, most);
    this.#toHost = taken.length < all.length ? [all.subarray(taken.length)] : [];
    this.#toHostBytes -= taken.length;
    return taken;
  }

  #control(urb: Urb): void {
    const setup = Buffer.from(urb.request.data.subarray(0, 8));
    const [isIn, code] = [(setup[0]! & 0x80) !== 0, setup[1]];
    const answer =
      isIn && code === GET_DESCRIPTOR ? descriptorFor(this.#options.identity, setup.readUInt16LE(2)) : null;
    if (!isIn) this.#complete(urb, 0, { length: urb.request.data.length - 8 });
    else if (answer === null) this.#complete(urb, STALLED);
    else this.#complete(urb, 0, { data: answer.subarray(0, setup.readUInt16LE(6)) });
  }

  #discard({ host, request }: Urb): void {
    for (const urbs of [this.#inUrbs, this.#outUrbs]) {
      const at = urbs.findIndex((urb) => urb.host === host && urb.request.id === request.id);
      if (at >= 0) this.#complete(urbs.splice(at, 1)[0]!, DISCARDED);
    }
  }

  #complete(urb: Urb, status: number, { length = 0, data }: Omit<Completion, 'id' | 'status'> = {}): void {
    writeCompletion(urb.host, { id: urb.request.id, status, length, ...(data !== undefined && { data }) });
  }

  /** What was said while nobody listened is not for the next host. */
  #forget(): void {
    this.#toHost = [];
    this.#toHostBytes = 0;
    this.#owesEmptyPacket = false;
    this.#transfer = [];
    this.#transferBytes = 0;
  }
}
