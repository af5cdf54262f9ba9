/**
 * How long the serial link needs to load codewords and to queue slots.
 *
 * Counts bytes as firmware-protocol/SPEC.md lays them out, with every bound taken on the safe side; a test holds these
 * numbers against real frames. One byte is ten bits on the line (start, eight data, stop).
 */
const BITS_PER_BYTE = 10;
/** type, session, sequence and checksum. */
const FRAME_OVERHEAD_BYTES = 9;
/** LoadCodeword: index, offset, last, hash, data length. */
const LOAD_HEADER_BYTES = 15;
const LOAD_DATA_BYTES = 1000;
/** QueueSlots: entry count. */
const QUEUE_HEADER_BYTES = 2;
const QUEUE_ENTRY_BYTES = 6;
const QUEUE_ENTRIES_PER_FRAME = 150;

/** Bytes on the line for a payload: frame, COBS (a byte per 254, and one) and a delimiter at either end. */
function frameBytes(payloadBytes: number): number {
  const bytes = payloadBytes + FRAME_OVERHEAD_BYTES;
  return bytes + Math.floor(bytes / 254) + 1 + 2;
}

/** Bytes on the line to load one codeword of `packedBytes`. */
export function loadBytes(packedBytes: number): number {
  const fullFrames = Math.floor(packedBytes / LOAD_DATA_BYTES);
  const rest = packedBytes % LOAD_DATA_BYTES;
  return (
    fullFrames * frameBytes(LOAD_HEADER_BYTES + LOAD_DATA_BYTES) +
    (rest > 0 ? frameBytes(LOAD_HEADER_BYTES + rest) : 0)
  );
}

/** Bytes on the line to queue `numEntries` slots. */
export function queueBytes(numEntries: number): number {
  const fullFrames = Math.floor(numEntries / QUEUE_ENTRIES_PER_FRAME);
  const rest = numEntries % QUEUE_ENTRIES_PER_FRAME;
  return (
    fullFrames * frameBytes(QUEUE_HEADER_BYTES + QUEUE_ENTRIES_PER_FRAME * QUEUE_ENTRY_BYTES) +
    (rest > 0 ? frameBytes(QUEUE_HEADER_BYTES + rest * QUEUE_ENTRY_BYTES) : 0)
  );
}

/** Time that bytes take on the line, s. */
export function lineTimeS(bytes: number, baud: number): number {
  return (bytes * BITS_PER_BYTE) / baud;
}

/** Bytes of one codeword as boards keep it: phase, delay, amplitude and line code of every element, bit-packed. */
export function packedBytes(board: {
  readonly numElements: number;
  readonly phaseBits: number;
  readonly delayBits: number;
  readonly amplitudeBits: number;
  readonly lineBits: number;
}): number {
  const { numElements, phaseBits, delayBits, amplitudeBits, lineBits } = board;
  return Math.ceil((numElements * (phaseBits + delayBits + amplitudeBits + lineBits)) / 8);
}
