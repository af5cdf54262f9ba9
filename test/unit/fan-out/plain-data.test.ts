/** What goes through bytes comes out to the bit, and what differs has another digest. */
import { describe, expect, it } from 'vitest';
import type { Simulation } from '../../../src/fan-out/executor.js';
import { decodeData, digestOfJobs, encodeData } from '../../../src/fan-out/plain-data.js';
import { jobsOf } from '../../../src/fan-out/user-job.js';

/** NaN with a payload and with its sign, -0, infinities, the smallest number, and one that no float has. */
const DOUBLES = BigUint64Array.of(
  0x7ff8000000000001n,
  0xfff8dead_beef_0000n,
  0x8000000000000000n,
  0x7ff0000000000000n,
  0xfff0000000000000n,
  0x0000000000000001n,
  0x3fb999999999999an,
);
const FLOATS = Uint32Array.of(0x7fc00123, 0xffc00001, 0x80000000, 0x7f800000, 0x00000001, 0x3dcccccd);

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('hex');

describe('plain data', () => {
  it.each<[string, ArrayBufferView]>([
    ['doubles', new Float64Array(DOUBLES.buffer)],
    ['floats', new Float32Array(FLOATS.buffer)],
    ['a part of a larger buffer', new Float64Array(DOUBLES.buffer, 8, 3)],
    ['floats at an odd place', new Float32Array(FLOATS.buffer, 4, 3)],
    ['whole numbers', Int32Array.of(-1, 0, 2 ** 31 - 1, -(2 ** 31))],
    ['bytes', Uint8Array.of(0, 255, 128)],
    ['nothing', new Float64Array(0)],
  ])('of %s is the same to the bit', (_, values) => {
    // Something in front of it, so that it begins anywhere.
    for (const before of ['', 'x', 'xyz']) {
      const found = decodeData(encodeData({ before, values })) as { values: ArrayBufferView };
      expect(found.values.constructor).toBe(values.constructor);
      expect(bytesOf(found.values)).toBe(bytesOf(values));
    }
  });

  it('has another digest where a number of it is another, be it -0 or NaN', () => {
    const digestOf = (snr: unknown, program = 'p') => {
      const simulation: Simulation = { kind: 'k', study: { model: { snr } }, traced: false };
      return digestOfJobs(program, simulation, jobsOf([30], 20), null);
    };
    const digests = [0, -0, NaN, Infinity, null, '0'].map((snr) => digestOf(snr));
    expect(new Set([...digests, digestOf(0, 'q')]).size).toBe(7);
    expect(digestOf(0)).toBe(digests[0]);
  });
});
