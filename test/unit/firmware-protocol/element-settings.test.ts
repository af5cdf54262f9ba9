import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentHash, hashFromHex, hashToHex } from '../../../firmware-protocol/content-hash.js';
import {
  type ElementFormat,
  packElementSettings,
  packedLength,
  unpackElementSettings,
} from '../../../firmware-protocol/element-settings.js';

const formatAndCodes = fc
  .record({
    phaseBits: fc.integer({ min: 1, max: 16 }),
    delayBits: fc.integer({ min: 0, max: 16 }),
    amplitudeBits: fc.integer({ min: 0, max: 16 }),
    lineBits: fc.integer({ min: 0, max: 16 }),
    numElements: fc.integer({ min: 1, max: 600 }),
  })
  .chain(({ numElements, ...format }) => {
    const codes = (bits: number) =>
      fc.uint16Array({ minLength: numElements, maxLength: numElements, max: 2 ** bits - 1, size: 'max' });
    return fc.record({
      format: fc.constant<ElementFormat>(format),
      phaseCode: codes(format.phaseBits),
      delayCode: format.delayBits === 0 ? fc.constant(null) : codes(format.delayBits),
      amplitudeCode: format.amplitudeBits === 0 ? fc.constant(null) : codes(format.amplitudeBits),
      lineCode: format.lineBits === 0 ? fc.constant(null) : codes(format.lineBits),
    });
  });

/** SPEC 4.1 to the letter: one string of bits, cut into bytes. */
function packSlowly(columns: readonly { code: Uint16Array | null; bits: number }[]): Uint8Array {
  const bits: number[] = [];
  for (let element = 0; element < columns[0]!.code!.length; element++) {
    for (const { code, bits: width } of columns) {
      for (let bit = 0; bit < width; bit++) bits.push((code![element]! >> bit) & 1);
    }
  }
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (const [k, bit] of bits.entries()) bytes[Math.floor(k / 8)]! += bit * 2 ** (k % 8);
  return bytes;
}

/** SPEC 4.3 with big integers. */
function hashSlowly(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) % 2n ** 64n;
  return hash;
}

describe('packing (SPEC 4.1)', () => {
  it('is the string of bits of the specification, and comes back', () => {
    fc.assert(
      fc.property(formatAndCodes, ({ format, ...codes }) => {
        const packed = packElementSettings(codes, format);
        expect(packed.length).toBe(packedLength(codes.phaseCode.length, format));
        expect(packed).toEqual(
          packSlowly([
            { code: codes.phaseCode, bits: format.phaseBits },
            { code: codes.delayCode, bits: format.delayBits },
            { code: codes.amplitudeCode, bits: format.amplitudeBits },
            { code: codes.lineCode, bits: format.lineBits },
          ]),
        );
        expect(unpackElementSettings(packed, codes.phaseCode.length, format)).toEqual(codes);
      }),
    );
  });

  const format: ElementFormat = { phaseBits: 6, delayBits: 0, amplitudeBits: 1, lineBits: 0 };
  const lineCode = null;
  const phaseCode = Uint16Array.of(1, 2, 63);
  const amplitudeCode = Uint16Array.of(1, 0, 1);
  it.each([
    [
      'a phase code that does not fit',
      { phaseCode: Uint16Array.of(1, 64, 0), delayCode: null, amplitudeCode, lineCode },
    ],
    ['a missing control', { phaseCode, delayCode: null, amplitudeCode: null, lineCode }],
    ['a control that the board lacks', { phaseCode, delayCode: phaseCode, amplitudeCode, lineCode }],
    [
      'a line selector that the board lacks',
      { phaseCode, delayCode: null, amplitudeCode, lineCode: phaseCode },
    ],
    ['a wrong length', { phaseCode, delayCode: null, amplitudeCode: Uint16Array.of(1), lineCode }],
  ])('refuses %s', (_, codes) => {
    expect(() => packElementSettings(codes, format)).toThrow(RangeError);
  });

  it('refuses formats out of range', () => {
    expect(() => packedLength(1, { ...format, phaseBits: 0 })).toThrow(/phaseBits/);
    expect(() => packedLength(1, { ...format, delayBits: 17 })).toThrow(/delayBits/);
    expect(() => packedLength(1, { ...format, lineBits: 17 })).toThrow(/lineBits/);
  });

  it('refuses packed bytes of a wrong length or with padding that is not zero', () => {
    const packed = packElementSettings({ phaseCode, delayCode: null, amplitudeCode, lineCode }, format);
    expect(() => unpackElementSettings(packed.subarray(1), 3, format)).toThrow(RangeError);
    const dirty = packed.slice();
    dirty[2]! |= 0x80;
    expect(() => unpackElementSettings(dirty, 3, format)).toThrow(/padding/);
  });
});

describe('content hash (SPEC 4.3)', () => {
  it('agrees with big integers', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400, size: 'max' }), (bytes) => {
        expect(hashFromHex(contentHash(bytes))).toBe(hashSlowly(bytes));
      }),
    );
  });
  it('has the check values', () => {
    const of = (text: string) => contentHash(new TextEncoder().encode(text));
    expect(of('')).toBe('cbf29ce484222325');
    expect(of('a')).toBe('af63dc4c8601ec8c');
    expect(of('foobar')).toBe('85944171f73967e8');
  });
  it('goes between its two forms', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (hash) => {
        expect(hashFromHex(hashToHex(hash))).toBe(hash);
      }),
    );
    expect(hashToHex(1n)).toBe('0000000000000001');
    expect(() => hashFromHex('123')).toThrow(RangeError);
    expect(() => hashFromHex('0x00000000000001')).toThrow(RangeError);
  });
});
