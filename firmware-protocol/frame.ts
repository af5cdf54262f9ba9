/**
 * Frames on the wire: delimiter, COBS of (type, session, sequence, payload, CRC), delimiter. SPEC 3.
 *
 * Every frame brings both of its delimiters, so whatever was damaged before it cannot cost it.
 */

import { cobsDecode, cobsEncode, maximumCobsLength } from './cobs.js';
import { crc32c } from './crc32c.js';

export interface Frame {
  readonly type: number;
  /** Low 16 bits of the session id. */
  readonly session: number;
  /** Number of a reliable frame in its direction; 0 for datagrams. */
  readonly sequence: number;
  /** 0..1024 bytes. */
  readonly payload: Uint8Array;
}

/** Why bytes between two delimiters were no frame. SPEC 3.5. */
export type FrameError = 'tooLong' | 'badCobs' | 'tooShort' | 'badCrc';

export const MAX_PAYLOAD_LENGTH = 1024;
const HEADER_LENGTH = 5;
const CRC_LENGTH = 4;
const MIN_RAW_LENGTH = HEADER_LENGTH + CRC_LENGTH;
const MAX_RAW_LENGTH = MIN_RAW_LENGTH + MAX_PAYLOAD_LENGTH;
const MAX_COBS_LENGTH = maximumCobsLength(MAX_RAW_LENGTH);
const NUM_DELIMITERS = 2;
/** Longest frame on the wire, both delimiters included, bytes. */
export const MAX_FRAME_LENGTH = MAX_COBS_LENGTH + NUM_DELIMITERS;

/** Longest frame on the wire that a payload of so many bytes can become, both delimiters included, bytes. */
export function maximumFrameLength(payloadLength: number): number {
  return maximumCobsLength(MIN_RAW_LENGTH + payloadLength) + NUM_DELIMITERS;
}

// Encoding is synchronous, so one pair of buffers serves every caller.
const rawScratch = new Uint8Array(MAX_RAW_LENGTH);
const rawScratchView = new DataView(rawScratch.buffer);
const wireScratch = new Uint8Array(MAX_FRAME_LENGTH);

/** The bytes of one frame, delimiters included. Throws RangeError when a number or the payload does not fit. */
export function encodeFrame(frame: Frame): Uint8Array {
  const { type, session, sequence, payload } = frame;
  checkRange('type', type, 0xff);
  checkRange('session', session, 0xffff);
  checkRange('sequence', sequence, 0xffff);
  checkRange('payload length', payload.length, MAX_PAYLOAD_LENGTH);
  rawScratch[0] = type;
  rawScratchView.setUint16(1, session, true);
  rawScratchView.setUint16(3, sequence, true);
  rawScratch.set(payload, HEADER_LENGTH);
  const crcAt = HEADER_LENGTH + payload.length;
  rawScratchView.setUint32(crcAt, crc32c(rawScratch, 0, crcAt), true);
  wireScratch[0] = 0;
  const delimiterAt = cobsEncode(rawScratch, crcAt + CRC_LENGTH, wireScratch, 1);
  wireScratch[delimiterAt] = 0;
  return wireScratch.slice(0, delimiterAt + 1);
}

/**
 * Finds frames in a byte stream cut anywhere. Every byte is looked at a fixed number of times; never more than one frame
 * is held. A payload given to `onFrame` is the receiver's own. Neither callback may throw.
 */
export class FrameDecoder {
  /** Good frames and rejected stretches so far. */
  readonly counts: Record<FrameError | 'good', number> = {
    good: 0,
    tooLong: 0,
    badCobs: 0,
    tooShort: 0,
    badCrc: 0,
  };
  readonly #onFrame: (frame: Frame) => void;
  readonly #onError: (error: FrameError) => void;
  readonly #encoded = new Uint8Array(MAX_COBS_LENGTH);
  readonly #raw = new Uint8Array(MAX_RAW_LENGTH);
  readonly #rawView = new DataView(this.#raw.buffer);
  /** Bytes since the last delimiter; MAX_COBS_LENGTH + 1 stands for "too many, dropping". */
  #length = 0;

  constructor(onFrame: (frame: Frame) => void, onError: (error: FrameError) => void = () => {}) {
    this.#onFrame = onFrame;
    this.#onError = onError;
  }

  push(chunk: Uint8Array): void {
    const encoded = this.#encoded;
    const end = chunk.length;
    let length = this.#length;
    for (let i = 0; i < end; i++) {
      const byte = chunk[i]!;
      if (byte === 0) {
        if (length > 0) this.#finish(length);
        length = 0;
      } else if (length < MAX_COBS_LENGTH) {
        encoded[length++] = byte;
      } else {
        length = MAX_COBS_LENGTH + 1;
      }
    }
    this.#length = length;
  }

  /** Forgets the unfinished frame, as after reopening a port. */
  reset(): void {
    this.#length = 0;
  }

  #finish(length: number): void {
    const frame = this.#open(length);
    if (typeof frame === 'string') {
      this.counts[frame]++;
      this.#onError(frame);
    } else {
      this.counts.good++;
      this.#onFrame(frame);
    }
  }

  #open(length: number): Frame | FrameError {
    if (length > MAX_COBS_LENGTH) return 'tooLong';
    const raw = this.#raw;
    const rawLength = cobsDecode(this.#encoded, length, raw);
    if (rawLength === -1) return 'badCobs';
    if (rawLength === -2) return 'tooLong';
    if (rawLength < MIN_RAW_LENGTH) return 'tooShort';
    const view = this.#rawView;
    const crcAt = rawLength - CRC_LENGTH;
    if (view.getUint32(crcAt, true) !== crc32c(raw, 0, crcAt)) return 'badCrc';
    return {
      type: raw[0]!,
      session: view.getUint16(1, true),
      sequence: view.getUint16(3, true),
      payload: raw.slice(HEADER_LENGTH, crcAt),
    };
  }
}

function checkRange(what: string, value: number, max: number): void {
  if (!Number.isInteger(value) || value < 0 || value > max) {
    throw new RangeError(`frame ${what} must be 0..${max}, not ${value}`);
  }
}
