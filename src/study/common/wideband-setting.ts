/** From the array section of a study of the whole band to array, band and sector. */
import { Band } from '../../array/band.js';
import type { Sector } from '../../array/focal-point.js';
import type { LinearArray } from '../../array/linear-array.js';
import type { WidebandArraySection } from './file-sections.js';
import { buildArray } from './study-array.js';

export interface WidebandSetting {
  readonly array: LinearArray;
  readonly band: Band;
  readonly sector: Sector;
}

export function buildSetting({ array }: { readonly array: WidebandArraySection }): WidebandSetting {
  return {
    array: buildArray(array, array.elements),
    band: new Band({
      carrierHz: array.carrier,
      bandwidthHz: array.bandwidth,
      numSubcarriers: array.subcarriers,
    }),
    sector: array.sector,
  };
}
