/** Messages between an emulated USB device and the shim in the host's program; `struct request` and `struct completion` of shim.h. */
import type { Socket } from 'node:net';

export const REQUEST = { submit: 1, discard: 2, clearHalt: 3 } as const;

const REQUEST_BYTES = 16;
const COMPLETION_BYTES = 16;
const URB_CONTROL = 2;
const SETUP_BYTES = 8;

export interface Request {
  readonly kind: number;
  /** Of the URB, unique on its connection. */
  readonly id: number;
  readonly endpoint: number;
  readonly type: number;
  readonly flags: number;
  /** Bytes of the URB's buffer. */
  readonly length: number;
  /** What goes out; of a control transfer, its setup first. */
  readonly data: Uint8Array;
}

export interface Completion {
  readonly id: number;
  /** 0 or an errno below 0. */
  readonly status: number;
  /** Bytes of what went out; not given with `data`. */
  readonly length?: number;
  /** What came in. */
  readonly data?: Uint8Array;
}

/** Cuts what comes from a shim into requests. */
export class RequestReader {
  readonly #onRequest: (request: Request) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(onRequest: (request: Request) => void) {
    this.#onRequest = onRequest;
  }

  push(bytes: Buffer): void {
    let rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    for (;;) {
      const request = readRequest(rest);
      if (request === null) break;
      rest = rest.subarray(REQUEST_BYTES + request.data.length);
      this.#onRequest(request);
    }
    this.#rest = rest;
  }
}

/** Null until all of it is there. */
function readRequest(from: Buffer): Request | null {
  if (from.length < REQUEST_BYTES) return null;
  const kind = from.readUInt32LE(0);
  const [endpoint, type, flags] = [from[8]!, from[9]!, from[10]!];
  const length = from.readUInt32LE(12);
  let out = 0;
  if (kind === REQUEST.submit && type !== URB_CONTROL) out = (endpoint & 0x80) === 0 ? length : 0;
  else if (kind === REQUEST.submit) {
    if (from.length < REQUEST_BYTES + SETUP_BYTES) return null;
    out = (from[REQUEST_BYTES]! & 0x80) === 0 ? length : SETUP_BYTES;
  }
  if (from.length < REQUEST_BYTES + out) return null;
  const data = from.subarray(REQUEST_BYTES, REQUEST_BYTES + out);
  return { kind, id: from.readUInt32LE(4), endpoint, type, flags, length, data };
}

export function writeCompletion(to: Socket, { id, status, length = 0, data }: Completion): void {
  const head = Buffer.alloc(COMPLETION_BYTES);
  head.writeUInt32LE(id, 0);
  head.writeInt32LE(status, 4);
  head.writeUInt32LE(data?.length ?? length, 8);
  head.writeUInt32LE(data === undefined ? 0 : 1, 12);
  to.write(data === undefined || data.length === 0 ? head : Buffer.concat([head, data]));
}
