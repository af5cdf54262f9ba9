import type { AntennaArray } from '../array/antenna-array.js';
import { BeamloopError } from '../core/errors.js';

/** Settings of elements that are kept at once: a phase has eight bytes. */
export const MAX_SETTINGS = 48_000_000;

/** Throws BAD_ARGUMENT when so many codewords of the array are more than what is kept at once. */
export function requireFewCodewords(
  what: string,
  numCodewords: number,
  { numElements }: Pick<AntennaArray, 'numElements'>,
): void {
  if (numCodewords * numElements <= MAX_SETTINGS) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `${what} has ${numCodewords} codewords of ${numElements} elements; ${MAX_SETTINGS} settings of elements are the most`,
    todo: 'Use fewer elements, rings or pilots, or another scheme',
  });
}
