/**
 * Beams that split: delays and phases of different slopes focus every subcarrier on a point of its own, so one pilot
 * searches many (docs/model.md eq. 22 to 24).
 */
import type { Band } from '../array/band.js';
import type { FocalPoint } from '../array/focal-point.js';
import type { LinearArray } from '../array/linear-array.js';
import { BeamloopError } from '../core/errors.js';
import type { Codeword, PilotLabel } from './codeword.js';
import { keyDigest } from './key-digest.js';

/** Direction and ring that the delays alone and the phases alone would point at. */
export interface SplitParameters {
  /** theta_t. */
  readonly delaySinAngle: number;
  /** alpha_t, 1/m. */
  readonly delayRingPerM: number;
  /** theta_p; matters only modulo 2. */
  readonly phaseSinAngle: number;
  /** alpha_p, 1/m. */
  readonly phaseRingPerM: number;
}

/** Where each subcarrier focuses, shape [numSubcarriers] each. */
export interface SubcarrierFoci {
  /** Beyond +-1 the subcarrier has no focus in front of the array. */
  readonly sinAngle: Float64Array;
  readonly ringPerM: Float64Array;
  /** s_m = theta_p + 2 p_m, the slope of sin(angle) over f_c/f_m in the strip that the subcarrier belongs to. */
  readonly slope: Float64Array;
  /** 1 where the focus lies within +-90 degrees. */
  readonly visible: Uint8Array;
}

/** One pilot of a splitting codebook. */
export interface SplitPilot {
  readonly codeword: Codeword;
  readonly parameters: SplitParameters;
  readonly foci: SubcarrierFoci;
}

/** Pilots that together search a sector. */
export interface SplitCodebook {
  readonly array: LinearArray;
  readonly band: Band;
  readonly pilots: readonly SplitPilot[];
}

/**
 * Which of a subcarrier's twins is called its focus: the one within +-f_c/f, where sweeps go through many strips, or the one
 * in strip 0, where a single sweep stays in front of the array.
 */
export type StripChoice = 'nearest' | 'first';

/** The focus of every subcarrier; the ring is never wrapped (eq. 24). */
export function splitFoci(
  parameters: SplitParameters,
  band: Band,
  strips: StripChoice = 'nearest',
): SubcarrierFoci {
  const { numSubcarriers } = band;
  const foci = {
    sinAngle: new Float64Array(numSubcarriers),
    ringPerM: new Float64Array(numSubcarriers),
    slope: new Float64Array(numSubcarriers),
    visible: new Uint8Array(numSubcarriers),
  };
  for (let m = 0; m < numSubcarriers; m++) {
    const ratio = band.ratio(m);
    const strip = strips === 'first' ? 0 : nearestStrip(parameters, ratio);
    foci.slope[m] = parameters.phaseSinAngle + 2 * strip;
    foci.sinAngle[m] = parameters.delaySinAngle + ratio * foci.slope[m]!;
    foci.ringPerM[m] = parameters.delayRingPerM + ratio * parameters.phaseRingPerM;
    foci.visible[m] = Math.abs(foci.sinAngle[m]!) <= 1 ? 1 : 0;
  }
  return foci;
}

/** p: how often the direction wraps at this f_c/f (eq. 24). */
function nearestStrip({ delaySinAngle, phaseSinAngle }: SplitParameters, ratio: number): number {
  return -Math.round((delaySinAngle + ratio * phaseSinAngle) / (2 * ratio));
}

/**
 * Delays and phases per element (eq. 22). The earliest element has delay 0: a delay common to all changes no power.
 * Phases lie in (-pi, pi].
 *
 * @param name of the pilot in its codebook, such as `tdps/2`. The key adds a digest of the parameters.
 */
export function splitPilot(
  array: LinearArray,
  band: Band,
  parameters: SplitParameters,
  name: string,
  label: PilotLabel,
  strips?: StripChoice,
): SplitPilot {
  const { delaySinAngle, delayRingPerM, phaseSinAngle, phaseRingPerM } = parameters;
  const phase = { sinAngle: phaseSinAngle, ringPerM: phaseRingPerM };
  const delay = { sinAngle: delaySinAngle, ringPerM: delayRingPerM };
  const codeword: Codeword = {
    key: `${name}-${keyDigest([delaySinAngle, delayRingPerM, phaseSinAngle, phaseRingPerM])}`,
    label,
    phaseRad: focusPhaseRad(array, phase),
    delayS: focusDelayS(array, delay),
    amplitude: null,
    shape: { kind: 'split', phase, delay },
  };
  return { codeword, parameters, foci: splitFoci(parameters, band, strips) };
}

/** @throws BAD_ARGUMENT when there is one subcarrier: a beam of one frequency does not split. */
export function requireSplittingBand({ numSubcarriers }: Band): void {
  if (numSubcarriers >= 2) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `A beam split needs at least 2 subcarriers, and the band has ${numSubcarriers}`,
    todo: 'Give more subcarriers',
  });
}

const MAX_BYTES = 2 ** 30;

/** @throws BAD_ARGUMENT when so many pilots, with the foci of their subcarriers, would take more than 1 GiB. */
export function requireRoom({ numElements }: LinearArray, { numSubcarriers }: Band, numPilots: number): void {
  // Phase and delay of every element; direction, ring, slope and visibility of every subcarrier.
  const numBytes = numPilots * (16 * numElements + 25 * numSubcarriers);
  if (numBytes <= MAX_BYTES) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what:
      `${numPilots} pilots of ${numElements} elements and ${numSubcarriers} subcarriers take ` +
      `${Math.ceil(numBytes / 2 ** 20)} MiB, and may take ${MAX_BYTES / 2 ** 20}`,
    todo: 'Give fewer pilots or subcarriers',
  });
}

/** (y sin - y^2 ring) / c per element, s, moved so that the smallest is 0, shape [numElements]. */
export function focusDelayS(array: LinearArray, point: FocalPoint): Float64Array {
  const delayS = array.elementYM.map((y) => pathDifferenceM(y, point) / array.speedOfLightMPerS);
  const first = delayS.reduce((a, b) => Math.min(a, b));
  return delayS.map((delay) => delay - first);
}

/** -2 pi f_c (y sin - y^2 ring) / c per element, rad in (-pi, pi], shape [numElements]. */
export function focusPhaseRad(array: LinearArray, point: FocalPoint): Float64Array {
  return array.elementYM.map((y) => {
    const turns = -pathDifferenceM(y, point) / array.wavelengthM;
    return 2 * Math.PI * (turns - Math.ceil(turns - 0.5));
  });
}

/** How much nearer the point is to the element at y than to the centre, m, to second order (eq. 5). */
function pathDifferenceM(y: number, { sinAngle, ringPerM }: FocalPoint): number {
  return y * sinAngle - y * y * ringPerM;
}
