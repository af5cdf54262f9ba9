/** What can be seen of a wrong place of the receiver where there is but one: phases that are smooth over the array (docs/model.md eq. 128). */
import type { AntennaArray, PlaceM } from '../../src/array/antenna-array.js';
import { ViewedArray } from './receiver-view.js';
import { fitView } from './view-fit.js';

/** Standard deviations of chance in one coordinate that are not called a sign of anything. */
const SEEN = 4;

export interface OnePosition {
  /** False: from one position geometry cannot be told from errors, and nothing was taken off these. */
  readonly toldFromErrors: false;
  /** Whether the errors have a trend over the array that chance does not explain. */
  readonly trend: boolean;
  /** Where the receiver would be instead, if the trend were its place: across the line of sight and away from the array, m; 0 without a trend. */
  readonly acrossM: number;
  readonly awayM: number;
  /** The least displacement that would be seen so, m; Infinity where none would: errors that are random altogether hide all. */
  readonly seeableAcrossM: number;
  readonly seeableAwayM: number;
  /** In words. */
  readonly note: string;
}

/**
 * Errors of one element have nothing to do with its neighbour's; the phases of a wrong place have. A trend may still be of the array
 * (heat, bending), so it is told and not taken off.
 *
 * @param phaseErrorRad as found with the receiver at `placeM`, shape [numElements].
 * @param follows 1 for elements that count.
 */
export function seenFromOnePosition(
  array: AntennaArray,
  placeM: PlaceM,
  phaseErrorRad: Float64Array,
  follows: Uint8Array,
): OnePosition {
  const viewed = new ViewedArray(array);
  const nominal = viewed.viewOf(placeM);
  const ideal = viewed.phaseRad(nominal);
  const product = {
    re: ideal.map((rad, n) => follows[n]! * Math.cos(rad + phaseErrorRad[n]!)),
    im: ideal.map((rad, n) => follows[n]! * Math.sin(rad + phaseErrorRad[n]!)),
  };
  const fit = fitView(viewed, product, nominal, true);
  const distanceM = 1 / nominal[2];
  // The best of so many sums of random phases is so long by chance; one in a thousand is longer.
  const chance = Math.sqrt(Math.log(1000 * fit.numLooked) / array.numElements);
  if (fit.coherence < chance) {
    return {
      ...{ toldFromErrors: false, trend: false, acrossM: 0, awayM: 0 },
      ...{ seeableAcrossM: Infinity, seeableAwayM: Infinity },
      note: 'From one position the place of the receiver cannot be told from errors; these are random altogether, so nothing of a wrong place can be seen',
    };
  }
  const off = fit.view.map((x, axis) => x - nominal[axis]!);
  const seen = off.map((x, axis) => fit.sigma[axis]! > 0 && Math.abs(x) > SEEN * fit.sigma[axis]!);
  const trend = seen.some(Boolean);
  const acrossM = distanceM * Math.hypot(seen[0] ? off[0]! : 0, seen[1] ? off[1]! : 0);
  const awayM = seen[2] ? 1 / Math.max(fit.view[2], 1e-9) - distanceM : 0;
  const seeableAcrossM = SEEN * distanceM * Math.max(fit.sigma[0], fit.sigma[1]);
  const seeableAwayM = SEEN * fit.sigma[2] * distanceM ** 2;
  const limits = `${metres(seeableAcrossM)} across or ${metres(seeableAwayM)} away`;
  return {
    ...{ toldFromErrors: false, trend, acrossM, awayM, seeableAcrossM, seeableAwayM },
    note: trend
      ? `The errors have a trend over the array, as a receiver would bring that is ${metres(acrossM)} aside and ${metres(Math.abs(awayM))} ${awayM < 0 ? 'nearer' : 'farther'} than said. ` +
        'It may be the array itself: from one position the two cannot be told apart, and nothing was taken off'
      : `From one position the place of the receiver cannot be told from errors. A displacement by less than about ${limits} would not be seen in these`,
  };
}

/** As people say it. */
export function metres(value: number): string {
  return value < 1 ? `${(100 * value).toPrecision(2)} cm` : `${value.toPrecision(3)} m`;
}
