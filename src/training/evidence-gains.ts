/** What a user would receive of the pilots that were sent, for `judge` to hold the powers against. */
import type { AntennaArray, PlaceM } from '../array/antenna-array.js';
import { vectorOf } from '../array/array-frame.js';
import type { FocalPoint } from '../array/focal-point.js';
import type { LinearArray } from '../array/linear-array.js';
import type { PlanarArray } from '../array/planar-array.js';
import { travelTimeDifferenceS } from '../channel/wideband/response.js';
import { halfWidthRingPerM } from '../codebook/beam-width.js';
import type { Codeword } from '../codebook/codeword.js';
import type { PlanarCodebook } from '../codebook/planar.js';
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
  const { carrierHz } = array;
  return gainsByTravel(array, pilots, (place) =>
    travelTimeDifferenceS(array, place, 'exact').map((timeS) => wrappedRad(carrierHz * timeS)),
  );
}

/** How far a user may be from the beam that was found for it, in beams of the grid: a search may miss the nearest by one. */
const BEAMS = [0, -0.5, 0.5, -0.25, 0.25, -1, 1];
/** Over the distance where the far field begins. */
const DISTANCES = [10, 1 / 2, 1 / 8];

/** Of a planar array: places in the estimate's direction and around it, in the world, m. */
export function planarPlacesAround(
  codebook: PlanarCodebook,
  { angleRad, elevationRad = 0 }: Estimate,
): PlaceM[] {
  const { array, numAzimuths, numElevations, spread } = codebook;
  const [ofAzimuths, ofElevations] = spread === 'angles' ? [(2 * Math.PI) / 3, Math.PI] : [2, 2];
  const farM = (2 * array.apertureM ** 2) / array.wavelengthM;
  return DISTANCES.flatMap((distance) =>
    BEAMS.flatMap((azimuth) =>
      BEAMS.map((elevation) => {
        const [x, y, z] = vectorOf({
          azimuthRad: angleRad + (azimuth * ofAzimuths) / numAzimuths,
          elevationRad: elevationRad + (elevation * ofElevations) / numElevations,
        });
        const distanceM = Math.max(distance * farM, array.wavelengthM);
        return array.frame.toWorld([distanceM * x, distanceM * y, distanceM * z]);
      }),
    ),
  );
}

/** As `carrierGains`. */
export function planarGains(array: PlanarArray, pilots: readonly Codeword[]): GainsAt<PlaceM> | null {
  return gainsByTravel(array, pilots, (placeM) => array.propagationPhaseRad(placeM));
}

/** @param travelRadOf phase that the wave to a place gathers, rad, shape [numElements]; the same phase more or less everywhere is none. */
function gainsByTravel<Place>(
  { numElements, carrierHz }: AntennaArray,
  pilots: readonly Codeword[],
  travelRadOf: (place: Place) => Float64Array,
): GainsAt<Place> | null {
  if (pilots.length * numElements > MOST_WEIGHTS) return null;
  return (place) => {
    const travelRad = travelRadOf(place);
    const gains = new Float64Array(pilots.length);
    for (let k = 0; k < gains.length; k++) gains[k] = gainOf(pilots[k]!, travelRad, carrierHz);
    return gains;
  };
}

function gainOf(
  { phaseRad, delayS, amplitude }: Codeword,
  travelRad: Float64Array,
  carrierHz: number,
): number {
  let re = 0;
  let im = 0;
  for (let n = 0; n < phaseRad.length; n++) {
    const delayRad = delayS === null ? 0 : wrappedRad(carrierHz * delayS[n]!);
    const rad = phaseRad[n]! - travelRad[n]! - delayRad;
    const weight = amplitude === null ? 1 : amplitude[n]!;
    re += weight * Math.cos(rad);
    im += weight * Math.sin(rad);
  }
  return re * re + im * im;
}
