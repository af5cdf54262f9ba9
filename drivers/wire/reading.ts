/** What a stretch of the line says, for people and for machines. */
import { decodePayload } from '../../firmware-protocol/codec.js';
import { type Frame, FrameDecoder, type FrameError } from '../../firmware-protocol/frame.js';
import type { Sender } from '../../firmware-protocol/layout.js';
import { isReliableType, messageByType } from '../../firmware-protocol/registry.js';
import { FAULT, RECEIPT_STATUS, STATUS } from '../../firmware-protocol/status.js';

export type Side = Exclude<Sender, 'either'>;

/** A stretch of the line, decoded. */
export type Reading =
  | {
      readonly kind: 'message';
      readonly frame: Frame;
      readonly name: string;
      readonly value: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'malformed'; readonly frame: Frame; readonly name: string | null; readonly why: string }
  | { readonly kind: 'bad'; readonly error: FrameError };

let decoded: Frame | FrameError = 'tooShort';
const decoder = new FrameDecoder(
  (frame) => {
    decoded = frame;
  },
  (error) => {
    decoded = error;
  },
);
const DELIMITER = Uint8Array.of(0);

/** @param stretch bytes between two delimiters, without them. */
export function readStretch(stretch: Uint8Array, from: Side): Reading {
  decoded = 'tooShort';
  decoder.push(stretch);
  decoder.push(DELIMITER);
  if (typeof decoded === 'string') return { kind: 'bad', error: decoded };
  const frame = decoded as Frame;
  const payload = decodePayload(frame.type, frame.payload, from);
  if (payload.ok) return { kind: 'message', frame, name: payload.name, value: payload.value };
  const { kind, where } = payload.error;
  const name = messageByType(frame.type)?.name ?? null;
  return { kind: 'malformed', frame, name, why: `${kind} at ${where}` };
}

/** One line, such as `Mute #3: muted 1`. Control characters of texts are for the printer to deal with. */
export function readingText(reading: Reading): string {
  if (reading.kind === 'bad') return `no frame: ${reading.error}`;
  const { frame } = reading;
  const number = isReliableType(frame.type) ? ` #${frame.sequence}` : '';
  if (reading.kind === 'malformed') {
    const name = reading.name ?? `type 0x${frame.type.toString(16).padStart(2, '0')}`;
    return `${name}${number}: ${frame.payload.length} bytes, ${reading.why}`;
  }
  const { name, value } = reading;
  const fields = Object.entries(value).map(([key, each]) => `${key} ${fieldText(name, key, each)}`);
  return `${name}${number}${fields.length === 0 ? '' : `: ${fields.join(', ')}`}`;
}

/** The same for JSON: hashes as 16 hex digits, other wide numbers as decimal text, bytes as hex. */
export function readingJson(reading: Reading): Readonly<Record<string, unknown>> {
  if (reading.kind === 'bad') return { bad: reading.error };
  const { type, session, sequence } = reading.frame;
  const head = { type, session, sequence };
  if (reading.kind === 'malformed') return { ...head, message: reading.name, malformed: reading.why };
  const fields = JSON.parse(
    JSON.stringify(reading.value, (key, each: unknown) => {
      if (typeof each === 'bigint') return wideText(key, each);
      return each instanceof Uint8Array ? hexOf(each) : each;
    }),
  ) as unknown;
  return { ...head, message: reading.name, fields };
}

/** `00 a5 13`. */
export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/..(?=.)/g, '$& ');
}

const MOST_SHOWN = 4;

function fieldText(message: string, key: string, value: unknown): string {
  if (typeof value === 'bigint') return wideText(key, value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Uint8Array) {
    const start = hexOf(value.subarray(0, 2 * MOST_SHOWN));
    return `${value.length} bytes${value.length === 0 ? '' : ` (${start}${value.length > 2 * MOST_SHOWN ? ' …' : ''})`}`;
  }
  if (Array.isArray(value)) {
    const shown = value.slice(0, MOST_SHOWN).map((entry: Record<string, unknown>) => {
      const fields = Object.entries(entry).map(([name, each]) => `${name} ${fieldText(message, name, each)}`);
      return `[${fields.join(', ')}]`;
    });
    return `${value.length}${shown.length === 0 ? '' : ` ${shown.join(' ')}`}${value.length > MOST_SHOWN ? ' …' : ''}`;
  }
  const meaning = meaningOf(message, key, Number(value));
  return meaning === undefined ? String(value) : `${value} (${meaning})`;
}

function wideText(key: string, value: bigint): string {
  return key === 'hash' ? value.toString(16).padStart(16, '0') : String(value);
}

function meaningOf(message: string, key: string, value: number): string | undefined {
  const named = (codes: Readonly<Record<string, number>>) =>
    Object.keys(codes).find((name) => codes[name] === value);
  if (key === 'status') return named(message === 'Receipts' ? RECEIPT_STATUS : STATUS);
  if (key === 'code' && message === 'Fault') return named(FAULT);
  return undefined;
}
