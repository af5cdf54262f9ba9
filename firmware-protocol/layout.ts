/**
 * Message layouts as data. The TypeScript types (here) and the codec (codec.ts) follow from them; SPEC.md's tables are
 * held against them by a test. SPEC 2.2 (field types).
 */

/** Who may send a message. */
export type Sender = 'host' | 'board' | 'either';

type NumberType = 'u8' | 'u16' | 'u32' | 'i16';

interface FieldBase {
  readonly name: string;
  /** Unit as printed in SPEC.md, e.g. `ticks`, `0.01 °C`; absent for counts, codes and flags. */
  readonly unit?: string;
}

/** Little-endian integer up to 32 bits; a decoder refuses values outside min..max (default: the whole type). */
export interface NumberField extends FieldBase {
  readonly type: NumberType;
  readonly min?: number;
  readonly max?: number;
}

/** Little-endian 64-bit integer, a bigint in TypeScript. */
interface WideField extends FieldBase {
  readonly type: 'u64';
}

/** IEEE 754 binary64, little-endian; a decoder refuses what is not finite or outside min..max. */
export interface RealField extends FieldBase {
  readonly type: 'f64';
  readonly min?: number;
  readonly max?: number;
}

/** u8 length in bytes, then UTF-8. */
interface TextField extends FieldBase {
  readonly type: 'text8';
}

/** u16 length, then bytes. */
interface BytesField extends FieldBase {
  readonly type: 'bytes16';
  readonly maxLength: number;
}

/** u16 count, then so many structs. Structs hold numbers only, so that every entry has the same size. */
export interface ListField extends FieldBase {
  readonly type: 'list16';
  readonly maxCount: number;
  readonly fields: readonly (NumberField | WideField | RealField)[];
}

export type Field = NumberField | WideField | RealField | TextField | BytesField | ListField;

export interface MessageDefinition {
  /** Type byte of the frame. */
  readonly type: number;
  readonly name: string;
  readonly sender: Sender;
  /** Numbered, acknowledged and retransmitted (SPEC 5), or a datagram that may be lost. */
  readonly reliable: boolean;
  /** Of a request: the message that answers it. A reliable request's begins with `request` and `status` (SPEC 6). */
  readonly response?: MessageDefinition;
  readonly fields: readonly Field[];
}

type ValueOf<F extends Field> = F extends { readonly type: NumberType | 'f64' }
  ? number
  : F extends { readonly type: 'u64' }
    ? bigint
    : F extends { readonly type: 'text8' }
      ? string
      : F extends { readonly type: 'bytes16' }
        ? Uint8Array
        : F extends { readonly type: 'list16'; readonly fields: infer Nested }
          ? Nested extends readonly Field[]
            ? readonly StructOf<Nested>[]
            : never
          : never;

type StructOf<Fields extends readonly Field[]> = {
  readonly [F in Fields[number] as F['name']]: ValueOf<F>;
};

/** The payload's TypeScript type: one property per field, in the layout's names. */
export type MessageOf<D extends MessageDefinition> = StructOf<D['fields']>;

/** Declares one message. Identity at run time; keeps the literal types that MessageOf needs. */
export function defineMessage<const D extends MessageDefinition>(definition: D): D {
  return definition;
}

const FIXED_SIZE = { u8: 1, u16: 2, u32: 4, i16: 2, u64: 8, f64: 8 } as const;
const TYPE_MIN = { u8: 0, u16: 0, u32: 0, i16: -0x8000, f64: -Number.MAX_VALUE } as const;
const TYPE_MAX = { u8: 0xff, u16: 0xffff, u32: 0xffff_ffff, i16: 0x7fff, f64: Number.MAX_VALUE } as const;

/** Smallest value that a field may hold. */
export function minimumOf(field: NumberField | RealField): number {
  return field.min ?? TYPE_MIN[field.type];
}

/** Largest value that a field may hold. */
export function maximumOf(field: NumberField | RealField): number {
  return field.max ?? TYPE_MAX[field.type];
}

/** Bytes of one list entry. */
export function entrySize(field: ListField): number {
  return field.fields.reduce((sum, nested) => sum + FIXED_SIZE[nested.type], 0);
}

/** Bytes that a field takes before any text, bytes or list entries. */
export function minimumSize(field: Field): number {
  if (field.type === 'text8') return 1;
  if (field.type === 'bytes16' || field.type === 'list16') return 2;
  return FIXED_SIZE[field.type];
}

/** Bytes that a field takes at most. */
function maximumSize(field: Field): number {
  if (field.type === 'text8') return 1 + 0xff;
  if (field.type === 'bytes16') return 2 + field.maxLength;
  if (field.type === 'list16') return 2 + field.maxCount * entrySize(field);
  return FIXED_SIZE[field.type];
}

/** Longest payload that a message can have, bytes. */
export function maximumPayloadLength(definition: MessageDefinition): number {
  return definition.fields.reduce((sum, field) => sum + maximumSize(field), 0);
}

/** Bytes of a payload with so many items: bytes or list entries in its only field of any number of them. */
export function payloadLength(definition: MessageDefinition, numItems: number): number {
  const fixed = definition.fields.reduce((sum, field) => sum + minimumSize(field), 0);
  return fixed + numItems * itemsOf(definition).size;
}

/** Most items that one message takes where payloads may have so many bytes. */
export function itemsPerMessage(
  definition: MessageDefinition,
  maxPayload = Number.POSITIVE_INFINITY,
): number {
  const { size, most } = itemsOf(definition);
  return Math.min(most, Math.floor((maxPayload - payloadLength(definition, 0)) / size));
}

/** Size in bytes and largest number of a message's items. */
function itemsOf({ name, fields }: MessageDefinition): { readonly size: number; readonly most: number } {
  const ofAnyLength = fields.filter(
    ({ type }) => type === 'text8' || type === 'bytes16' || type === 'list16',
  );
  const [field] = ofAnyLength;
  if (ofAnyLength.length === 1 && field?.type === 'bytes16') return { size: 1, most: field.maxLength };
  if (ofAnyLength.length === 1 && field?.type === 'list16') {
    return { size: entrySize(field), most: field.maxCount };
  }
  throw new RangeError(`${name} has no single field of any number of items`);
}
