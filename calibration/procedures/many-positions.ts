/** Errors that an array shows to receivers at several positions, and which of these are not where they should be (docs/model.md eq. 129). */
import type { AntennaArray, PlaceM } from '../../src/array/antenna-array.js';
import { type ComplexVector, complexVector } from '../../src/core/complex.js';
import { BeamloopError } from '../../src/core/errors.js';
import { correlation, type ElementResponses, turned } from './element-responses.js';
import { type ReceiverView, ViewedArray } from './receiver-view.js';
import { fitView, type ViewFit } from './view-fit.js';

const ROUNDS = 8;
/** Standard deviations by which a position is off before it is not believed. */
const OFF = 4;
/** Displacements below this share of a step move the phases at the edge by a few degrees at most. */
const MATTERS = 0.05;
/** Misfit over what noise explains beyond which the positions and the array do not go together. */
const MISFIT = 1.5;

export interface MeasuredPosition {
  /** Where the receiver is said to be, m. */
  readonly placeM: PlaceM;
  readonly responses: ElementResponses;
}

interface FoundPosition {
  /** Whether it is where it is said to be, as far as the others tell. */
  readonly believed: boolean;
  /** By how much it is off across the line of sight and away from the array, m; 0 where believed. */
  readonly acrossM: number;
  readonly awayM: number;
}

export interface ManyPositions {
  /** Of the array, from all positions, less the way from the first one as it is said to be: to be taken on as that one's responses. */
  readonly responses: ElementResponses;
  readonly positions: readonly FoundPosition[];
  /** Root mean square of what the positions disagree, over what noise explains. */
  readonly misfit: number;
  /** Whether the positions fit one array. */
  readonly fits: boolean;
  /** What cannot be told, in words. */
  readonly note: string;
}

/**
 * Alternates between the errors, common to all positions, and where each receiver is. A tilt or a bend of the array looks the same as
 * all receivers being displaced alike; it is shared out such that most of them are where they are said to be.
 *
 * @throws BAD_ARGUMENT for fewer than two positions.
 */
export function errorsFromPositions(
  array: AntennaArray,
  measured: readonly MeasuredPosition[],
): ManyPositions {
  if (measured.length < 2) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `Errors and places of receivers are told apart from two positions on; ${measured.length} given`,
      todo: 'Calibrate from two or more positions',
    });
  }
  const viewed = new ViewedArray(array);
  const nominal = measured.map(({ placeM }) => viewed.viewOf(placeM));
  const views = nominal.slice();
  let fits: ViewFit[] = [];
  let common = errorsOf(viewed, measured.slice(0, 1), views);
  for (let round = 0; round < ROUNDS; round++) {
    fits = measured.map(({ responses }, p) =>
      fitView(viewed, times(responses.response, common.response), views[p]!, round === 0),
    );
    // The first one stays: all displaced alike is all the same.
    for (let p = 1; p < views.length; p++) views[p] = fits[p]!.view;
    common = errorsOf(viewed, measured, views);
  }
  const shift = [0, 1, 2].map((axis) => middle(views.map((view, p) => view[axis]! - nominal[p]![axis]!)));
  const off = views.map((view, p) => view.map((x, axis) => x - nominal[p]![axis]! - shift[axis]!));
  const limit = [0, 1, 2].map((axis) =>
    Math.max(MATTERS * viewed.steps[axis]!, ...fits.map(({ sigma }) => OFF * Math.SQRT2 * sigma[axis]!)),
  );
  const believed = off.map((each) => each.every((x, axis) => Math.abs(x) <= limit[axis]!));
  for (const p of views.keys()) views[p] = nominal[p]!;
  const steady = measured.filter((_, p) => believed[p]);
  common = errorsOf(
    viewed,
    steady.length > 0 ? steady : measured,
    steady.length > 0 ? views.filter((_, p) => believed[p]) : views,
  );
  for (let round = 0; round < ROUNDS; round++) {
    for (const [p, { responses }] of measured.entries()) {
      if (!believed[p])
        views[p] = fitView(viewed, times(responses.response, common.response), views[p]!, round === 0).view;
    }
    common = errorsOf(viewed, measured, views);
  }
  const misfit = misfitOf(viewed, measured, views, common);
  return {
    responses: { ...common, response: onWay(viewed, common.response, nominal[0]!, 1) },
    positions: views.map((view, p) => foundPosition(view, nominal[p]!, believed[p]!)),
    misfit,
    fits: misfit <= MISFIT,
    note:
      measured.length === 2 && believed.includes(false)
        ? 'The two positions do not go together; which of them is off cannot be told, and half was given to each'
        : 'A tilt or bend of the whole array looks like all receivers displaced alike: it is shared out such that most are where they are said to be',
  };
}

/** Mean over positions of what they say of the elements, after the way is taken off and all are turned to agree. */
function errorsOf(
  array: ViewedArray,
  measured: readonly MeasuredPosition[],
  views: readonly ReceiverView[],
): ElementResponses {
  const numElements = array.numElements;
  const sum = complexVector(numElements);
  const weights = new Float64Array(numElements);
  let agreed: ComplexVector | null = null;
  for (const [p, { responses }] of measured.entries()) {
    const own = onWay(array, responses.response, views[p]!, -1);
    const { re, im } = agreed === null ? { re: 1, im: 0 } : correlation(agreed, own);
    const placed = turned(own, -Math.atan2(im, re));
    agreed ??= own;
    const size = Math.sqrt(correlation(agreed, agreed).re / correlation(placed, placed).re);
    for (let n = 0; n < numElements; n++) {
      const weight = 1 / (responses.variance[n]! * size * size);
      sum.re[n]! += weight * size * placed.re[n]!;
      sum.im[n]! += weight * size * placed.im[n]!;
      weights[n]! += weight;
    }
  }
  return {
    response: { re: sum.re.map((x, n) => x / weights[n]!), im: sum.im.map((x, n) => x / weights[n]!) },
    variance: weights.map((weight) => 1 / weight),
  };
}

/** Times (1) or over (-1) the way to a receiver. */
function onWay(
  array: ViewedArray,
  { re, im }: ComplexVector,
  view: ReceiverView,
  sign: 1 | -1,
): ComplexVector {
  const phaseRad = array.phaseRad(view);
  const cos = phaseRad.map(Math.cos);
  const sin = phaseRad.map((rad) => sign * Math.sin(rad));
  return {
    re: re.map((x, n) => x * cos[n]! - im[n]! * sin[n]!),
    im: re.map((x, n) => x * sin[n]! + im[n]! * cos[n]!),
  };
}

/** a times the conjugate of b, element by element. */
function times(a: ComplexVector, b: ComplexVector): ComplexVector {
  return {
    re: a.re.map((x, n) => x * b.re[n]! + a.im[n]! * b.im[n]!),
    im: a.im.map((y, n) => y * b.re[n]! - a.re[n]! * b.im[n]!),
  };
}

/** Of an even number of values, the mean of the two in the middle. */
function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function misfitOf(
  array: ViewedArray,
  measured: readonly MeasuredPosition[],
  views: readonly ReceiverView[],
  { response }: ElementResponses,
): number {
  const numElements = array.numElements;
  let chi = 0;
  for (const [p, { responses }] of measured.entries()) {
    const own = onWay(array, responses.response, views[p]!, -1);
    const { re, im } = correlation(response, own);
    const size = Math.hypot(re, im) / correlation(response, response).re;
    const placed = turned(own, -Math.atan2(im, re));
    for (let n = 0; n < numElements; n++) {
      const square =
        (placed.re[n]! - size * response.re[n]!) ** 2 + (placed.im[n]! - size * response.im[n]!) ** 2;
      chi += square / responses.variance[n]!;
    }
  }
  return Math.sqrt(chi / (2 * numElements * (measured.length - 1)));
}

function foundPosition(view: ReceiverView, nominal: ReceiverView, believed: boolean): FoundPosition {
  const distanceM = 1 / nominal[2];
  return {
    believed,
    acrossM: distanceM * Math.hypot(view[0] - nominal[0], view[1] - nominal[1]),
    awayM: 1 / Math.max(view[2], 1e-9) - distanceM,
  };
}
