import { describe, expect, it } from 'vitest';
import { loadBytes, queueBytes } from '../../../drivers/link/link-cost.js';
import { encodePayload } from '../../../firmware-protocol/codec.js';
import { encodeFrame } from '../../../firmware-protocol/frame.js';
import { LoadCodeword } from '../../../firmware-protocol/messages/load-codeword.js';
import { QueueSlots } from '../../../firmware-protocol/messages/queue-slots.js';

/** Bytes of real frames. Contents that stuff badly: no zero to end a COBS block early, or zeros only. */
function framed(type: number, payload: Uint8Array): number {
  return encodeFrame({ type, session: 0xffff, sequence: 0xffff, payload }).length;
}

function loadFrames(packedBytes: number, fill: number): number {
  let bytes = 0;
  for (let offset = 0; offset < packedBytes; offset += 1000) {
    const data = new Uint8Array(Math.min(1000, packedBytes - offset)).fill(fill);
    const last = offset + data.length === packedBytes ? 1 : 0;
    const payload = encodePayload(LoadCodeword, { index: 0x0101, offset, last, hash: 2n ** 63n + 1n, data });
    bytes += framed(LoadCodeword.type, payload);
  }
  return bytes;
}

describe('the planned bytes hold the real frames', () => {
  it.each([1, 240, 384, 448, 512, 1000, 1001, 2500, 4096])('codewords of %i bytes', (packedBytes) => {
    for (const fill of [0, 0xff]) {
      const real = loadFrames(packedBytes, fill);
      expect(loadBytes(packedBytes)).toBeGreaterThanOrEqual(real);
      // A safe bound, but not a wasteful one: zeros need no COBS bytes, four a frame at most.
      expect(loadBytes(packedBytes)).toBeLessThanOrEqual(real + 4 * Math.ceil(packedBytes / 1000));
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
