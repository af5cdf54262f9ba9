import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MultipartReader } from '../../../src/camera/multipart.js';

function readerOf(longestPart = 1000) {
  const parts: string[] = [];
  let broken = 0;
  const reader = new MultipartReader({
    boundary: 'edge',
    longestPart,
    onPart: (bytes) => parts.push(Buffer.from(bytes).toString('latin1')),
    onBroken: () => broken++,
  });
  return { reader, parts, broken: () => broken };
}

const part = (content: string, withLength: boolean) =>
  `--edge\r\nContent-Type: image/jpeg\r\n${withLength ? `Content-Length: ${content.length}\r\n` : ''}\r\n${content}\r\n`;

describe('parts of a stream', () => {
  it.each([true, false])('come out whole however the bytes are cut, with lengths: %s', (withLength) => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 40 }).filter((text) => !text.includes('--'))),
        fc.integer({ min: 1, max: 50 }),
        (contents, step) => {
          const { reader, parts } = readerOf();
          const bytes = Buffer.from(
            `${contents.map((each) => part(each, withLength)).join('')}--edge`,
            'latin1',
          );
          for (let at = 0; at < bytes.length; at += step) reader.push(bytes.subarray(at, at + step));
          expect(parts).toEqual(contents.map((each) => Buffer.from(each, 'latin1').toString('latin1')));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('that are too long are given up, and the next one is read', () => {
    for (const withLength of [true, false]) {
      const { reader, parts, broken } = readerOf(100);
      for (let k = 0; k < 50; k++) {
        reader.push(Buffer.from(k === 0 ? part('x'.repeat(10_000), withLength).slice(0, -2) : ''));
        expect(reader.numHeld).toBeLessThan(20_000);
      }
      reader.push(Buffer.from(`\r\n${part('next', withLength)}--edge`));
      expect(parts).toEqual(['next']);
      expect(broken()).toBe(1);
    }
  });

  it('before the first boundary are nobody’s, and take no memory', () => {
    const { reader, parts } = readerOf();
    for (let k = 0; k < 100; k++) reader.push(Buffer.alloc(1000, 'x'));
    expect(reader.numHeld).toBeLessThan(100);
    reader.push(Buffer.from(`${part('first', true)}`));
    expect(parts).toEqual(['first']);
  });
});
