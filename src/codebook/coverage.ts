/** Whether the subcarriers of a splitting beam leave directions between them (docs/model.md eq. 28). */
import { Band } from '../array/band.js';
import type { LinearArray } from '../array/linear-array.js';
import type { SubcarrierFoci } from './beam-split.js';
import { halfWidthSinAngle, SINC_HALF_POWER } from './beam-width.js';

const MOST_SUBCARRIERS = 65_535;

/** Largest |s| at which subcarriers m and m + 1 meet at half power. */
export function slopeLimit({ numElements }: LinearArray, band: Band, subcarrier = 0): number {
  const { frequenciesHz, spacingHz } = band;
  const sum = frequenciesHz[subcarrier]! + frequenciesHz[subcarrier + 1]!;
  return (2 * SINC_HALF_POWER * sum) / (numElements * spacingHz);
}

/**
 * The slope in units of what neighbours allow, where it is worst; above 1 directions are missed. The slope counts, not
 * where neighbours focus: those that lie whole strips apart would look close.
 */
export function coverageRatio(array: LinearArray, band: Band, { slope }: SubcarrierFoci): number {
  let worst = 0;
  for (let m = 0; m + 1 < band.numSubcarriers; m++) {
    worst = Math.max(worst, Math.abs(slope[m]!) / slopeLimit(array, band, m));
  }
  return worst;
}

/** Share of the directions swept from each subcarrier to the next at which neither reaches half power; 0 without neighbours. */
export function missedShare(array: LinearArray, band: Band, { slope }: SubcarrierFoci): number {
  let swept = 0;
  let missed = 0;
  for (let m = 0; m + 1 < band.numSubcarriers; m++) {
    const step = Math.abs(slope[m]!) * (band.ratio(m) - band.ratio(m + 1));
    const closed =
      halfWidthSinAngle(array, band.frequenciesHz[m]!) + halfWidthSinAngle(array, band.frequenciesHz[m + 1]!);
    swept += step;
    missed += Math.max(0, step - closed);
  }
  return swept === 0 ? 0 : missed / swept;
}

/**
 * The smallest number of subcarriers in the same bandwidth that suffices, searched upwards from that of `band`; null when
 * no band can have so many.
 *
 * @param suffices once true, true for all larger numbers.
 */
export function enoughSubcarriers(
  { carrierHz, bandwidthHz, numSubcarriers }: Band,
  suffices: (band: Band) => boolean,
): number | null {
  const does = (count: number) => suffices(new Band({ carrierHz, bandwidthHz, numSubcarriers: count }));
  let tooFew = numSubcarriers;
  let enough = MOST_SUBCARRIERS;
  if (!does(enough)) return null;
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (does(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}
