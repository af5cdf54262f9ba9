/** Beams to infinity that are evenly spread over angles, from one side of the array's line to the other (docs/model.md eq. 111). */

/** Sines of the beams' directions, shape [numBeams]: the middles of as many equal parts of 180 degrees. */
export function evenAngleSines(numBeams: number): Float64Array {
  return Float64Array.from({ length: numBeams }, (_, k) => Math.sin(Math.PI * ((k + 0.5) / numBeams - 0.5)));
}

/**
 * The beam in whose part a direction lies, from 0.
 *
 * @param offBeams by so many beams off.
 */
export function beamOfSine(sine: number, numBeams: number, offBeams = 0): number {
  const angleRad = Math.asin(Math.min(MOST_SINE, Math.max(-MOST_SINE, sine)));
  const beam = Math.floor(numBeams * (angleRad / Math.PI + 0.5) + offBeams);
  return Math.min(numBeams - 1, Math.max(0, beam));
}

/** Along the array's line a direction has no side. */
const MOST_SINE = 0.999;
