/**
 * Rainbow beams: one pilot's subcarriers sweep all directions once, on one distance ring (near-field rainbow) or at
 * infinity (far-field rainbow) (docs/model.md eq. 33 and 34).
 */
import type { Band } from '../array/band.js';
import { requireFocalPoint } from '../array/focal-point.js';
import type { LinearArray } from '../array/linear-array.js';
import { BeamloopError } from '../core/errors.js';
import {
  requireRoom,
  requireSplittingBand,
  type SplitCodebook,
  type SplitParameters,
  type SplitPilot,
  splitPilot,
} from './beam-split.js';
import type { PilotLabel } from './codeword.js';
import { requireRingRange } from './tdps.js';

/** Ring spacing of the polar codebook in half-power units (delta). */
const RING_SPACING = 1.32;

/** Parameters that sweep +-maxSinAngle once, on the ring. */
export function rainbowParameters(band: Band, maxSinAngle: number, ringPerM: number): SplitParameters {
  const { carrierHz, bandwidthHz } = band;
  const atHighEdge = carrierHz / (carrierHz + bandwidthHz / 2);
  const atLowEdge = carrierHz / (carrierHz - bandwidthHz / 2);
  const phaseSinAngle = (2 * maxSinAngle) / (atHighEdge - atLowEdge);
  return {
    delaySinAngle: maxSinAngle - phaseSinAngle * atHighEdge,
    delayRingPerM: ringPerM,
    phaseSinAngle,
    phaseRingPerM: 0,
  };
}

/** Rings of the polar codebook from infinity in to `nearestM`, 1/m, shape [numRings], ascending (eq. 34). */
export function polarRings(array: LinearArray, nearestM: number): Float64Array {
  if (!(nearestM > 0)) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `The smallest distance is ${nearestM} m`,
      todo: 'Give a distance above 0',
    });
  }
  const { numElements, spacingM, wavelengthM } = array;
  const depthM = (numElements * spacingM) ** 2 / (2 * RING_SPACING ** 2 * wavelengthM);
  const numRings = Math.floor(depthM / nearestM) + 1;
  requireRings(numRings);
  return Float64Array.from({ length: numRings }, (_, s) =>
    s === 0 ? wavelengthM / (4 * (numElements * spacingM) ** 2) : s / (2 * depthM),
  );
}

/**
 * Rings in the middles of equal parts of the range, 1/m, ascending.
 *
 * @throws BAD_ARGUMENT unless 0 <= low < high and there are 1 to 65535 rings.
 */
export function evenRings(rangePerM: readonly [number, number], numRings: number): Float64Array {
  requireRingRange(rangePerM);
  requireRings(numRings);
  const [low, high] = rangePerM;
  return Float64Array.from({ length: numRings }, (_, s) => low + ((s + 0.5) / numRings) * (high - low));
}

/**
 * One pilot per ring, in the order of the rings: far to near.
 *
 * @throws BAD_ARGUMENT for a sweep or a ring that is none.
 */
export function rainbowCodebook(
  array: LinearArray,
  band: Band,
  maxSinAngle: number,
  ringsPerM: ArrayLike<number>,
): SplitCodebook {
  requireSweep(band, maxSinAngle);
  requireRoom(array, band, ringsPerM.length);
  for (const ringPerM of Array.from(ringsPerM)) requireFocalPoint({ sinAngle: 0, ringPerM });
  const pilots = Array.from(ringsPerM, (ringPerM, s) =>
    rainbowPilot(array, band, rainbowParameters(band, maxSinAngle, ringPerM), `rainbow/${s + 1}`, {
      kind: 'rainbow',
      ring: s + 1,
    }),
  );
  return { array, band, pilots };
}

/** One pilot, focused at infinity. */
export function farRainbowCodebook(array: LinearArray, band: Band, maxSinAngle: number): SplitCodebook {
  requireSweep(band, maxSinAngle);
  const pilot = rainbowPilot(array, band, rainbowParameters(band, maxSinAngle, 0), 'far-rainbow', {
    kind: 'far-rainbow',
  });
  return { array, band, pilots: [pilot] };
}

/** A rainbow sweeps once, so every subcarrier stays in strip 0. */
function rainbowPilot(
  array: LinearArray,
  band: Band,
  parameters: SplitParameters,
  name: string,
  label: PilotLabel,
): SplitPilot {
  return splitPilot(array, band, parameters, name, label, 'first');
}

function requireSweep(band: Band, maxSinAngle: number): void {
  requireSplittingBand(band);
  if (maxSinAngle > 0 && maxSinAngle <= 1) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `The sweep goes to sin(angle) ${maxSinAngle}`,
    todo: 'Give an angle above 0, up to 90 degrees',
  });
}

function requireRings(numRings: number): void {
  if (Number.isInteger(numRings) && numRings >= 1 && numRings <= 65_535) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `A rainbow cannot have ${numRings} rings`,
    todo: 'Give a whole number from 1 to 65535',
  });
}
