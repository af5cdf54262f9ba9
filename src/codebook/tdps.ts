/**
 * Distance-dependent beam split with delays and phases (TD-PS): few pilots whose subcarriers sweep all directions several
 * times while they drift once over the distance rings (docs/model.md eq. 27 to 32).
 * Algorithm 1 of the paper on distance-dependent beam split.
 */

import type { Band } from '../array/band.js';
import type { LinearArray } from '../array/linear-array.js';
import { BeamloopError } from '../core/errors.js';
import { largest, smallest } from '../core/extremes.js';
import {
  requireRoom,
  requireSplittingBand,
  type SplitCodebook,
  type SplitParameters,
  splitFoci,
  splitPilot,
} from './beam-split.js';
import { halfWidthRingPerM } from './beam-width.js';
import { coverageRatio, enoughSubcarriers, missedShare, slopeLimit } from './coverage.js';

export interface TdPsOptions {
  /** Share of the largest slope that leaves no gap between neighbouring subcarriers, in (0, 1]; 1 unless given. */
  readonly gamma?: number | undefined;
  /** Oversampling of the ring sweep, at least 1; 1 unless given. */
  readonly epsilon?: number | undefined;
  /** Direction of the last subcarrier of the first pilot, sin(angle); 1 unless given. */
  readonly endDirection?: number | undefined;
  /** Rings to cover, 1/m. */
  readonly ringRangePerM: readonly [number, number];
}

/** What the parameters of a TD-PS codebook amount to; the quantities of Algorithm 1. */
export interface TdPsDesign {
  /** Of the first pilot. */
  readonly parameters: SplitParameters;
  /** s of the first and last subcarrier, theta_p + 2 p. */
  readonly firstSlope: number;
  readonly lastSlope: number;
  /** Largest slope that leaves no gap between the first two subcarriers, the narrowest limit of the band (eq. 28). */
  readonly slopeLimit: number;
  /** The slope in units of what its own subcarriers allow, the largest of the band; above 1 directions are missed. */
  readonly coverageRatio: number;
  /** Share of the directions that a pilot sweeps at which no subcarrier reaches half power. */
  readonly missedShare: number;
  /** How often a pilot sweeps all directions; below 1 it is the share that it reaches, and the pilots must share them. */
  readonly numSweeps: number;
  /** Direction of the last subcarrier of the first pilot, sin(angle). */
  readonly endDirection: number;
  /** Rings that the pilots sweep, 1/m, ascending. */
  readonly ringSweepPerM: readonly [number, number];
  /** Ring distance between two strips of one pilot at the same direction, 1/m. */
  readonly holePerM: number;
  /** Ring distance that two facing beams close, 1/m. */
  readonly facingBeamsPerM: number;
  /** holePerM / facingBeamsPerM; the pilot number is this, rounded up (eq. 31). */
  readonly pilotRatio: number;
  /** As many as eq. 31 asks for, and enough to look in all directions. */
  readonly minPilots: number;
}

/**
 * Algorithm 1: parameters from the array, the band and the rings to cover.
 *
 * With a gamma below 1 a pilot may sweep some of the directions only; its delays are shorter, and the pilots share the
 * directions.
 *
 * @throws BAD_ARGUMENT when an option is out of range or the band has too few subcarriers to sweep all directions with gamma 1.
 */
export function designTdPs(array: LinearArray, band: Band, options: TdPsOptions): TdPsDesign {
  const { gamma = 1, epsilon = 1, endDirection = 1, ringRangePerM } = options;
  requireThat(gamma > 0 && gamma <= 1, `gamma is ${gamma}`, 'Give a gamma above 0, up to 1');
  requireThat(
    epsilon >= 1 && Number.isFinite(epsilon),
    `epsilon is ${epsilon}`,
    'Give an epsilon of at least 1',
  );
  requireThat(
    Math.abs(endDirection) <= 1,
    `The end direction is ${endDirection}`,
    'Give the sine of an angle, from -1 to 1',
  );
  requireRingRange(ringRangePerM);
  requireSubcarriers(array, band, endDirection);
  const [nearest, farthest] = [ringRangePerM[1], ringRangePerM[0]];
  const first = band.ratio(0);
  const last = band.ratio(band.numSubcarriers - 1);
  const { delaySinAngle, phaseSinAngle } = steepest(array, band, gamma, endDirection);
  const phaseRingPerM = (epsilon * (nearest - farthest)) / (first - last);
  const parameters = {
    delaySinAngle,
    delayRingPerM: (nearest - first * phaseRingPerM + (farthest - last * phaseRingPerM)) / 2,
    phaseSinAngle,
    phaseRingPerM,
  };
  // The last subcarrier's strip is 0 by choice; its focus may be told by a grating twin within +-f_c/f.
  return { ...describeTdPs(array, band, parameters), lastSlope: phaseSinAngle, endDirection };
}

/** What given parameters amount to. @throws BAD_ARGUMENT unless all are finite. */
export function describeTdPs(array: LinearArray, band: Band, parameters: SplitParameters): TdPsDesign {
  for (const value of Object.values(parameters)) {
    requireThat(Number.isFinite(value), `A TD-PS parameter is ${value}`, 'Give finite numbers');
  }
  requireSplittingBand(band);
  const { delaySinAngle, delayRingPerM, phaseRingPerM } = parameters;
  const lastSubcarrier = band.numSubcarriers - 1;
  const foci = splitFoci(parameters, band);
  const { slope, sinAngle } = foci;
  const flattest = slope.reduce((best, s, m) => (Math.abs(s) < Math.abs(slope[best]!) ? m : best), 0);
  const smallestSlope = Math.abs(slope[flattest]!);
  requireThat(
    smallestSlope > 0,
    `The sweep stands still at subcarrier ${flattest}: its slope, theta_p + 2 p = ${parameters.phaseSinAngle} + ` +
      `${2 * Math.round((slope[flattest]! - parameters.phaseSinAngle) / 2)}, is 0, and no number of pilots searches all rings there`,
    'Give a theta_t and a theta_p whose sum is further from 0',
  );
  const ringAt = (ratio: number) => delayRingPerM + ratio * phaseRingPerM;
  const ends = [ringAt(band.ratio(0)), ringAt(band.ratio(lastSubcarrier))];
  // Without a drift over the rings all strips lie on one ring, and none is missing between them.
  const holePerM = phaseRingPerM === 0 ? 0 : (2 * Math.abs(phaseRingPerM)) / smallestSlope;
  const facingBeamsPerM = 2 * halfWidthRingPerM(array, band.frequenciesHz[lastSubcarrier]!);
  const pilotRatio = holePerM / facingBeamsPerM;
  const sweeps = numSweeps(delaySinAngle, band);
  return {
    parameters,
    firstSlope: slope[0]!,
    lastSlope: slope[lastSubcarrier]!,
    slopeLimit: slopeLimit(array, band),
    coverageRatio: coverageRatio(array, band, foci),
    missedShare: missedShare(array, band, foci),
    numSweeps: sweeps,
    endDirection: sinAngle[lastSubcarrier]!,
    ringSweepPerM: [smallest(ends), largest(ends)],
    holePerM,
    facingBeamsPerM,
    pilotRatio,
    minPilots: Math.max(1, Math.ceil(pilotRatio), sweeps > 0 ? Math.ceil(1 / sweeps) : 1),
  };
}

/**
 * What tells the pilots apart. `delays`, as the paper has it: every pilot has delays of its own and all share their
 * phases; their foci lie 2/K apart, and the rest of a period, 2 f_c/f, is where it does not divide. `phases`: all share
 * their delays, so that fixed lines need no switch; their foci lie exactly 1/K of a period apart at every frequency.
 */
export type Interleaving = 'delays' | 'phases';

/**
 * K interleaved pilots: the strips of each lie between those of the others (eq. 32).
 *
 * @param numPilots K; the design's own minimum unless given.
 * @throws BAD_ARGUMENT unless K is a whole number from 1 to 65535.
 */
export function tdPsCodebook(
  array: LinearArray,
  band: Band,
  design: TdPsDesign,
  numPilots = design.minPilots,
  interleaving: Interleaving = 'delays',
): SplitCodebook {
  requireThat(
    Number.isInteger(numPilots) && numPilots >= 1 && numPilots <= 65_535,
    `TD-PS training cannot have ${numPilots} pilots`,
    `Give a whole number from 1 to 65535; this sector needs ${design.minPilots}`,
  );
  requireRoom(array, band, numPilots);
  const { parameters } = design;
  const moved = interleaving === 'delays' ? 'delaySinAngle' : 'phaseSinAngle';
  const pilots = Array.from({ length: numPilots }, (_, k) =>
    splitPilot(
      array,
      band,
      { ...parameters, [moved]: parameters[moved] - (2 * k) / numPilots },
      `tdps/${k + 1}`,
      { kind: 'tdps', pilot: k + 1 },
    ),
  );
  return { array, band, pilots };
}

/** The steepest sweep that leaves no gap between subcarriers, times gamma, ending at the end direction (eq. 29). */
function steepest(array: LinearArray, band: Band, gamma: number, endDirection: number) {
  const phaseSinAngle = gamma * slopeLimit(array, band);
  return { phaseSinAngle, delaySinAngle: endDirection - band.ratio(band.numSubcarriers - 1) * phaseSinAngle };
}

/** f/f_c times the direction is linear in f and repeats every 2: its way over the band, in periods (eq. 27). */
function numSweeps(delaySinAngle: number, { frequenciesHz, carrierHz }: Band): number {
  return (Math.abs(delaySinAngle) * (frequenciesHz.at(-1)! - frequenciesHz[0]!)) / (2 * carrierHz);
}

/** The steepest sweep must take in all directions once. */
function requireSubcarriers(array: LinearArray, band: Band, endDirection: number): void {
  requireSplittingBand(band);
  const sweepsWith = (other: Band) => numSweeps(steepest(array, other, 1, endDirection).delaySinAngle, other);
  const sweeps = sweepsWith(band);
  if (sweeps >= 1) return;
  const needed = enoughSubcarriers(band, (other) => sweepsWith(other) >= 1);
  throw new BeamloopError('BAD_ARGUMENT', {
    what:
      `${band.numSubcarriers} subcarriers are too few for ${array.numElements} elements: while neighbouring subcarriers ` +
      `meet at half power, they sweep ${sweeps.toFixed(3)} of all directions`,
    todo: `Give at least ${needed ?? 'more than 65535'} subcarriers or fewer elements`,
  });
}

/** @throws BAD_ARGUMENT unless 0 <= farthest < nearest. */
export function requireRingRange([low, high]: readonly [number, number]): void {
  requireThat(
    low >= 0 && low < high && Number.isFinite(high),
    `The ring range is ${low} to ${high} 1/m`,
    'Give the far ring first, then the near one, such as 0.0025,0.1; 0 is the far field',
  );
}

function requireThat(holds: boolean, what: string, todo: string): void {
  if (!holds) throw new BeamloopError('BAD_ARGUMENT', { what, todo });
}
