import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePowerMessage, encodePowerMessage, type UnownedPowerRecord } from '../../../src/bridge/wire.js';

const LIMITS = { maxSubcarriers: 64, maxRecordsPerMessage: 100 };
const decode = (bytes: Uint8Array) => decodePowerMessage(bytes, 'ue-1', LIMITS);
const reasonOf = (bytes: Uint8Array) => {
  const decoded = decode(bytes);
  return decoded.ok ? 'ok' : decoded.malformed;
};

/** The example as the document prints it. */
function example(): Uint8Array {
  const document = readFileSync(new URL('../../../docs/ue-protocol.md', import.meta.url), 'utf8');
  const hex = /```hex\n([^`]+)```/.exec(document)![1]!;
  return Uint8Array.from(hex.trim().split(/\s+/), (byte) => Number.parseInt(byte, 16));
}
const EXAMPLE_RECORDS: UnownedPowerRecord[] = [
  { sequence: 41, slot: 1000, ueTimeS: 12.5, noiseFloor: 0.25, powers: Float32Array.of(1, 2.5) },
  { sequence: 42, slot: 1001, ueTimeS: 12.500125, noiseFloor: 0.25, powers: Float32Array.of(0, 1024) },
];

/** The example with a few bytes replaced. */
function changed(at: number, ...bytes: number[]): Uint8Array {
  const copy = example();
  copy.set(bytes, at);
  return copy;
}

const record = fc.record({
  sequence: fc.maxSafeNat().map((n) => Math.max(1, n)),
  slot: fc.nat({ max: 0xffffffff }),
  ueTimeS: fc.double({ noDefaultInfinity: true, noNaN: true }),
  noiseFloor: fc.float({ min: 0, noDefaultInfinity: true, noNaN: true }),
  powers: fc.float32Array({ min: 0, noDefaultInfinity: true, noNaN: true, minLength: 1, maxLength: 64 }),
});

describe('power messages', () => {
  it('are as the document shows, both ways', () => {
    expect(decode(example())).toEqual({
      ok: true,
      records: EXAMPLE_RECORDS.map((each) => ({ ueId: 'ue-1', ...each })),
    });
    expect(encodePowerMessage(EXAMPLE_RECORDS)).toEqual(example());
  });

  it('property: what was encoded comes back, wherever it lies in memory', () => {
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 1, maxLength: 20 }),
        fc.nat({ max: 9 }),
        fc.nat({ max: 5000 }),
        (records, before, after) => {
          const encoded = encodePowerMessage(records);
          const within = new Uint8Array(before + encoded.length + after);
          within.set(encoded, before);
          const decoded = decode(within.subarray(before, before + encoded.length));
          expect(decoded).toEqual({ ok: true, records: records.map((each) => ({ ueId: 'ue-1', ...each })) });
        },
      ),
    );
  });

  it('are read where they lie when they are aligned, and do not hold a large buffer in memory', () => {
    const alone = encodePowerMessage(EXAMPLE_RECORDS);
    const decoded = decode(alone);
    expect(decoded.ok && decoded.records[0]!.powers.buffer).toBe(alone.buffer);
    const slab = new Uint8Array(65_536);
    slab.set(alone, 1024);
    const small = decode(slab.subarray(1024, 1024 + alone.length));
    expect(small.ok && small.records[0]!.powers.buffer.byteLength).toBe(alone.length);
  });

  const negative = [0, 0, 128, 191];
  const notANumber = [0, 0, 192, 127];
  const infinite = [0, 0, 128, 127];
  it.each([
    ['too-short', example().subarray(0, 7)],
    ['too-short', new Uint8Array(0)],
    ['wrong-magic', changed(0, 0x43)],
    ['wrong-version', changed(4, 2)],
    ['reserved-not-zero', changed(5, 1)],
    ['reserved-not-zero', changed(8 + 26, 1)],
    ['no-records', changed(6, 0)],
    ['too-many-records', changed(6, 101)],
    ['wrong-length', changed(6, 1)],
    ['wrong-length', changed(6, 3)],
    ['wrong-length', example().subarray(0, 79)],
    ['wrong-length', Uint8Array.from([...example(), 0])],
    ['wrong-length', changed(44 + 24, 3)],
    ['bad-sequence', changed(8, 0)],
    ['bad-sequence', changed(8 + 6, 0x20)],
    ['bad-time', changed(8 + 8, 0, 0, 0, 0, 0, 0, 240, 127)],
    ['bad-time', changed(8 + 8, 0, 0, 0, 0, 0, 0, 248, 127)],
    ['bad-noise-floor', changed(8 + 20, ...negative)],
    ['bad-noise-floor', changed(8 + 20, ...notANumber)],
    ['no-subcarriers', changed(8 + 24, 0)],
    ['too-many-subcarriers', changed(8 + 24, 65)],
    ['bad-power', changed(8 + 28, ...negative)],
    ['bad-power', changed(8 + 32, ...notANumber)],
    ['bad-power', changed(76, ...infinite)],
  ])('are refused whole: %s', (reason, bytes) => {
    expect(reasonOf(bytes)).toBe(reason);
  });

  it('cannot be encoded without records', () => {
    expect(() => encodePowerMessage([])).toThrow(RangeError);
  });
});
