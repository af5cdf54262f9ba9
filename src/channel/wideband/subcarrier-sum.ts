import type { Band } from '../../array/band.js';
import { DirectSum } from './direct-sum.js';
import type { SubcarrierSum } from './response.js';

/** The fastest evaluation there is for arrays of so many elements. */
export function createSubcarrierSum(_numElements: number, band: Band): SubcarrierSum {
  return new DirectSum(band);
}
