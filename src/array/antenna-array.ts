/** What any array of antennas can be asked, however its elements stand. */
import type { ComplexVector } from '../core/complex.js';

/** [x, y] in metres, at height 0: what linear arrays, which look the same from all around, make do with. */
export type PointM = readonly [xM: number, yM: number];

/** [x, y, z] in metres, z up and 0 unless given. */
export type PlaceM = readonly [xM: number, yM: number, zM?: number];

/** [x, y, z] of a frame, in metres or as a direction of length 1. */
export type Vector3 = readonly [x: number, y: number, z: number];

export interface AntennaArray {
  readonly numElements: number;
  readonly carrierHz: number;
  readonly speedOfLightMPerS: number;
  readonly wavelengthM: number;
  /** Its largest extent, m. */
  readonly apertureM: number;
  /** Between the outermost elements along y and z of the array's own frame, m. */
  readonly spanM: readonly [alongY: number, alongZ: number];
  /** Coordinates of each element, m, shape [numElements] each. */
  readonly elementXM: Float64Array;
  readonly elementYM: Float64Array;
  readonly elementZM: Float64Array;

  /**
   * Phase 2 pi |p_n - u| / lambda that a wave gathers from each element to the point u, reduced to [-pi, pi] in turns.
   *
   * @param frequencyHz that of the carrier unless given.
   * @returns rad, shape [numElements].
   * @throws BAD_ARGUMENT for a point or frequency that is none.
   */
  propagationPhaseRad(pointM: PlaceM, frequencyHz?: number): Float64Array;

  /** b_n = exp(-j 2 pi |p_n - u| / lambda), shape [numElements] (docs/model.md eq. 3). @throws as `propagationPhaseRad`. */
  steeringVector(pointM: PlaceM, frequencyHz?: number): ComplexVector;

  /** Travel time from each element to a point, s, shape [numElements]: spherical wave. */
  travelTimeS(pointM: PlaceM): Float64Array;

  /** A place in the array's own frame, which radiates towards its x > 0, m. */
  inFrame(pointM: PlaceM): Vector3;
}
