/** What a user would receive of the pilots that were sent, for `judge` to hold the powers against. */
import type { FocalPoint } from '../array/focal-point.js';
import type { LinearArray } from '../array/linear-array.js';
import { travelTimeDifferenceS } from '../channel/wideband/response.js';
import { halfWidthRingPerM } from '../codebook/beam-width.js';
import type { Codeword } from '../codebook/codeword.js';
import { wrappedRad } from '../core/turns.js';
import type { GainsAt } from './evidence.js';
import type { Estimate } from './scheme.js';

/** Elements times pilots beyond which gains are not computed: they would keep the board waiting. */
const MOST_WEIGHTS = 2 ** 25;
/** How far a user may be from the codeword that was found for it: in beams 2/N apart, and in half-widths of the ring. */
const DIRECTIONS = [0, -0.5, -0.25, 0.25, 0.5];
const RINGS = [0, -1, -0.5, 0.5, 1];
/** At the very edge of the half-plane every ring shrinks to the array's centre. */
const LARGEST_SINE = 1 - 1e-6;

/** The estimate's own place, then those around it that the same codeword may serve. */
export function placesAround(array: LinearArray, { sinAngle, ringPerM }: FocalPoint): FocalPoint[] {
  const step = 2 / array.numElements;
  const ringStep = halfWidthRingPerM(array, array.carrierHz);
  const largestRing = 1 / array.wavelengthM;
  const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));
  return RINGS.flatMap((ring) =>
    DIRECTIONS.map((direction) => ({
      sinAngle: clamp(sinAngle + direction * step, -LARGEST_SINE, LARGEST_SINE),
      ringPerM: clamp(ringPerM + ring * ringStep, 0, largestRing),
    })),
  );
}

export function pointOfEstimate({ codeword: { label }, angleRad, distanceM }: Estimate): FocalPoint {
  // The label also tells the ring of a direction along the array, where every distance is 0.
  if (label.kind === 'serving') return { sinAngle: label.sinAngle, ringPerM: label.ringPerM };
  const sinAngle = Math.sin(angleRad);
  return { sinAngle, ringPerM: Number.isFinite(distanceM) ? (1 - sinAngle ** 2) / (2 * distanceM) : 0 };
}

/** Power gains of pilots at the carrier, shape [numPilots]; null where there are too many to compute in passing. */
export function carrierGains(array: LinearArray, pilots: readonly Codeword[]): GainsAt | null {
  const { numElements, carrierHz } = array;
  if (pilots.length * numElements > MOST_WEIGHTS) return null;
  return (place) => {
    const travelS = travelTimeDifferenceS(array, place, 'exact');
    const travelRad = travelS.map((timeS) => wrappedRad(carrierHz * timeS));
    return Float64Array.from(pilots, ({ phaseRad, delayS, amplitude }) => {
      let re = 0;
      let im = 0;
      for (let n = 0; n < numElements; n++) {
        const delayRad = delayS === null ? 0 : wrappedRad(carrierHz * delayS[n]!);
        const rad = phaseRad[n]! - travelRad[n]! - delayRad;
        const weight = amplitude === null ? 1 : amplitude[n]!;
        re += weight * Math.cos(rad);
        im += weight * Math.sin(rad);
      }
      return re * re + im * im;
    });
  };
}
