/** The beam diverging effect and its strength (Li, Xu and Zhang 2025, section III). */
import type { LinearArray, PointM } from '../array/linear-array.js';
import { rayleighDistanceM } from '../array/near-field.js';
import type { ChannelEvaluator } from '../channel/channel.js';
import { createEvaluator } from '../channel/evaluator.js';
import type { Codeword } from '../codebook/codeword.js';
import { divergingPhaseRad } from '../codebook/dpc.js';
import { PolarCodebook } from '../codebook/polar.js';

/** The diverging codeword c(v) of any virtual focal point (eq. 3 of the paper). */
export function divergingCodeword(array: LinearArray, virtualFocalPointM: PointM): Codeword {
  return {
    key: `diverging/${virtualFocalPointM.join('/')}`,
    // Level 0 is none of the codebook's: this codeword stands by itself.
    label: { kind: 'dpc', level: 0, index: 1 },
    phaseRad: divergingPhaseRad(array, virtualFocalPointM),
    delayS: null,
    amplitude: null,
  };
}

/** Amplitudes |b(u)^T w| / sqrt N that points see of codewords; at most 1. */
export class AmplitudeMeter {
  readonly #evaluator: ChannelEvaluator;
  readonly #scale: number;

  constructor(array: LinearArray) {
    this.#evaluator = createEvaluator(new PolarCodebook(array, { numRings: 1 }));
    this.#scale = 1 / Math.sqrt(array.numElements);
  }

  moveTo(pointM: PointM): void {
    this.#evaluator.setChannel([{ gain: { re: 1, im: 0 }, positionM: pointM }]);
  }

  amplitude(codeword: Codeword): number {
    const { re, im } = this.#evaluator.receive(codeword);
    return Math.sqrt(re * re + im * im) * this.#scale;
  }
}

/**
 * Region R_v: points u in front whose line to v crosses the aperture (eq. 4 of the paper). With the roles of u and v
 * swapped it is the twin region of section IV-A.
 */
export function isInDivergingRegion(array: LinearArray, [vx, vy]: PointM, [ux, uy]: PointM): boolean {
  const crossingM = (vy * ux - uy * vx) / (ux - vx);
  return Math.abs(crossingM) <= array.apertureM / 2;
}

/**
 * The paper's bounding region: the square [0, 2D^2/lambda] x [-D^2/lambda, D^2/lambda] without the Fresnel zone
 * 0.62 sqrt(D^3/lambda) around the array. Gives the midpoints of gridPoints x gridPoints cells.
 */
export function boundingRegion(array: LinearArray, gridPoints: number): PointM[] {
  const sideM = rayleighDistanceM(array);
  const fresnelM = 0.62 * Math.sqrt(array.apertureM ** 3 / array.wavelengthM);
  const points: PointM[] = [];
  for (let i = 0; i < gridPoints; i++) {
    for (let j = 0; j < gridPoints; j++) {
      const pointM = [((i + 0.5) / gridPoints) * sideM, ((j + 0.5) / gridPoints - 0.5) * sideM] as const;
      if (Math.hypot(...pointM) > fresnelM) points.push(pointM);
    }
  }
  return points;
}

export interface DivergingStrength {
  /** Share of the region outside R_v with less amplitude than every point inside it (Definition 3.4). */
  readonly divergingDegree: number;
  readonly meanInside: number;
  readonly meanOutside: number;
}

/**
 * Strength of the effect for each virtual focal point, sampled at `points`. The least amplitude inside R_v lies at its
 * edge, so the degree depends a little on the grid.
 */
export function divergingStrengths(
  array: LinearArray,
  virtualFocalPointsM: readonly PointM[],
  points: readonly PointM[],
): DivergingStrength[] {
  const meter = new AmplitudeMeter(array);
  const samples = virtualFocalPointsM.map((pointM) => ({
    pointM,
    codeword: divergingCodeword(array, pointM),
    inside: [] as number[],
    outside: [] as number[],
  }));
  for (const uM of points) {
    meter.moveTo(uM);
    for (const { pointM, codeword, inside, outside } of samples) {
      (isInDivergingRegion(array, pointM, uM) ? inside : outside).push(meter.amplitude(codeword));
    }
  }
  return samples.map(({ inside, outside }) => {
    const least = inside.reduce((a, b) => Math.min(a, b), Infinity);
    return {
      divergingDegree: outside.filter((amplitude) => amplitude < least).length / outside.length,
      meanInside: mean(inside),
      meanOutside: mean(outside),
    };
  });
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
