/**
 * A codeword: one setting of the whole array, before quantisation.
 *
 * Element n radiates with weight w_n(f) = N^(-1/2) exp(j phaseRad[n] - j 2 pi f delayS[n]); power over the array is 1.
 * See docs/model.md for the equations.
 */

import type { CodewordShape } from '../core/codeword-shape.js';
import { once } from '../core/once.js';

/** Names a pilot the way its paper does; goes into recordings, traces and figures. Indices are 1-based. */
export type PilotLabel =
  /** Diverging polar-domain codebook (DPC): level m, index n in 1..2^m. */
  | { readonly kind: 'dpc'; readonly level: number; readonly index: number }
  /** Polar codebook: ring 1 is the innermost, ring S is at infinity; angleIndex in 1..N. */
  | { readonly kind: 'polar'; readonly ring: number; readonly angleIndex: number }
  /** Codebook of a tracker: as the polar codebook, but with angles and rings of its own. */
  | { readonly kind: 'tracking'; readonly ring: number; readonly angleIndex: number }
  /** Hierarchical far-field beams, of sub-arrays or shaped: level and index in 1..2^level. */
  | { readonly kind: 'dft'; readonly level: number; readonly index: number }
  /** Beam focused on the centre of sector `index` of 2^level, at the distance of a ring of the polar codebook. */
  | { readonly kind: 'sector'; readonly level: number; readonly index: number; readonly ring: number }
  /** Focusing beam of a cell of directions and slopes (spatial chirp), tier 0 being the first. */
  | { readonly kind: 'chirp'; readonly tier: number; readonly direction: number; readonly slope: number }
  /** Distance-dependent beam split (TD-PS): pilot in 1..K. */
  | { readonly kind: 'tdps'; readonly pilot: number }
  /** Near-field rainbow: all directions on ring 1..S, ring 1 being the farthest. */
  | { readonly kind: 'rainbow'; readonly ring: number }
  /** Far-field rainbow: all directions at infinity. */
  | { readonly kind: 'far-rainbow' }
  /** Grid of directions and rings at the carrier, ring 1 being the farthest. */
  | { readonly kind: 'grid'; readonly ring: number; readonly angleIndex: number }
  /** Beam of a planar array to a grid of azimuths and elevations; by the elements in its middle alone where it says how many are active. */
  | {
      readonly kind: 'planar';
      readonly spread: 'angles' | 'sines';
      readonly numAzimuths: number;
      readonly numElevations: number;
      readonly azimuthIndex: number;
      readonly elevationIndex: number;
      readonly activeColumns?: number;
      readonly activeRows?: number;
    }
  /** Focused on a place in the world, m, over the whole band; of planar arrays. */
  | { readonly kind: 'place'; readonly xM: number; readonly yM: number; readonly zM: number }
  /** Focused on one point over the whole band; the ring is in 1/m. */
  | { readonly kind: 'serving'; readonly sinAngle: number; readonly ringPerM: number }
  /** A pilot of a plugin's scheme, as that names it. */
  | { readonly kind: 'own'; readonly scheme: string; readonly name: string };

export interface Codeword {
  /** Unique within a run: `dpc/3/5`, `polar/2/117`, `tdps/1-9f86d081`, … Two codewords with the same key are the same codeword. */
  readonly key: string;
  readonly label: PilotLabel;
  /** Phase per element, rad, shape [numElements]. */
  readonly phaseRad: Float64Array;
  /** True time delay per element, s, shape [numElements]; null on phase-shifter arrays. */
  readonly delayS: Float64Array | null;
  /**
   * Amplitude per element relative to constant envelope, shape [numElements]; null = all ones. Values may be 0 (element
   * off). Normalised such that the mean square is 1.
   */
  readonly amplitude: Float64Array | null;
  /** What boards that compute phases and delays by themselves make them of; absent where nothing short tells it. */
  readonly shape?: CodewordShape;
}

/** A codeword of constant envelope and without delays. Its phases are computed when first asked for: a plan asks for none. */
export function phaseCodeword(
  key: string,
  label: PilotLabel,
  phases: () => Float64Array,
  shape?: CodewordShape,
): Codeword {
  const phaseRad = once(phases);
  return {
    key,
    label,
    get phaseRad() {
      return phaseRad();
    },
    delayS: null,
    amplitude: null,
    ...(shape && { shape }),
  };
}

/** A key as people read it: those of beams on a point carry all digits of it. */
export function shortKey(key: string): string {
  return key.replace(/(\.\d{4})\d+/g, '$1…');
}
