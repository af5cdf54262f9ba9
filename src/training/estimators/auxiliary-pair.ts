/**
 * Estimation from the strongest subcarrier and its stronger neighbour: lines of equal gain around a focus are ellipses,
 * and the user is where those of the two meet (docs/model.md eq. 61 to 63).
 */
import type { FocalPoint } from '../../array/focal-point.js';
import type { SplitCodebook } from '../../codebook/beam-split.js';
import { BeamloopError } from '../../core/errors.js';
import type { Powers } from '../../sounding/powers.js';
import { strongest } from '../polar-estimate.js';
import { BeamPowers } from './beam-powers.js';
import { OnGridEstimator, possiblePoint } from './on-grid.js';
import type { PointEstimator } from './point-estimator.js';
import { scoreOf } from './score.js';

interface Circle {
  readonly x: number;
  readonly y: number;
  readonly squaredRadius: number;
}

export class AuxiliaryPairEstimator implements PointEstimator {
  readonly #codebook: SplitCodebook;
  readonly #onGrid: OnGridEstimator;
  readonly #fullGainSnr: number | null;
  readonly #predicted: BeamPowers;
  /** Square roots of xi_1 and xi_2 at the carrier (eq. 61). */
  readonly #perSinAngle: number;
  readonly #perRing: number;

  /** @param fullGainSnr what a perfectly focused beam receives over the noise, linear; null to take it from the powers. */
  constructor(codebook: SplitCodebook, fullGainSnr: number | null = null) {
    const { numElements, spacingM, speedOfLightMPerS, carrierHz } = codebook.array;
    this.#codebook = codebook;
    this.#onGrid = new OnGridEstimator(codebook);
    this.#fullGainSnr = fullGainSnr;
    this.#predicted = new BeamPowers(
      codebook,
      codebook.pilots.map(({ codeword }) => codeword),
      'fresnel',
    );
    this.#perSinAngle = (Math.PI * numElements) / Math.sqrt(24);
    this.#perRing =
      (Math.PI * (numElements * spacingM) ** 2 * carrierHz) / (speedOfLightMPerS * Math.sqrt(90));
  }

  estimate(powers: Powers): FocalPoint {
    const onGrid = this.#onGrid.estimate(powers);
    const fullGainPower = this.#fullGainPower(powers);
    const { perSubcarrier, numSubcarriers } = powers;
    const best = strongest(perSubcarrier);
    const neighbour = strongerNeighbour(perSubcarrier, best, numSubcarriers);
    if (neighbour === null) return onGrid;
    const strip = best % numSubcarriers;
    const candidates = intersections(
      this.#circle(best, strip, perSubcarrier[best]! / fullGainPower),
      this.#circle(neighbour, strip, perSubcarrier[neighbour]! / fullGainPower),
    ).map(([x, y]) => possiblePoint(x / this.#perSinAngle, y / this.#perRing));
    const [first, second] = candidates;
    if (first === undefined) return onGrid;
    if (second === undefined) return first;
    return this.#likeness(second, powers) > this.#likeness(first, powers) ? second : first;
  }

  /** @throws BAD_ARGUMENT when nobody knows it: amplitudes must be absolute. */
  #fullGainPower({ fullGainPower, noiseFloor }: Powers): number {
    if (fullGainPower !== null) return fullGainPower;
    if (this.#fullGainSnr !== null && noiseFloor > 0) return this.#fullGainSnr * noiseFloor;
    throw new BeamloopError('BAD_ARGUMENT', {
      what:
        this.#fullGainSnr === null
          ? 'The auxiliary beam pair needs to know what a perfectly focused beam would receive'
          : 'The auxiliary beam pair knows the SNR of a perfectly focused beam, but the powers come without a noise floor',
      todo:
        this.#fullGainSnr === null
          ? 'Give the estimator the option snr, after beamforming, or take another estimator'
          : 'Have the UE report its noise floor, or take another estimator',
    });
  }

  /** Where the subcarrier's amplitude puts the user, in coordinates in which lines of equal gain are circles (eq. 62). */
  #circle(beam: number, stripOf: number, powerGain: number): Circle {
    const { pilots, band } = this.#codebook;
    const { parameters, foci } = pilots[Math.floor(beam / band.numSubcarriers)]!;
    const ratio = band.ratio(beam % band.numSubcarriers);
    return {
      // The strip of the strongest, so that a wrap between the two does not tear them apart.
      x: this.#perSinAngle * (parameters.delaySinAngle + ratio * foci.slope[stripOf]!),
      y: this.#perRing * (parameters.delayRingPerM + ratio * parameters.phaseRingPerM),
      squaredRadius: (1 - Math.sqrt(powerGain)) * ratio * ratio,
    };
  }

  /** How well all powers fit a user at the point. */
  #likeness(point: FocalPoint, powers: Powers): number {
    const gains = new Float64Array(this.#predicted.numValues);
    this.#predicted.evaluate(point, gains);
    return scoreOf('debiased', powers, gains);
  }
}

/** The stronger of the two subcarriers beside this one in the same pilot; null in a band of one. */
function strongerNeighbour(powers: Float64Array, beam: number, numSubcarriers: number): number | null {
  const m = beam % numSubcarriers;
  const beside = [...(m > 0 ? [beam - 1] : []), ...(m < numSubcarriers - 1 ? [beam + 1] : [])];
  return beside.reduce<number | null>(
    (best, k) => (best === null || powers[k]! > powers[best]! ? k : best),
    null,
  );
}

/** None, or two that may coincide (eq. 63). */
function intersections(a: Circle, b: Circle): [number, number][] {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const squared = dx * dx + dy * dy;
  if (squared === 0 || a.squaredRadius < 0 || b.squaredRadius < 0) return [];
  const along = (a.squaredRadius - b.squaredRadius + squared) / (2 * squared);
  const across = a.squaredRadius / squared - along * along;
  if (!(across >= 0)) return [];
  const off = Math.sqrt(across);
  return [1, -1].map((side) => [a.x + along * dx - side * off * dy, a.y + along * dy + side * off * dx]);
}
