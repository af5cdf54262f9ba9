/** The beam diverging effect and its strength (Li, Xu and Zhang 2025, section III). */
import type { LinearArray, PointM } from '../../array/linear-array.js';
import { rayleighDistanceM } from '../../array/near-field.js';
import type { ChannelEvaluator } from '../../channel/channel.js';
import { createEvaluator } from '../../channel/evaluator.js';
import type { Codeword } from '../../codebook/codeword.js';
import { divergingPhaseRad } from '../../codebook/dpc.js';
import { PolarCodebook } from '../../codebook/polar.js';

/** The diverging codeword c(v) of any virtual focal point (the paper's eq. 3). */
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

/** Points on an edge belong to a region, whatever the last digit of their coordinates is. */
export const ROUNDING = 1e-12;

/**
 * Region R_v: points u in front whose line to v crosses the aperture (the paper's eq. 4). With the roles of u and v
 * swapped it is the twin region of section IV-A.
 */
export function isInDivergingRegion(array: LinearArray, vM: PointM, uM: PointM): boolean {
  return Math.abs(crossingM(vM, uM)) <= (array.apertureM / 2) * (1 + ROUNDING);
}

/** y_0, where the line from v to u crosses the y axis, m. */
export function crossingM([vx, vy]: PointM, [ux, uy]: PointM): number {
  return (vy * ux - uy * vx) / (ux - vx);
}

/**
 * The paper's bounding region: the square [0, 2D^2/lambda] x [-D^2/lambda, D^2/lambda] without the Fresnel zone
 * 0.62 sqrt(D^3/lambda) around the array. Gives the midpoints of gridPoints x gridPoints cells.
 */
export function boundingRegion(array: LinearArray, gridPoints: number): PointM[] {
  const sideM = rayleighDistanceM(array);
  const fresnelM = fresnelZoneM(array);
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
  /** Share of the region outside R_v with less amplitude than every point inside it (docs/model.md eq. 55). */
  readonly divergingDegree: number;
  /** The same where only the sampled points inside count: those between them may be weaker, so it is never less. */
  readonly sampledDegree: number;
  readonly meanInside: number;
  readonly meanOutside: number;
}

/**
 * Strength of the effect for each virtual focal point. Shares and means are those of `points`; the least amplitude inside is
 * that of the continuum, unless a sampled point has less.
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
  return samples.map(({ pointM, inside, outside }) => {
    const least = inside.reduce((a, b) => Math.min(a, b), Infinity);
    const weaker = (level: number) =>
      outside.filter((amplitude) => amplitude < level).length / outside.length;
    return {
      divergingDegree: weaker(Math.min(least, weakestInside(array, pointM, meter).amplitude)),
      sampledDegree: weaker(least),
      meanInside: mean(inside),
      meanOutside: mean(outside),
    };
  });
}

/** Lines from v through the aperture, ends included, and points on each, from the Fresnel zone to the end of the box. */
const NUM_LINES = 33;
const NUM_DEPTHS = 160;
/** Weakest starts that are refined, and how far: the last step is 2^-20 of the first, a few micrometres. */
const NUM_STARTS = 8;
const NUM_HALVINGS = 20;

const NEIGHBOURS = [-1, 0, 1]
  .flatMap((i) => [-1, 0, 1].map((j): PointM => [i, j]))
  .filter(([i, j]) => i !== 0 || j !== 0);

/**
 * Least amplitude in the bounding region inside R_v, and where. R_v is a rectangle in (y0, log x): y0 is where the line from
 * v crosses the aperture, x the depth. The amplitude is sampled there, edges included, and the weakest samples are walked
 * downhill with ever smaller steps.
 */
export function weakestInside(
  array: LinearArray,
  focalM: PointM,
  meter = new AmplitudeMeter(array),
): { amplitude: number; pointM: PointM } {
  const codeword = divergingCodeword(array, focalM);
  const half = array.apertureM / 2;
  const [vx, vy] = focalM;
  const sideM = rayleighDistanceM(array);
  const fresnelM = fresnelZoneM(array);
  const pointAt = ([crossing, logX]: PointM): PointM => {
    const x = Math.exp(logX);
    return [x, crossing + ((crossing - vy) / -vx) * x];
  };
  const amplitudeAt = (at: PointM): number => {
    const pointM = pointAt(at);
    const [x, y] = pointM;
    const inBox = x <= sideM && Math.abs(y) <= sideM / 2 && Math.hypot(x, y) >= fresnelM;
    if (!inBox || Math.abs(at[0]) > half) return Infinity;
    meter.moveTo(pointM);
    return meter.amplitude(codeword);
  };
  const [nearest, farthest] = [Math.log(fresnelM / 50), Math.log(sideM)];
  const steps: PointM = [array.apertureM / (NUM_LINES - 1), (farthest - nearest) / (NUM_DEPTHS - 1)];
  const samples: { at: PointM; amplitude: number }[] = [];
  for (let i = 0; i < NUM_LINES; i++) {
    for (let j = 0; j < NUM_DEPTHS; j++) {
      const at: PointM = [-half + i * steps[0], farthest - j * steps[1]];
      samples.push({ at, amplitude: amplitudeAt(at) });
    }
  }
  samples.sort((a, b) => a.amplitude - b.amplitude);
  const refined = samples.slice(0, NUM_STARTS).map((start) => downhill(start, amplitudeAt, steps));
  const { at, amplitude } = refined.reduce((a, b) => (b.amplitude < a.amplitude ? b : a));
  return { amplitude, pointM: pointAt(at) };
}

function downhill(
  start: { at: PointM; amplitude: number },
  amplitudeAt: (at: PointM) => number,
  firstSteps: PointM,
): { at: PointM; amplitude: number } {
  let best = start;
  let size = 1;
  while (size >= 2 ** -NUM_HALVINGS) {
    const next = NEIGHBOURS.map(([i, j]): PointM => {
      return [best.at[0] + i * size * firstSteps[0], best.at[1] + j * size * firstSteps[1]];
    })
      .map((at) => ({ at, amplitude: amplitudeAt(at) }))
      .reduce((a, b) => (b.amplitude < a.amplitude ? b : a));
    // Steps grow again on the way down: a long valley would take a hundred thousand of the smallest.
    if (next.amplitude < best.amplitude) {
      best = next;
      size = Math.min(1, 2 * size);
    } else size /= 2;
  }
  return best;
}

function fresnelZoneM(array: LinearArray): number {
  return 0.62 * Math.sqrt(array.apertureM ** 3 / array.wavelengthM);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
