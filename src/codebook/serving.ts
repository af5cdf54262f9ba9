/** Codewords focused on one point: over the whole band by delays, or at the carrier by phases. */
import type { AntennaArray, PlaceM } from '../array/antenna-array.js';
import { type FocalPoint, focalPointOf, positionOfM, requireFocalPoint } from '../array/focal-point.js';
import { LinearArray } from '../array/linear-array.js';
import { focusDelayS, focusPhaseRad } from './beam-split.js';
import type { Codeword } from './codeword.js';
import { keyDigest } from './key-digest.js';

/** Delays only: every subcarrier focuses on the point (docs/model.md eq. 25). Throws BAD_ARGUMENT for a point that is none. */
export function servingCodeword(array: LinearArray, point: FocalPoint): Codeword {
  requireFocalPoint(point);
  const { sinAngle, ringPerM } = point;
  return {
    key: `serving/${sinAngle}/${ringPerM}`,
    label: { kind: 'serving', sinAngle, ringPerM },
    phaseRad: new Float64Array(array.numElements),
    delayS: focusDelayS(array, point),
    amplitude: null,
    shape: { kind: 'split', phase: { sinAngle: 0, ringPerM: 0 }, delay: { sinAngle, ringPerM } },
  };
}

/** As `servingCodeword`, on a place that any array sees. Throws BAD_ARGUMENT for a place at the array. */
export function servingPlace(array: AntennaArray, placeM: PlaceM): Codeword {
  if (array instanceof LinearArray) return servingCodeword(array, focalPointOf(placeM));
  const [xM, yM, zM = 0] = placeM;
  const travelS = array.travelTimeS(placeM);
  const longestS = travelS.reduce((most, timeS) => Math.max(most, timeS));
  return {
    key: `place/${xM}/${yM}/${zM}`,
    label: { kind: 'place', xM, yM, zM },
    phaseRad: new Float64Array(array.numElements),
    // Whoever is nearer waits for the farthest.
    delayS: travelS.map((timeS) => longestS - timeS),
    amplitude: null,
  };
}

/**
 * Phases only: focuses at the carrier on a point, exactly (docs/model.md eq. 3), or on the far field in its direction.
 *
 * @param point `ringPerM` 0 is the far field.
 * @throws BAD_ARGUMENT for a point that is none.
 */
export function focusCodeword(array: LinearArray, point: FocalPoint): Codeword {
  requireFocalPoint(point);
  const { sinAngle, ringPerM } = point;
  const pointM = ringPerM === 0 ? null : positionOfM(point);
  return {
    key: `focus/${sinAngle}/${ringPerM}`,
    label: { kind: 'serving', sinAngle, ringPerM },
    phaseRad: pointM === null ? focusPhaseRad(array, point) : array.propagationPhaseRad(pointM),
    delayS: null,
    amplitude: null,
    shape: pointM === null ? { kind: 'second-order', sinAngle, ringPerM } : { kind: 'focus', pointM },
  };
}

/**
 * Phases only: focuses on the point at the carrier. One pilot of the exhaustive search of a grid.
 *
 * @param ring and angleIndex: its place in its grid. The key adds a digest of the point, which another grid has elsewhere.
 */
export function gridCodeword(
  array: LinearArray,
  point: FocalPoint,
  ring: number,
  angleIndex: number,
): Codeword {
  return {
    key: `grid/${ring}/${angleIndex}-${keyDigest([point.sinAngle, point.ringPerM])}`,
    label: { kind: 'grid', ring, angleIndex },
    phaseRad: focusPhaseRad(array, point),
    delayS: null,
    amplitude: null,
    shape: { kind: 'second-order', sinAngle: point.sinAngle, ringPerM: point.ringPerM },
  };
}
