import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { decodePayload, encodePayload } from '../../../firmware-protocol/codec.js';
import { type MessageDefinition, maximumPayloadLength } from '../../../firmware-protocol/layout.js';
import { Arm } from '../../../firmware-protocol/messages/arm.js';
import { Hello, peekHelloVersion, peekWelcomeVersion } from '../../../firmware-protocol/messages/hello.js';
import { LoadCodeword } from '../../../firmware-protocol/messages/load-codeword.js';
import { QueueSlots } from '../../../firmware-protocol/messages/queue-slots.js';
import {
  isReliableType,
  MESSAGES,
  messageByName,
  messageByType,
  type PayloadOf,
} from '../../../firmware-protocol/registry.js';
import { arbitraryPayload } from './arbitrary-message.js';

const all: readonly MessageDefinition[] = MESSAGES;

describe.each(all.map((message) => [message.name, message] as const))('%s', (name, message) => {
  it('comes back as it was sent', () => {
    fc.assert(
      fc.property(arbitraryPayload(message), (value) => {
        const bytes = encodePayload(message, value);
        expect(bytes.length).toBeLessThanOrEqual(maximumPayloadLength(message));
        expect(decodePayload(message.type, bytes)).toEqual({ ok: true, name, definition: message, value });
      }),
      { numRuns: 50 },
    );
  });

  it('is refused when a byte is missing or too many', () => {
    fc.assert(
      fc.property(arbitraryPayload(message), fc.nat(), (value, where) => {
        const bytes = encodePayload(message, value);
        const longer = decodePayload(message.type, new Uint8Array([...bytes, 0]));
        expect(longer).toMatchObject({ ok: false, error: { kind: 'trailingBytes' } });
        if (bytes.length === 0) return;
        const shorter = decodePayload(message.type, bytes.subarray(0, where % bytes.length));
        expect(shorter).toMatchObject({ ok: false, error: { kind: 'tooShort' } });
      }),
      { numRuns: 50 },
    );
  });

  it('has one encoding: whatever decodes encodes to the same bytes', () => {
    fc.assert(
      fc.property(arbitraryPayload(message), fc.nat(), fc.nat(255), (value, where, byte) => {
        const bytes = encodePayload(message, value).slice();
        if (bytes.length > 0) bytes[where % bytes.length] = byte;
        const result = decodePayload(message.type, bytes);
        if (result.ok) expect(encodePayload(message, result.value)).toEqual(bytes);
      }),
      { numRuns: 50 },
    );
  });

  it('is found by type and by name', () => {
    expect(messageByType(message.type)).toBe(message);
    expect(messageByName(name as (typeof MESSAGES)[number]['name'])).toBe(message);
    expect(isReliableType(message.type)).toBe(message.reliable);
  });
});

describe('encodePayload', () => {
  const arm = { mode: 0, firstSlot: 1, startTicks: 2n, slotTicks: 3 };
  it.each([
    [{ ...arm, mode: 2 }, 'Arm.mode must be an integer 0..1, not 2'],
    [{ ...arm, firstSlot: -1 }, 'Arm.firstSlot must be an integer 0..4294967295, not -1'],
    [{ ...arm, slotTicks: 1.5 }, 'Arm.slotTicks must be an integer 1..4294967295, not 1.5'],
    [{ ...arm, slotTicks: Number.NaN }, 'Arm.slotTicks must be an integer 1..4294967295, not NaN'],
    [{ ...arm, startTicks: -1n }, 'Arm.startTicks must be u64, not -1'],
    [{ ...arm, startTicks: 2n ** 64n }, 'Arm.startTicks must be u64, not 18446744073709551616'],
  ])('names the field that does not fit: %o', (value, message) => {
    expect(() => encodePayload(Arm, value)).toThrow(new RangeError(message));
  });

  it('refuses too many bytes and too many entries', () => {
    const chunk = { index: 0, offset: 0, last: 0, hash: 0n, data: new Uint8Array(1001) };
    expect(() => encodePayload(LoadCodeword, chunk)).toThrow(/LoadCodeword.data must be at most 1000 bytes/);
    const entries = Array.from({ length: 151 }, (_, slot) => ({ slot, index: 0 }));
    expect(() => encodePayload(QueueSlots, { entries })).toThrow(/QueueSlots.entries must be at most 150/);
  });

  it('takes its types from the layout', () => {
    expectTypeOf<PayloadOf<'Arm'>>().toEqualTypeOf<{
      readonly mode: number;
      readonly firstSlot: number;
      readonly startTicks: bigint;
      readonly slotTicks: number;
    }>();
    expectTypeOf<PayloadOf<'QueueSlots'>['entries'][number]>().toEqualTypeOf<{
      readonly slot: number;
      readonly index: number;
    }>();
    expectTypeOf<PayloadOf<'LoadCodeword'>['data']>().toEqualTypeOf<Uint8Array>();
    expectTypeOf<PayloadOf<'Welcome'>['model']>().toEqualTypeOf<string>();
  });
});

describe('decodePayload', () => {
  it('reads payloads that lie inside a larger buffer', () => {
    const bytes = encodePayload(Arm, { mode: 1, firstSlot: 9, startTicks: 8n, slotTicks: 7 });
    const larger = new Uint8Array(100).fill(0xee);
    larger.set(bytes, 33);
    const result = decodePayload(Arm.type, larger.subarray(33, 33 + bytes.length), 'host');
    expect(result).toMatchObject({
      ok: true,
      value: { mode: 1, firstSlot: 9, startTicks: 8n, slotTicks: 7 },
    });
  });

  it('gives data that later changes to the input do not reach', () => {
    const value = { index: 0, offset: 0, last: 1, hash: 0n, data: Uint8Array.of(1, 2, 3) };
    const bytes = encodePayload(LoadCodeword, value);
    const result = decodePayload(LoadCodeword.type, bytes);
    bytes.fill(0xff);
    expect(result).toMatchObject({ ok: true, value });
  });

  it('takes unknown types for reliable unless bit 6 is set (SPEC 5.1)', () => {
    expect([0x3e, 0xbe, 0x00].map(isReliableType)).toEqual([true, true, true]);
    expect([0x40, 0x7e, 0xff].map(isReliableType)).toEqual([false, false, false]);
  });
});

describe('versions of Hello and Welcome can be read whatever follows (SPEC 10.1)', () => {
  it('Hello', () => {
    const hello = {
      magic: 0x504c4d42,
      versionMajor: 9,
      versionMinor: 4,
      session: 1,
      window: 1,
      watchdogMs: 0,
    };
    const bytes = encodePayload(Hello, hello);
    expect(peekHelloVersion(bytes)).toEqual({ major: 9, minor: 4 });
    expect(peekHelloVersion(bytes.subarray(0, 6))).toEqual({ major: 9, minor: 4 });
    expect(peekHelloVersion(bytes.subarray(0, 5))).toBeNull();
    expect(peekHelloVersion(Uint8Array.of(0x42, 0x4d, 0x4c, 0x51, 1, 0))).toBeNull();
  });
  it('Welcome', () => {
    expect(peekWelcomeVersion(Uint8Array.of(3, 1, 77))).toEqual({ major: 3, minor: 1 });
    expect(peekWelcomeVersion(Uint8Array.of(3))).toBeNull();
  });
});
