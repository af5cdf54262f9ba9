/**
 * Binary power messages of `beamloop.ue.v1` (docs/ue-protocol.md, "Power messages"). Little-endian:
 *
 *     message  magic u32 "BLUP" | version u8 | reserved u8 = 0 | count u16 | record × count
 *     record   sequence u64 | ueTimeS f64 | slot u32 | noiseFloor f32 | numSubcarriers u16 | reserved u16 = 0
 *              | powers f32 × numSubcarriers
 *
 * Every record begins at a multiple of four bytes, so powers of an aligned message are read where they lie.
 */
import type { PowerRecord } from './bridge.js';

const POWER_MAGIC = 0x50554c42;
const POWER_VERSION = 1;
export const HEADER_BYTES = 8;
const RECORD_HEADER_BYTES = 28;
const MAX_RECORDS_PER_MESSAGE = 0xffff;
const MAX_SAFE_HIGH_WORD = 0x1fffff;

/** A power record before it is known whose it is. */
export type UnownedPowerRecord = Omit<PowerRecord, 'ueId'>;

export interface PowerLimits {
  readonly maxSubcarriers: number;
  readonly maxRecordsPerMessage: number;
}

export type Malformed =
  | 'too-short'
  | 'wrong-magic'
  | 'wrong-version'
  | 'wrong-length'
  | 'no-records'
  | 'too-many-records'
  | 'no-subcarriers'
  | 'too-many-subcarriers'
  | 'reserved-not-zero'
  | 'bad-sequence'
  | 'bad-time'
  | 'bad-noise-floor'
  | 'bad-power';

export type DecodedPowers =
  | { readonly ok: true; readonly records: PowerRecord[] }
  | { readonly ok: false; readonly malformed: Malformed; readonly detail: string };

function bad(malformed: Malformed, detail: string): DecodedPowers {
  return { ok: false, malformed, detail };
}

/**
 * The message at an address where Float32Array views are possible. It is copied when it is not aligned, and also when
 * it is a small part of a larger buffer, which records that are kept would otherwise hold in memory.
 */
function aligned(message: Uint8Array): Uint8Array {
  const wasteful = message.buffer.byteLength > 2 * message.byteLength + 1024;
  // Not Uint8Array.slice: on a Buffer that is a view.
  return message.byteOffset % 4 !== 0 || wasteful ? new Uint8Array(message) : message;
}

function isPower(value: number): boolean {
  return value >= 0 && value < Number.POSITIVE_INFINITY;
}

/**
 * Decodes one power message, all or nothing. Never throws, whatever the bytes. The records may share the memory of
 * `message`, which must not be changed afterwards.
 */
export function decodePowerMessage(message: Uint8Array, ueId: string, limits: PowerLimits): DecodedPowers {
  if (message.byteLength < HEADER_BYTES) return bad('too-short', `${message.byteLength} bytes`);
  const bytes = aligned(message);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0, true);
  if (magic !== POWER_MAGIC) return bad('wrong-magic', `0x${magic.toString(16).padStart(8, '0')}`);
  const version = view.getUint8(4);
  if (version !== POWER_VERSION) return bad('wrong-version', `${version}`);
  if (view.getUint8(5) !== 0) return bad('reserved-not-zero', 'byte 5 of the message');
  const count = view.getUint16(6, true);
  if (count === 0) return bad('no-records', 'count is 0');
  if (count > limits.maxRecordsPerMessage) return bad('too-many-records', `${count}`);
  if (bytes.byteLength < HEADER_BYTES + count * (RECORD_HEADER_BYTES + 4))
    return bad('wrong-length', `${bytes.byteLength} bytes cannot hold ${count} records`);

  const records: PowerRecord[] = [];
  let at = HEADER_BYTES;
  for (let k = 0; k < count; k++) {
    const where = `record ${k}`;
    if (bytes.byteLength - at < RECORD_HEADER_BYTES) return bad('wrong-length', `ends inside ${where}`);
    const sequenceHigh = view.getUint32(at + 4, true);
    const sequence = sequenceHigh * 0x100000000 + view.getUint32(at, true);
    if (sequence === 0 || sequenceHigh > MAX_SAFE_HIGH_WORD) return bad('bad-sequence', where);
    const ueTimeS = view.getFloat64(at + 8, true);
    if (!Number.isFinite(ueTimeS)) return bad('bad-time', where);
    const slot = view.getUint32(at + 16, true);
    const noiseFloor = view.getFloat32(at + 20, true);
    if (!isPower(noiseFloor)) return bad('bad-noise-floor', `${where}: ${noiseFloor}`);
    const numSubcarriers = view.getUint16(at + 24, true);
    if (numSubcarriers === 0) return bad('no-subcarriers', where);
    if (numSubcarriers > limits.maxSubcarriers)
      return bad('too-many-subcarriers', `${where}: ${numSubcarriers}`);
    if (view.getUint16(at + 26, true) !== 0) return bad('reserved-not-zero', where);
    at += RECORD_HEADER_BYTES;
    if (bytes.byteLength - at < 4 * numSubcarriers) return bad('wrong-length', `ends inside ${where}`);
    const powers = new Float32Array(bytes.buffer as ArrayBuffer, bytes.byteOffset + at, numSubcarriers);
    for (let m = 0; m < numSubcarriers; m++)
      if (!isPower(powers[m]!)) return bad('bad-power', `${where}, subcarrier ${m}: ${powers[m]}`);
    at += 4 * numSubcarriers;
    records.push({ ueId, sequence, slot, ueTimeS, noiseFloor, powers });
  }
  if (at !== bytes.byteLength)
    return bad('wrong-length', `${bytes.byteLength - at} bytes after the last record`);
  return { ok: true, records };
}

/** Bytes that a record with this many subcarriers takes in a message. */
export function recordBytes(numSubcarriers: number): number {
  return RECORD_HEADER_BYTES + 4 * numSubcarriers;
}

/** Encodes 1 to 65,535 records into one power message. The records must be valid; the decoder is the judge. */
export function encodePowerMessage(records: readonly UnownedPowerRecord[]): Uint8Array {
  if (records.length === 0 || records.length > MAX_RECORDS_PER_MESSAGE)
    throw new RangeError(
      `a power message holds 1 to ${MAX_RECORDS_PER_MESSAGE} records, not ${records.length}`,
    );
  let length = HEADER_BYTES;
  for (const record of records) length += recordBytes(record.powers.length);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, POWER_MAGIC, true);
  view.setUint8(4, POWER_VERSION);
  view.setUint16(6, records.length, true);
  let at = HEADER_BYTES;
  for (const record of records) {
    view.setUint32(at, record.sequence >>> 0, true);
    view.setUint32(at + 4, Math.floor(record.sequence / 0x100000000), true);
    view.setFloat64(at + 8, record.ueTimeS, true);
    view.setUint32(at + 16, record.slot, true);
    view.setFloat32(at + 20, record.noiseFloor, true);
    view.setUint16(at + 24, record.powers.length, true);
    at += RECORD_HEADER_BYTES;
    new Float32Array(bytes.buffer, at, record.powers.length).set(record.powers);
    at += 4 * record.powers.length;
  }
  return bytes;
}
