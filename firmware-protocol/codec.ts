/** Payloads to and from bytes, driven by the layouts. SPEC 2 and 9.3. */

import { MAX_PAYLOAD_LENGTH } from './frame.js';
import {
  entrySize,
  type Field,
  type ListField,
  type MessageDefinition,
  type MessageOf,
  maximumOf,
  minimumOf,
  minimumSize,
  type NumberField,
  type RealField,
  type Sender,
} from './layout.js';
import {
  type DefinitionOf,
  type MessageName,
  messageByType,
  type NameFrom,
  type PayloadOf,
} from './registry.js';

type DecodeErrorKind =
  | 'unknownType'
  | 'wrongSender'
  | 'tooShort'
  | 'trailingBytes'
  | 'badCount'
  | 'badText'
  | 'outOfRange';

interface DecodeError {
  readonly kind: DecodeErrorKind;
  /** Message and field, e.g. `QueueSlots.entries`; the type number for unknown types. */
  readonly where: string;
}

/** A message by name: `switch (message.name)` narrows `value`. */
export type DecodedMessage<N extends MessageName = MessageName> = {
  [K in N]: {
    readonly ok: true;
    readonly name: K;
    readonly definition: DefinitionOf<K>;
    readonly value: PayloadOf<K>;
  };
}[N];

export type DecodeResult<S extends Sender = Sender> =
  | DecodedMessage<NameFrom<S>>
  | { readonly ok: false; readonly error: DecodeError };

type Value = number | bigint | string | Uint8Array | readonly Record<string, number | bigint>[];

const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

// Encoding is synchronous, so one buffer serves every caller. No layout can outgrow it (a test holds them to it).
const scratch = new Uint8Array(MAX_PAYLOAD_LENGTH);
const scratchView = new DataView(scratch.buffer);

/** The payload's bytes. Throws RangeError naming the field when a value does not fit the layout. */
export function encodePayload<D extends MessageDefinition>(definition: D, value: MessageOf<D>): Uint8Array {
  const values = value as Readonly<Record<string, Value>>;
  let at = 0;
  for (const field of definition.fields) {
    at = writeField(scratchView, at, field, values[field.name], definition.name);
  }
  return scratch.slice(0, at);
}

/**
 * The message in a payload, or why there is none; never throws. With `from`, messages that this sender may not send are
 * an error and the result's type holds only those that it may.
 */
export function decodePayload<S extends Sender = Sender>(
  type: number,
  bytes: Uint8Array,
  from?: S,
): DecodeResult<S> {
  const definition = messageByType(type);
  if (definition === undefined) return failure('unknownType', `type 0x${type.toString(16)}`);
  if (
    from !== undefined &&
    from !== 'either' &&
    definition.sender !== 'either' &&
    definition.sender !== from
  ) {
    return failure('wrongSender', definition.name);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: readonly Field[] = definition.fields;
  const value: Record<string, Value> = {};
  let at = 0;
  for (const field of fields) {
    const decoded = readField(view, at, field);
    if (typeof decoded === 'string') return failure(decoded, `${definition.name}.${field.name}`);
    value[field.name] = decoded.value;
    at = decoded.end;
  }
  if (at !== bytes.length) return failure('trailingBytes', definition.name);
  return { ok: true, name: definition.name, definition, value } as unknown as DecodeResult<S>;
}

function failure(kind: DecodeErrorKind, where: string): { ok: false; error: DecodeError } {
  return { ok: false, error: { kind, where } };
}

function readField(
  view: DataView,
  at: number,
  field: Field,
): { value: Value; end: number } | DecodeErrorKind {
  const fixedEnd = at + minimumSize(field);
  if (fixedEnd > view.byteLength) return 'tooShort';
  switch (field.type) {
    case 'u64':
      return { value: view.getBigUint64(at, true), end: fixedEnd };
    case 'text8': {
      const end = fixedEnd + view.getUint8(at);
      if (end > view.byteLength) return 'tooShort';
      try {
        return { value: textDecoder.decode(bytesOf(view, fixedEnd, end)), end };
      } catch {
        return 'badText';
      }
    }
    case 'bytes16': {
      const length = view.getUint16(at, true);
      if (length > field.maxLength) return 'badCount';
      const end = fixedEnd + length;
      if (end > view.byteLength) return 'tooShort';
      return { value: bytesOf(view, fixedEnd, end).slice(), end };
    }
    case 'list16':
      return readList(view, fixedEnd, field, view.getUint16(at, true));
    default: {
      const value = readNumber(view, at, field);
      return isWithin(value, field) ? { value, end: fixedEnd } : 'outOfRange';
    }
  }
}

function readList(view: DataView, start: number, field: ListField, count: number) {
  if (count > field.maxCount) return 'badCount';
  const end = start + count * entrySize(field);
  // Checked before anything is allocated, so that a lying count costs nothing.
  if (end > view.byteLength) return 'tooShort';
  const value: Record<string, number | bigint>[] = [];
  let at = start;
  for (let k = 0; k < count; k++) {
    const entry: Record<string, number | bigint> = {};
    for (const nested of field.fields) {
      if (nested.type === 'u64') {
        entry[nested.name] = view.getBigUint64(at, true);
      } else {
        const number = readNumber(view, at, nested);
        if (!isWithin(number, nested)) return 'outOfRange';
        entry[nested.name] = number;
      }
      at += minimumSize(nested);
    }
    value.push(entry);
  }
  return { value, end };
}

/** False for what is no number, too. */
function isWithin(value: number, field: NumberField | RealField): boolean {
  return value >= minimumOf(field) && value <= maximumOf(field);
}

function readNumber(view: DataView, at: number, field: NumberField | RealField): number {
  switch (field.type) {
    case 'f64':
      return view.getFloat64(at, true);
    case 'u8':
      return view.getUint8(at);
    case 'u16':
      return view.getUint16(at, true);
    case 'u32':
      return view.getUint32(at, true);
    case 'i16':
      return view.getInt16(at, true);
  }
}

function bytesOf(view: DataView, start: number, end: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + start, end - start);
}

function writeField(
  view: DataView,
  at: number,
  field: Field,
  value: Value | undefined,
  where: string,
): number {
  const path = `${where}.${field.name}`;
  switch (field.type) {
    case 'u64': {
      if (typeof value !== 'bigint' || BigInt.asUintN(64, value) !== value) return misfit(path, value, 'u64');
      view.setBigUint64(at, value, true);
      return at + 8;
    }
    case 'text8': {
      if (typeof value !== 'string') return misfit(path, value, 'text');
      const bytes = textEncoder.encode(value);
      if (bytes.length > 0xff) return misfit(path, value, 'at most 255 bytes of UTF-8');
      view.setUint8(at, bytes.length);
      return writeBytes(view, at + 1, bytes);
    }
    case 'bytes16': {
      if (!(value instanceof Uint8Array) || value.length > field.maxLength) {
        return misfit(path, value, `at most ${field.maxLength} bytes`);
      }
      view.setUint16(at, value.length, true);
      return writeBytes(view, at + 2, value);
    }
    case 'list16': {
      if (!Array.isArray(value) || value.length > field.maxCount) {
        return misfit(path, value, `at most ${field.maxCount} entries`);
      }
      view.setUint16(at, value.length, true);
      let end = at + 2;
      for (const entry of value as readonly Record<string, number | bigint>[]) {
        for (const nested of field.fields) end = writeField(view, end, nested, entry[nested.name], path);
      }
      return end;
    }
    case 'f64': {
      if (typeof value !== 'number' || !isWithin(value, field)) {
        return misfit(path, value, `a number ${minimumOf(field)}..${maximumOf(field)}`);
      }
      view.setFloat64(at, value, true);
      return at + 8;
    }
    default:
      return writeNumber(view, at, field, value, path);
  }
}

function writeNumber(
  view: DataView,
  at: number,
  field: NumberField,
  value: Value | undefined,
  path: string,
): number {
  const min = minimumOf(field);
  const max = maximumOf(field);
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    return misfit(path, value, `an integer ${min}..${max}`);
  }
  switch (field.type) {
    case 'u8':
      view.setUint8(at, value);
      return at + 1;
    case 'u16':
      view.setUint16(at, value, true);
      return at + 2;
    case 'u32':
      view.setUint32(at, value, true);
      return at + 4;
    case 'i16':
      view.setInt16(at, value, true);
      return at + 2;
  }
}

function writeBytes(view: DataView, at: number, bytes: Uint8Array): number {
  bytesOf(view, at, at + bytes.length).set(bytes);
  return at + bytes.length;
}

function misfit(path: string, value: Value | undefined, expected: string): never {
  const shown =
    value instanceof Uint8Array
      ? `${value.length} bytes`
      : Array.isArray(value)
        ? `${value.length} entries`
        : String(value);
  throw new RangeError(`${path} must be ${expected}, not ${shown}`);
}
