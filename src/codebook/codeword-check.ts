import { BeamloopError } from '../core/errors.js';
import type { Codeword } from './codeword.js';

/**
 * For functions that programs give codewords of their own making.
 *
 * @throws BAD_ARGUMENT for lists of different lengths, or of another length than asked for, and for values that are none.
 */
export function checkCodeword(
  { key, phaseRad, delayS, amplitude }: Codeword,
  numElements = phaseRad.length,
): void {
  for (const [name, values] of [
    ['phases', phaseRad],
    ['delays', delayS],
    ['amplitudes', amplitude],
  ] as const) {
    if (values === null) continue;
    if (values.length !== phaseRad.length) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: `Codeword ${key} has ${phaseRad.length} phases and ${values.length} ${name}`,
        where: 'codeword',
      });
    }
    const at = firstThatIsNone(values, name === 'amplitudes' ? 0 : Number.NEGATIVE_INFINITY);
    if (at < 0) continue;
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `Codeword ${key} has ${values[at]} among its ${name} (element ${at + 1})`,
      where: 'codeword',
    });
  }
  if (phaseRad.length === numElements) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `Codeword ${key} has ${phaseRad.length} elements, the array ${numElements}`,
    where: 'codeword',
    todo: 'Use a codebook of the same array',
  });
}

/** Index of the first value that is no finite number from `least` on; -1 where there is none. */
function firstThatIsNone(values: Float64Array, least: number): number {
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!;
    if (!(value >= least && value < Number.POSITIVE_INFINITY) || value === Number.NEGATIVE_INFINITY) return k;
  }
  return -1;
}
