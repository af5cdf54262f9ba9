import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NearestLine } from '../../../src/realisation/nearest-line.js';

/** Tries all lines: the least that an adjustable part leaves missing, of equal ones the longest not too long, the first of equals. */
function tryingAll(lines: readonly number[], delay: number, range: number): number {
  const missing = lines.map((line) => Math.max(line - delay, delay - line - range, 0));
  const least = Math.min(...missing);
  const nearest = lines.filter((_, k) => missing[k] === least);
  const notTooLong = nearest.filter((line) => line <= delay);
  return lines.indexOf(notTooLong.length > 0 ? Math.max(...notTooLong) : Math.min(...nearest));
}

it('comes to the same line as trying all', () => {
  const delay = fc.integer({ min: 0, max: 60 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(delay, delay, delay), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: -20, max: 90 }),
      fc.integer({ min: 0, max: 12 }),
      (lines, wanted, range) => {
        const nearest = new NearestLine(lines.map((line) => Float64Array.from(line)));
        for (const n of [0, 1, 2]) {
          const ofElement = lines.map((line) => line[n]!);
          expect(nearest.of(n, wanted, range)).toBe(tryingAll(ofElement, wanted, range));
        }
      },
    ),
    { numRuns: 1000 },
  );
});
