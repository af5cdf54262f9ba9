import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePayload, encodePayload } from '../../../firmware-protocol/codec.js';
import { contentHash } from '../../../firmware-protocol/content-hash.js';
import { crc32c } from '../../../firmware-protocol/crc32c.js';
import { encodeFrame, type Frame, FrameDecoder } from '../../../firmware-protocol/frame.js';
import { QueueSlots } from '../../../firmware-protocol/messages/queue-slots.js';

const ascii = (text: string) => new TextEncoder().encode(text);

describe('check values', () => {
  it('CRC-32C', () => expect(crc32c(ascii('123456789'))).toBe(0xe3069283));
  it('FNV-1a 64', () => {
    expect(contentHash(ascii(''))).toBe('cbf29ce484222325');
    expect(contentHash(ascii('a'))).toBe('af63dc4c8601ec8c');
    expect(contentHash(ascii('foobar'))).toBe('85944171f73967e8');
  });
});

describe('frames', () => {
  it('come back as they were sent', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 1024, size: 'max' }),
        fc.integer({ min: 0, max: 255 }),
        fc.integer({ min: 0, max: 65535 }),
        (payload, type, word) => {
          const frame: Frame = { type, session: word, sequence: 65535 - word, payload };
          const got: Frame[] = [];
          new FrameDecoder((each) => got.push(each)).push(encodeFrame(frame));
          expect(got).toEqual([frame]);
        },
      ),
    );
  });
  it('carry typed messages', () => {
    const value = { entries: [{ slot: 7, index: 2 }] };
    const result = decodePayload(QueueSlots.type, encodePayload(QueueSlots, value), 'host');
    expect(result.ok && result.name === 'QueueSlots' && result.value.entries[0]!.slot).toBe(7);
  });
});
