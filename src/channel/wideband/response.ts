/**
 * What all subcarriers receive of a beam: every element's weight turns with the frequency by the delay that the element
 * and the way to the receiver give it (docs/model.md eq. 49). All wideband evaluation comes down to this one sum.
 */
import type { Band } from '../../array/band.js';
import { distanceOfM, type FocalPoint } from '../../array/focal-point.js';
import type { LinearArray } from '../../array/linear-array.js';
import type { Codeword } from '../../codebook/codeword.js';
import type { Complex, ComplexVector } from '../../core/complex.js';

/** Element n radiates (re[n] + j im[n]) exp(-j 2 pi f delayS[n]); shape [numElements] each. */
export interface ElementBeam {
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** Null on arrays without true time delay. */
  readonly delayS: Float64Array | null;
}

/** Reused from beam to beam; not for two threads. */
export interface SubcarrierSum {
  readonly band: Band;
  /**
   * out[m] = sum over n of (re[n] + j im[n]) exp(-j 2 pi f_m delayS[n]).
   *
   * @param re,im,delayS shape [numElements]; delays of any sign and size.
   * @param out shape [numSubcarriers].
   */
  evaluate(re: Float64Array, im: Float64Array, delayS: Float64Array, out: ComplexVector): void;

  /**
   * The same over several paths: out = sum over paths of gain times the sum with the beam's delays and the path's.
   *
   * @param out shape [numSubcarriers].
   */
  receive(beam: ElementBeam, paths: readonly DelayedPath[], out: ComplexVector): void;
}

/** A path by what it does to each element. */
export interface DelayedPath {
  readonly gain: Complex;
  /** Travel time from each element, s, shape [numElements]. */
  readonly delayS: Float64Array;
}

/** w_n of a codeword at no frequency in particular: its delays stay apart. */
export function beamOf({ phaseRad, delayS, amplitude }: Codeword): ElementBeam {
  const scale = 1 / Math.sqrt(phaseRad.length);
  const re = new Float64Array(phaseRad.length);
  const im = new Float64Array(phaseRad.length);
  for (let n = 0; n < re.length; n++) {
    const size = amplitude === null ? scale : scale * amplitude[n]!;
    re[n] = size * Math.cos(phaseRad[n]!);
    im[n] = size * Math.sin(phaseRad[n]!);
  }
  return { re, im, delayS };
}

/**
 * Travel time from each element to a point less that from the centre, s, shape [numElements].
 *
 * @param model `exact`: spherical wave, without cancellation; `fresnel`: to second order in the element's position.
 */
export function travelTimeDifferenceS(
  array: LinearArray,
  point: FocalPoint,
  model: 'exact' | 'fresnel',
): Float64Array {
  const { sinAngle, ringPerM } = point;
  if (model === 'exact' && ringPerM !== 0) return sphericalDifferenceS(array, sinAngle, distanceOfM(point));
  const { elementYM, speedOfLightMPerS: c } = array;
  const delayS = new Float64Array(elementYM.length);
  for (let n = 0; n < elementYM.length; n++) {
    const y = elementYM[n]!;
    delayS[n] = (y * y * ringPerM - y * sinAngle) / c;
  }
  return delayS;
}

/** The same, exact, of a point by its distance from the centre, which may be infinite. */
export function sphericalDifferenceS(array: LinearArray, sinAngle: number, distanceM: number): Float64Array {
  const { elementYM, speedOfLightMPerS: c } = array;
  // Dictionaries ask for thousands of points; `map` takes ten times as long.
  const delayS = new Float64Array(elementYM.length);
  for (let n = 0; n < elementYM.length; n++) {
    const y = elementYM[n]!;
    // Over the distance, whose square may be beyond what a number can hold.
    const relative = y / distanceM;
    const excess = relative - 2 * sinAngle;
    // Never below 0 but for rounding, where the point lies on the element.
    delayS[n] = (y * excess) / (Math.sqrt(Math.max(0, 1 + relative * excess)) + 1) / c;
  }
  return delayS;
}
