import { describe, expect, it } from 'vitest';
import { inTurn, LinkCost, larger, linkUseInWords } from '../../../drivers/link/link-cost.js';
import { encodePayload } from '../../../firmware-protocol/codec.js';
import { encodeFrame } from '../../../firmware-protocol/frame.js';
import { LoadCodeword } from '../../../firmware-protocol/messages/load-codeword.js';
import { QueueSlots } from '../../../firmware-protocol/messages/queue-slots.js';

/** A board whose codewords have so many bytes. */
function boardOf(codewordBytes: number) {
  return { numElements: codewordBytes, phaseBits: 8, delayBits: 0, amplitudeBits: 0, lineBits: 0 };
}
const loadBytes = (codewordBytes: number) => new LinkCost(3e6, boardOf(codewordBytes)).of(1, 0).bytes;
const queueBytes = (numSlots: number) => new LinkCost(3e6, boardOf(1)).of(0, numSlots).bytes;

/** Bytes of real frames. Contents that stuff badly: no zero to end a COBS block early, or zeros only. */
function framed(type: number, payload: Uint8Array): number {
  return encodeFrame({ type, session: 0xffff, sequence: 0xffff, payload }).length;
}

function loadFrames(codewordBytes: number, fill: number): number {
  let bytes = 0;
  for (let offset = 0; offset < codewordBytes; offset += 1000) {
    const data = new Uint8Array(Math.min(1000, codewordBytes - offset)).fill(fill);
    const last = offset + data.length === codewordBytes ? 1 : 0;
    const payload = encodePayload(LoadCodeword, { index: 0x0101, offset, last, hash: 2n ** 63n + 1n, data });
    bytes += framed(LoadCodeword.type, payload);
  }
  return bytes;
}

describe('the planned bytes hold the real frames', () => {
  it.each([1, 240, 384, 448, 512, 1000, 1001, 2500, 4096])('codewords of %i bytes', (codewordBytes) => {
    for (const fill of [0, 0xff]) {
      const real = loadFrames(codewordBytes, fill);
      expect(loadBytes(codewordBytes)).toBeGreaterThanOrEqual(real);
      // A safe bound, but not a wasteful one: zeros need no COBS bytes, four a frame at most.
      expect(loadBytes(codewordBytes)).toBeLessThanOrEqual(real + 4 * Math.ceil(codewordBytes / 1000));
    }
  });

  it.each([1, 2, 60, 150, 151, 300, 1024])('%i queue entries', (numEntries) => {
    let real = 0;
    for (let first = 0; first < numEntries; first += 150) {
      const entries = Array.from({ length: Math.min(150, numEntries - first) }, (_, k) => ({
        slot: 0x01010101 + first + k,
        index: 0x0101,
      }));
      real += framed(QueueSlots.type, encodePayload(QueueSlots, { entries }));
    }
    expect(queueBytes(numEntries)).toBeGreaterThanOrEqual(real);
    expect(queueBytes(numEntries)).toBeLessThanOrEqual(real + 2 * Math.ceil(numEntries / 150));
  });
});

describe('link cost, in numbers by hand', () => {
  it('512 elements of 7 bits are 448 bytes, and 448 bytes are 476 on the link', () => {
    const board = { numElements: 512, phaseBits: 7, delayBits: 0, amplitudeBits: 0, lineBits: 0 };
    // 15 header + 448 data + 9 frame = 472; COBS adds 2, delimiters 2.
    expect(new LinkCost(3e6, board).of(1, 0).bytes).toBe(476);
    expect(new LinkCost(3e6, board).of(3, 2).bytes).toBe(3 * 476 + 26);
  });

  it('codewords above one frame are sent in chunks of 1000 bytes', () => {
    expect(loadBytes(2500)).toBe(2 * loadBytes(1000) + loadBytes(500));
    expect(loadBytes(2000)).toBe(2 * loadBytes(1000));
  });

  it('queue entries take 6 bytes each, 150 to a frame', () => {
    expect(queueBytes(1)).toBe(2 + 6 + 9 + 1 + 2);
    expect(queueBytes(300)).toBe(2 * queueBytes(150));
    expect(queueBytes(151)).toBe(queueBytes(150) + queueBytes(1));
  });

  it('a byte is ten bits; costs add up, and the larger counts', () => {
    const cost = new LinkCost(3e6, boardOf(448));
    expect(cost.of(100, 0).timeS).toBeCloseTo((100 * 476 * 10) / 3e6, 12);
    expect(inTurn(cost.of(1, 0), cost.of(0, 1)).bytes).toBe(476 + 20);
    expect(larger(cost.of(1, 0), cost.of(0, 1)).bytes).toBe(476);
    expect(inTurn(cost.none, cost.none)).toEqual({ timeS: 0, bytes: 0, baud: 3e6 });
    expect(linkUseInWords(cost.of(1, 0))).toBe('476 bytes at 3000000 baud');
  });
});
