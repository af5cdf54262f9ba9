import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodePayload, encodePayload } from '../../../firmware-protocol/codec.js';
import { contentHash } from '../../../firmware-protocol/content-hash.js';
import { packElementSettings, unpackElementSettings } from '../../../firmware-protocol/element-settings.js';
import { encodeFrame, type Frame, FrameDecoder } from '../../../firmware-protocol/frame.js';
import type { Field, MessageDefinition, MessageOf, Sender } from '../../../firmware-protocol/layout.js';
import { MESSAGES, type MessageName, messageByName } from '../../../firmware-protocol/registry.js';

type Json = number | string | Json[] | { [key: string]: Json };

interface FrameVector {
  readonly why: string;
  readonly type: string;
  readonly session: number;
  readonly sequence: number;
  readonly payload: string;
  readonly frame: string;
}
interface MessageVector extends FrameVector {
  readonly name: MessageName;
  readonly sender: Sender;
  readonly value: { [key: string]: Json };
}

function read<T>(name: string): T {
  const url = new URL(`../../../firmware-protocol/vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as T;
}

function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

/** JSON forms to the codec's: u64 strings to bigint, hexadecimal to bytes. */
function fromJson(fields: readonly Field[], value: { [key: string]: Json }): MessageOf<MessageDefinition> {
  return Object.fromEntries(
    fields.map((field) => {
      const json = value[field.name]!;
      if (field.type === 'u64') return [field.name, BigInt(json as string)];
      if (field.type === 'bytes16') return [field.name, bytes(json as string)];
      if (field.type === 'list16') {
        return [
          field.name,
          (json as { [key: string]: Json }[]).map((entry) => fromJson(field.fields, entry)),
        ];
      }
      return [field.name, json];
    }),
  );
}

function frameOf(vector: FrameVector): Frame {
  return {
    type: Number(vector.type),
    session: vector.session,
    sequence: vector.sequence,
    payload: bytes(vector.payload),
  };
}

function decodeAll(input: Uint8Array, cut = input.length) {
  const frames: Frame[] = [];
  const errors: string[] = [];
  const decoder = new FrameDecoder(
    (frame) => frames.push(frame),
    (error) => errors.push(error),
  );
  for (let at = 0; at < input.length; at += cut) decoder.push(input.subarray(at, at + cut));
  return { frames, errors };
}

describe('messages.json', () => {
  const vectors = read<MessageVector[]>('messages');

  it('has every message in the registry, and Ack both ways', () => {
    expect(new Set(vectors.map((each) => each.name))).toEqual(new Set(MESSAGES.map((each) => each.name)));
    for (const message of MESSAGES) {
      const senders = new Set(
        vectors.filter((each) => each.name === message.name).map((each) => each.sender),
      );
      expect(senders).toEqual(new Set(message.sender === 'either' ? ['host', 'board'] : [message.sender]));
    }
  });

  it.each(vectors.map((each) => [`${each.name}: ${each.why}`, each] as const))('%s', (_, vector) => {
    const definition: MessageDefinition = messageByName(vector.name);
    const value = fromJson(definition.fields, vector.value);
    const frame = frameOf(vector);
    expect(definition.type).toBe(frame.type);
    expect(encodePayload(definition, value)).toEqual(frame.payload);
    expect(encodeFrame(frame)).toEqual(bytes(vector.frame));
    expect(decodeAll(bytes(vector.frame))).toEqual({ frames: [frame], errors: [] });
    const result = decodePayload(frame.type, frame.payload, vector.sender);
    expect(result).toMatchObject({ ok: true, name: vector.name, value });
  });
});

describe('worked examples', () => {
  const spec = readFileSync(new URL('../../../firmware-protocol/SPEC.md', import.meta.url), 'utf8');
  it('SPEC 3.6 is the vector for it, and 4.2 and 4.6 likewise', () => {
    const clock = read<MessageVector[]>('messages').find((each) => each.why === 'SPEC 3.6')!;
    const codewords = read<{ why: string; bytes: string; hash: string }[]>('codewords');
    const codeword = codewords.find((each) => each.why === 'SPEC 4.2')!;
    const lined = codewords.find((each) => each.why === 'SPEC 4.6')!;
    expect(spec).toContain(`the 5 bytes \`${lined.bytes}\`, hash 0x${lined.hash.toUpperCase()}.`);
    expect(spec).toContain(`| on the line, 16 bytes | \`${clock.frame}\` |`);
    expect(spec).toContain(`gives the 5 bytes \`${codeword.bytes}\``);
    expect(spec).toContain(`| \`${codeword.bytes}\` (4.2) | 0x${codeword.hash.toUpperCase()} |`);
  });
});

describe('frames.json', () => {
  const vectors = read<(FrameVector & { canonical: boolean })[]>('frames');
  it.each(vectors.map((each) => [each.why, each] as const))('%s', (_, vector) => {
    const frame = frameOf(vector);
    const wire = bytes(vector.frame);
    for (const cut of [wire.length, 1, 7]) {
      expect(decodeAll(wire, cut)).toEqual({ frames: [frame], errors: [] });
    }
    if (vector.canonical) expect(encodeFrame(frame)).toEqual(wire);
    else expect(encodeFrame(frame)).not.toEqual(wire);
  });
});

describe('bad-frames.json', () => {
  const { followedBy, cases } = read<{
    followedBy: FrameVector;
    cases: { why: string; bytes: string; errors: string[] }[];
  }>('bad-frames');
  it.each(cases.map((each) => [each.why, each] as const))('%s', (_, bad) => {
    const input = new Uint8Array([...bytes(bad.bytes), ...bytes(followedBy.frame)]);
    for (const cut of [input.length, 1, 7]) {
      expect(decodeAll(input, cut)).toEqual({ frames: [frameOf(followedBy)], errors: bad.errors });
    }
  });
});

describe('bad-payloads.json', () => {
  const vectors =
    read<{ why: string; type: string; sender: Sender; payload: string; error: string }[]>('bad-payloads');
  it.each(vectors.map((each) => [each.why, each] as const))('%s', (_, bad) => {
    const result = decodePayload(Number(bad.type), bytes(bad.payload), bad.sender);
    expect(result).toMatchObject({ ok: false, error: { kind: bad.error } });
  });
});

describe('codewords.json', () => {
  const vectors =
    read<
      {
        why: string;
        phaseBits: number;
        delayBits: number;
        amplitudeBits: number;
        lineBits: number;
        phaseCode: number[];
        delayCode: number[] | null;
        amplitudeCode: number[] | null;
        lineCode: number[] | null;
        bytes: string;
        hash: string;
      }[]
    >('codewords');
  it.each(vectors.map((each) => [each.why, each] as const))('%s', (_, vector) => {
    const codes = {
      phaseCode: Uint16Array.from(vector.phaseCode),
      delayCode: vector.delayCode && Uint16Array.from(vector.delayCode),
      amplitudeCode: vector.amplitudeCode && Uint16Array.from(vector.amplitudeCode),
      lineCode: vector.lineCode && Uint16Array.from(vector.lineCode),
    };
    const packed = bytes(vector.bytes);
    expect(packElementSettings(codes, vector)).toEqual(packed);
    expect(unpackElementSettings(packed, vector.phaseCode.length, vector)).toEqual(codes);
    expect(contentHash(packed)).toBe(vector.hash);
  });
});
