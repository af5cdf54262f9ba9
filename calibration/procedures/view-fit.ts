/** Where a receiver seems to be, from phases over the array that are known but for errors (docs/model.md eq. 128). */
import type { ComplexVector } from '../../src/core/complex.js';
import { cholesky, solveCholesky } from './cholesky.js';
import type { ReceiverView, ViewedArray } from './receiver-view.js';

export interface ViewFit {
  readonly view: ReceiverView;
  /** Of the three coordinates, by the spread of the phases about the fit; 0 for those that the array does not tell. */
  readonly sigma: ReceiverView;
  /** |sum| over sum of |.|: 1 for phases that fit exactly. */
  readonly coherence: number;
  /** Phases about the fit, weighted, rad rms. */
  readonly spreadRad: number;
  /** Places that were looked at before the best was refined. */
  readonly numLooked: number;
}

/** Sines and shares of the curvature that are looked at about where the receiver should be. */
const LOOKED_SINES = 0.06;
const LOOKED_SHARE = 0.6;
const MOST_CURVATURES = 24;
const ROUNDS = 8;
/** For derivatives: shares of a step. */
const NUDGE = 1e-4;

/**
 * @param product of each element, received times the conjugate of what is known of it: its phase is that of the way, but for errors.
 * @param about where the receiver should be; `search`: whether it may be far from there.
 */
export function fitView(
  array: ViewedArray,
  product: ComplexVector,
  about: ReceiverView,
  search: boolean,
): ViewFit {
  const looked = search ? grid(array, about) : [about];
  let best = about;
  let most = -1;
  for (const view of looked) {
    const size = Math.hypot(...sumAt(array, product, view));
    if (size > most) [best, most] = [view, size];
  }
  let fit = refined(array, product, best);
  for (let round = 1; round < ROUNDS; round++) fit = refined(array, product, fit.view);
  return { ...fit, numLooked: looked.length };
}

function grid(array: ViewedArray, about: ReceiverView): ReceiverView[] {
  const offsets = [0, 1, 2].map((axis) => {
    if (!array.told.includes(axis)) return [0];
    const reach = axis === 2 ? LOOKED_SHARE * about[2] : LOOKED_SINES;
    const step = Math.max(array.steps[axis]!, axis === 2 ? (2 * reach) / MOST_CURVATURES : 0);
    const count = Math.floor(reach / step);
    return Array.from({ length: 2 * count + 1 }, (_, k) => (k - count) * step);
  });
  return offsets[0]!.flatMap((y) =>
    offsets[1]!.flatMap((z) =>
      offsets[2]!.map((c): ReceiverView => [about[0] + y, about[1] + z, Math.max(0, about[2] + c)]),
    ),
  );
}

function sumAt(array: ViewedArray, { re, im }: ComplexVector, view: ReceiverView): [number, number] {
  const phaseRad = array.phaseRad(view);
  let [sumRe, sumIm] = [0, 0];
  for (let n = 0; n < phaseRad.length; n++) {
    const [cos, sin] = [Math.cos(phaseRad[n]!), Math.sin(phaseRad[n]!)];
    sumRe += re[n]! * cos + im[n]! * sin;
    sumIm += im[n]! * cos - re[n]! * sin;
  }
  return [sumRe, sumIm];
}

/** One step of least squares of the phases, each as heavy as what was received of its element. */
function refined(array: ViewedArray, product: ComplexVector, view: ReceiverView): Omit<ViewFit, 'numLooked'> {
  const { told, steps } = array;
  const phaseRad = array.phaseRad(view);
  const [sumRe, sumIm] = sumAt(array, product, view);
  const common = Math.atan2(sumIm, sumRe);
  const derivatives = told.map((axis) => {
    const nudged = [...view] as [number, number, number];
    nudged[axis]! += NUDGE * steps[axis]!;
    return array.phaseRad(nudged).map((rad, n) => (rad - phaseRad[n]!) / NUDGE);
  });
  const rows = [...derivatives, new Float64Array(phaseRad.length).fill(1)];
  const normal = rows.map(() => new Float64Array(rows.length));
  const right = new Float64Array(rows.length);
  let [squares, weights, effective] = [0, 0, 0];
  for (let n = 0; n < phaseRad.length; n++) {
    const weight = Math.hypot(product.re[n]!, product.im[n]!);
    const rad = Math.atan2(product.im[n]!, product.re[n]!) - phaseRad[n]! - common;
    const left = Math.atan2(Math.sin(rad), Math.cos(rad));
    squares += weight * left * left;
    weights += weight;
    effective += weight * weight;
    for (let a = 0; a < rows.length; a++) {
      right[a]! += weight * rows[a]![n]! * left;
      for (let b = 0; b < rows.length; b++) normal[a]![b]! += weight * rows[a]![n]! * rows[b]![n]!;
    }
  }
  const spread = squares / weights;
  const lower = cholesky(normal);
  const moved = solveCholesky(lower, right);
  const next = [...view] as [number, number, number];
  const sigma: [number, number, number] = [0, 0, 0];
  for (const [k, axis] of told.entries()) {
    // A step that leaves the neighbourhood is one too far.
    next[axis]! += Math.max(-1, Math.min(1, moved[k]!)) * steps[axis]!;
    const unit = Float64Array.from(rows, (_, a) => (a === k ? 1 : 0));
    sigma[axis] = steps[axis]! * Math.sqrt((solveCholesky(lower, unit)[k]! * spread * effective) / weights);
  }
  next[2] = Math.max(0, next[2]);
  return {
    ...{ view: next, sigma, spreadRad: Math.sqrt(spread) },
    coherence: Math.hypot(sumRe, sumIm) / weights,
  };
}
