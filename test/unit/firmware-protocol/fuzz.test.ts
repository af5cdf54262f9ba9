/**
 * One million random and mutated chunks into each end's frame decoder and payload decoder. After every chunk comes a good
 * frame, which must be decoded, whatever the chunk was.
 */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePayload, encodePayload } from '../../../firmware-protocol/codec.js';
import { encodeFrame, type Frame, FrameDecoder } from '../../../firmware-protocol/frame.js';
import type { MessageDefinition } from '../../../firmware-protocol/layout.js';
import { MESSAGES } from '../../../firmware-protocol/registry.js';
import { Random } from '../../../src/core/random.js';
import { arbitraryPayload } from './arbitrary-message.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes that the process still holds after garbage collection. */
function heldBytes(): number {
  // Array buffers are swept in the background; the second collection waits for the first one's sweep.
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

interface Sample {
  readonly type: number;
  readonly payload: Uint8Array;
  readonly wire: Uint8Array;
}

/** Good messages of one sender, with their frames, shortest first. */
function samplesFrom(sender: 'host' | 'board', seed: number): Sample[] {
  const definitions = (MESSAGES as readonly MessageDefinition[]).filter(
    (each) => each.sender === sender || each.sender === 'either',
  );
  const samples = definitions.flatMap((definition) =>
    fc.sample(arbitraryPayload(definition), { numRuns: 12, seed }).map((value, k) => {
      const payload = encodePayload(definition, value);
      const frame: Frame = { type: definition.type, session: 0xbeef, sequence: k, payload };
      return { type: definition.type, payload, wire: encodeFrame(frame) };
    }),
  );
  return samples.sort((a, b) => a.wire.length - b.wire.length);
}

const scratch = new Uint8Array(8192);

/** Copies `bytes` into the scratch buffer with one to four random edits; returns what was made. */
function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  scratch.set(bytes);
  let length = bytes.length;
  for (let edits = 1 + random.integer(4); edits > 0 && length > 0; edits--) {
    const at = random.integer(length);
    const span = Math.min(1 + random.integer(8), length - at);
    switch (random.integer(6)) {
      case 0: // flip bits
        scratch[at]! ^= 1 << random.integer(8);
        break;
      case 1: // any byte
        scratch[at] = random.integer(256);
        break;
      case 2: // drop a span
        scratch.copyWithin(at, at + span, length);
        length -= span;
        break;
      case 3: // double a span
        scratch.copyWithin(at + span, at, length);
        length += span;
        break;
      case 4: // cut the rest off
        length = at;
        break;
      default: // a delimiter or the largest block code in the middle
        scratch[at] = random.integer(2) * 0xff;
    }
  }
  return scratch.subarray(0, length);
}

function randomBytes(random: Random, length: number): Uint8Array {
  for (let k = 0; k < length; k++) scratch[k] = random.uint32();
  return scratch.subarray(0, length);
}

/** One chunk of trouble. */
function nextChunk(samples: readonly Sample[], random: Random): Uint8Array {
  // Short ones more often: they are as much trouble per chunk as long ones, in less time.
  const sample = samples[random.integer(1 + random.integer(samples.length))]!;
  switch (random.integer(8)) {
    case 0:
      return randomBytes(random, random.integer(64));
    case 1: // long enough to overrun a frame, now and then
      return randomBytes(random, random.integer(random.integer(64) === 0 ? 4096 : 120));
    case 2: // a frame with a good CRC around a damaged payload: this reaches the payload decoder
    case 3: {
      const payload = mutate(sample.payload, random).slice(0, 1024);
      return encodeFrame({ type: sample.type, session: 0xbeef, sequence: 0, payload });
    }
    case 4: {
      const payload = randomBytes(random, random.integer(48)).slice();
      return encodeFrame({ type: random.integer(256), session: 0xbeef, sequence: 0, payload });
    }
    default:
      return mutate(sample.wire, random);
  }
}

describe.each([
  ['the board', 'host'],
  ['the host', 'board'],
] as const)('what %s receives', (_, sender) => {
  it('1,000,000 random and mutated chunks: no crash, bounded memory, every following good frame decoded', () => {
    const random = new Random(1, 'fuzz', sender);
    const samples = samplesFrom(sender, 1);
    // Small ones follow the trouble, so that most of the effort goes into the trouble.
    const good = samples.filter((each) => each.wire.length < 64);
    const outcomes = new Map<string, number>();
    let last: Frame | undefined;
    const decoder = new FrameDecoder((frame) => {
      last = frame;
      const result = decodePayload(frame.type, frame.payload, sender);
      const outcome = result.ok ? 'ok' : result.error.kind;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    });
    const heldBefore = heldBytes();
    for (let k = 0; k < 1_000_000; k++) {
      decoder.push(nextChunk(samples, random));
      const follower = good[k % good.length]!;
      last = undefined;
      const cut = random.integer(follower.wire.length);
      decoder.push(follower.wire.subarray(0, cut));
      decoder.push(follower.wire.subarray(cut));
      const frame = last as Frame | undefined;
      if (frame?.type !== follower.type || Buffer.compare(frame.payload, follower.payload) !== 0) {
        throw new Error(`chunk ${k} cost the good frame after it`);
      }
    }
    expect(heldBytes() - heldBefore).toBeLessThan(4 * 2 ** 20);
    // The trouble was trouble: every way of failing was met, on both levels.
    for (const [error, count] of Object.entries(decoder.counts)) expect(count, error).toBeGreaterThan(100);
    for (const kind of [
      'unknownType',
      'wrongSender',
      'tooShort',
      'trailingBytes',
      'badCount',
      'outOfRange',
    ]) {
      expect(outcomes.get(kind), kind).toBeGreaterThan(100);
    }
    expect(outcomes.get('ok')).toBeGreaterThanOrEqual(1_000_000);
  }, 600_000);
});

it('an endless stretch without a delimiter is not kept', () => {
  const decoder = new FrameDecoder(() => {});
  const heldBefore = heldBytes();
  for (let k = 0; k < 500; k++) decoder.push(new Uint8Array(65536).fill(0x55));
  expect(heldBytes() - heldBefore).toBeLessThan(2 ** 20);
  decoder.push(Uint8Array.of(0));
  expect(decoder.counts).toEqual({ good: 0, tooLong: 1, badCobs: 0, tooShort: 0, badCrc: 0 });
});
