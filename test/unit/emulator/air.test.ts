import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AirReader, AirServer, type Signal } from '../../../drivers/emulator/air.js';
import { PrivateDirectory } from '../../../drivers/emulator/private-directory.js';
import type { RadiatedWeights } from '../../../drivers/emulator/rf.js';
import { Random } from '../../../src/core/random.js';

let directory: PrivateDirectory;
beforeEach(() => {
  directory = new PrivateDirectory();
});
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
  directory.remove();
});

function weights(key: number, numElements: number, delays: boolean): RadiatedWeights {
  const random = new Random('weights', key);
  const column = () => Float64Array.from({ length: numElements }, () => random.normal());
  return { re: column(), im: column(), delayS: delays ? column() : null };
}

/** A listener that cuts what it gets into odd pieces. */
function listener(socketPath: string) {
  const heard: Signal[] = [];
  let bytes = 0;
  return new Promise<{ heard: Signal[]; bytes: () => number; until: (count: number) => Promise<void> }>(
    (resolve) => {
      const reader = new AirReader({
        onArray: (numElements) => {
          expect(numElements).toBe(16);
          resolve({
            heard,
            bytes: () => bytes,
            until: async (count) => {
              while (heard.length < count) await new Promise((done) => setTimeout(done, 5));
            },
          });
        },
        onSignal: (signal) => heard.push(signal),
      });
      const socket = connect(socketPath, () => closing.push(() => socket.destroy()));
      const random = new Random('pieces');
      socket.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        for (let at = 0; at < chunk.length; ) {
          const end = at + 1 + random.integer(300);
          reader.push(chunk.subarray(at, end));
          at = end;
        }
      });
    },
  );
}

describe('air', () => {
  it('carries exactly what is radiated to every listener, each codeword once', async () => {
    const socketPath = directory.file('air');
    const server = await AirServer.listen(socketPath, 16, false);
    closing.push(() => server.close());
    const [first, second] = await Promise.all([listener(socketPath), listener(socketPath)]);
    const codewords = Array.from({ length: 5 }, (_, k) => ({
      hash: `h${k}`,
      weights: weights(k, 16, k % 2 === 0),
    }));
    const sent = Array.from({ length: 300 }, (_, slot) => ({
      slot,
      boardTimeS: slot * 125e-6,
      fromS: 7 + slot * 125e-6,
      untilS: 7 + (slot + 1) * 125e-6,
      codeword: slot % 7 === 3 ? null : codewords[slot % 5]!,
    }));
    for (const slot of sent) server.send(slot);
    await Promise.all([first.until(300), second.until(300)]);
    const expected = sent.map(({ slot, fromS, untilS, codeword }) => ({
      slot,
      fromS,
      untilS,
      weights: codeword?.weights ?? null,
    }));
    expect(first.heard).toEqual(expected);
    expect(second.heard).toEqual(expected);
    // 5 codewords of 16 elements and 300 slots; once more a codeword a slot would be 80 kB.
    expect(first.bytes()).toBeLessThan(300 * 29 + 5 * (14 + 3 * 16 * 8) + 100);
  });

  it('tells which codeword it is also when there were more than a listener remembers', async () => {
    const server = await AirServer.listen(directory.file('air'), 16, false);
    closing.push(() => server.close());
    const { heard, until } = await listener(directory.file('air'));
    const total = 5000;
    const order = Array.from({ length: total + 200 }, (_, k) => (k < total ? k : (k * 37) % total));
    for (const [slot, key] of order.entries()) {
      const { re, im } = weights(key, 16, false);
      const codeword = { hash: `h${key}`, weights: { re, im, delayS: null } };
      server.send({ slot, boardTimeS: 0, fromS: 0, untilS: 0, codeword });
    }
    await until(order.length);
    const wrong = heard.filter(({ weights: got }, slot) => {
      const { re } = weights(order[slot]!, 16, false);
      return got!.re[0] !== re[0] || got!.re[15] !== re[15];
    });
    expect(wrong).toEqual([]);
  });
});
