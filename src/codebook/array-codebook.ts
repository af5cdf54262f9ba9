/** The codebook that an array's schemes choose from: polar for linear arrays, a grid of two angles for planar ones. */
import { BeamloopError } from '../core/errors.js';
import { PlanarCodebook } from './planar.js';
import { PolarCodebook } from './polar.js';

export type ArrayCodebook = PolarCodebook | PlanarCodebook;

/**
 * @param what needs it: `Scheme dpc`.
 * @throws BAD_ARGUMENT for that of a planar array.
 */
export function requirePolar(codebook: ArrayCodebook, what: string): PolarCodebook {
  if (codebook instanceof PolarCodebook) return codebook;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `${what} is for linear arrays, and the array is planar`,
    todo: 'Give elements of the array in place of rows and columns; docs/schemes.md lists the schemes for planar arrays',
  });
}

/** @throws BAD_ARGUMENT for that of a linear array. */
export function requirePlanar(codebook: ArrayCodebook, what: string): PlanarCodebook {
  if (codebook instanceof PlanarCodebook) return codebook;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `${what} is for planar arrays, and the array is linear`,
    todo: 'Give rows and columns of the array in place of elements, two rows or more',
  });
}
