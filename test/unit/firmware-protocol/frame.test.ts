import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cobsDecode, cobsEncode, maximumCobsLength } from '../../../firmware-protocol/cobs.js';
import { crc32c } from '../../../firmware-protocol/crc32c.js';
import {
  encodeFrame,
  type Frame,
  FrameDecoder,
  MAX_FRAME_LENGTH,
  MAX_PAYLOAD_LENGTH,
} from '../../../firmware-protocol/frame.js';

const ascii = (text: string) => new TextEncoder().encode(text);

/** Payloads with long runs of zeros and of non-zero bytes, the cases that COBS distinguishes. */
const arbitraryBytes = (maxLength: number) =>
  fc.oneof(
    fc.uint8Array({ maxLength, size: 'max' }),
    fc
      .array(fc.tuple(fc.nat(255), fc.integer({ min: 1, max: 300 })), { maxLength: 8 })
      .map((runs) => Uint8Array.from(runs.flatMap(([b, n]) => Array<number>(n).fill(b)).slice(0, maxLength))),
  );

const arbitraryFrame = (maxPayloadLength: number): fc.Arbitrary<Frame> =>
  fc.record(
    {
      type: fc.nat(255),
      session: fc.nat(65535),
      sequence: fc.nat(65535),
      payload: arbitraryBytes(maxPayloadLength),
    },
    { noNullPrototype: true },
  );

function decode(chunks: readonly Uint8Array[]) {
  const frames: Frame[] = [];
  const decoder = new FrameDecoder((frame) => frames.push(frame));
  for (const chunk of chunks) decoder.push(chunk);
  return { frames, counts: decoder.counts };
}

function cutAt(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, k = 0; at < bytes.length; k++) {
    const end = at + lengths[k % lengths.length]!;
    chunks.push(bytes.subarray(at, end));
    at = end;
  }
  return chunks;
}

const cuts = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 10 });

describe('CRC-32C (SPEC 3.2)', () => {
  it('has the check values', () => {
    expect(crc32c(ascii('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  });
  it('of a range is that of the bytes in it', () => {
    expect(crc32c(ascii('xx123456789yy'), 2, 11)).toBe(0xe3069283);
  });
});

describe('COBS (SPEC 3.3)', () => {
  it('has no zero, keeps to its length limit and comes back', () => {
    fc.assert(
      fc.property(arbitraryBytes(1033), (bytes) => {
        const encoded = new Uint8Array(maximumCobsLength(bytes.length));
        const length = cobsEncode(bytes, bytes.length, encoded, 0);
        expect(length).toBeLessThanOrEqual(encoded.length);
        expect(encoded.subarray(0, length).includes(0)).toBe(false);
        const decoded = new Uint8Array(bytes.length);
        expect(cobsDecode(encoded, length, decoded)).toBe(bytes.length);
        expect(decoded).toEqual(bytes);
      }),
      { numRuns: 200 },
    );
  });
});

describe('frames', () => {
  it('come back as they were sent, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(arbitraryFrame(MAX_PAYLOAD_LENGTH), { maxLength: 6 }), cuts, (frames, lengths) => {
        const wire = Uint8Array.from(frames.flatMap((frame) => [...encodeFrame(frame)]));
        const result = decode(cutAt(wire, lengths));
        expect(result.frames).toEqual(frames);
        expect(result.counts).toEqual({
          good: frames.length,
          tooLong: 0,
          badCobs: 0,
          tooShort: 0,
          badCrc: 0,
        });
      }),
    );
  });

  it('are never longer than the limit (SPEC 2.4)', () => {
    const payload = new Uint8Array(MAX_PAYLOAD_LENGTH).fill(0xa5);
    const longest = encodeFrame({ type: 0x11, session: 0x2222, sequence: 0x3333, payload });
    expect(MAX_FRAME_LENGTH).toBe(1040);
    expect(longest.length).toBe(MAX_FRAME_LENGTH);
  });

  it('refuse to be built from numbers that do not fit', () => {
    const frame: Frame = { type: 1, session: 2, sequence: 3, payload: new Uint8Array(0) };
    expect(() => encodeFrame({ ...frame, type: 256 })).toThrow(RangeError);
    expect(() => encodeFrame({ ...frame, session: -1 })).toThrow(RangeError);
    expect(() => encodeFrame({ ...frame, sequence: 65536 })).toThrow(RangeError);
    expect(() => encodeFrame({ ...frame, payload: new Uint8Array(1025) })).toThrow(RangeError);
  });

  it('give payloads that belong to the receiver', () => {
    const frames = [1, 2].map((byte) => ({
      type: byte,
      session: 0,
      sequence: 0,
      payload: new Uint8Array(20).fill(byte),
    }));
    expect(decode(frames.map(encodeFrame)).frames).toEqual(frames);
  });

  it('cannot be detected after reset from bytes before it', () => {
    const wire = encodeFrame({ type: 1, session: 2, sequence: 3, payload: ascii('payload') });
    const frames: Frame[] = [];
    const decoder = new FrameDecoder((frame) => frames.push(frame));
    decoder.push(wire.subarray(0, 10));
    decoder.reset();
    decoder.push(wire.subarray(10));
    expect(frames).toEqual([]);
    decoder.push(wire);
    expect(frames).toHaveLength(1);
  });
});

/** One piece of damage: bytes of the frame replaced by others, delimiters included. */
const damage = fc.record({
  at: fc.nat(),
  remove: fc.integer({ min: 0, max: 400 }),
  insert: fc.uint8Array({ maxLength: 40 }),
});

describe('damage (SPEC 3.4, 3.5)', () => {
  it('never costs a frame that it did not touch, and never invents one', () => {
    const item = fc.tuple(arbitraryFrame(300), fc.option(damage, { freq: 2 }));
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 8 }), cuts, (items, lengths) => {
        // The index as sequence makes every frame recognisable.
        const sent = items.map(([frame], k) => ({ ...frame, sequence: k }));
        const wire = items.flatMap(([, hit], k) => {
          const bytes = [...encodeFrame(sent[k]!)];
          if (hit !== null) bytes.splice(hit.at % bytes.length, hit.remove, ...hit.insert);
          return bytes;
        });
        const got = decode(cutAt(Uint8Array.from(wire), lengths)).frames;
        expect(got.filter((frame) => items[frame.sequence]?.[1] === null)).toEqual(
          sent.filter((_, k) => items[k]![1] === null),
        );
        for (const frame of got) expect(frame).toEqual(sent[frame.sequence]);
      }),
      { numRuns: 300 },
    );
  });

  it('of a single byte is always noticed', () => {
    const wire = encodeFrame({ type: 0x04, session: 0xbeef, sequence: 7, payload: ascii('a\0bc\0\0defgh') });
    for (let at = 0; at < wire.length; at++) {
      for (let flip = 1; flip < 256; flip++) {
        const hurt = wire.slice();
        hurt[at]! ^= flip;
        expect(decode([hurt, Uint8Array.of(0)]).frames).toEqual([]);
      }
    }
  });
});

/** A Uint8Array that counts how often an element of it is read. */
function counted(bytes: Uint8Array): { view: Uint8Array; reads: () => number } {
  let reads = 0;
  const view = new Proxy(bytes, {
    get(target, key) {
      if (typeof key === 'string' && /^\d+$/.test(key)) reads++;
      return Reflect.get(target, key, target) as unknown;
    },
  });
  return { view, reads: () => reads };
}

describe('effort is linear (SPEC 3.5)', () => {
  const size = 5_000;
  const streams: Record<string, Uint8Array> = {
    'no delimiter at all': new Uint8Array(size).fill(0x55),
    'only delimiters': new Uint8Array(size),
    'shortest stretches': Uint8Array.from({ length: size }, (_, k) => k % 2),
    'stretches of maximum length': Uint8Array.from({ length: size }, (_, k) => (k % 1039 === 0 ? 0 : 0xff)),
    'codes of 1': Uint8Array.from({ length: size }, (_, k) => (k % 1039 === 0 ? 0 : 1)),
  };
  it.each(Object.entries(streams))('%s: the decoder reads every byte once', (_, stream) => {
    for (const cut of [size, 777, 1]) {
      const decoder = new FrameDecoder(() => {});
      let total = 0;
      for (let at = 0; at < size; at += cut) {
        const { view, reads } = counted(stream.subarray(at, at + cut));
        decoder.push(view);
        total += reads();
      }
      expect(total).toBe(size);
    }
  });

  it('opening a stretch reads each of its bytes once for COBS and at most once for the CRC', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 1038, min: 1, size: 'max' }), (stretch) => {
        const raw = new Uint8Array(1033);
        const cobs = counted(stretch);
        const length = cobsDecode(cobs.view, stretch.length, raw);
        expect(cobs.reads()).toBeLessThanOrEqual(stretch.length);
        const crc = counted(raw);
        crc32c(crc.view, 0, Math.max(0, length));
        expect(crc.reads()).toBe(Math.max(0, length));
      }),
    );
  });
});
