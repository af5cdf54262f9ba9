/** Where everything that the fast evaluator keeps in the kernel's memory lies. */

import { FIRST_ADDRESS } from '../../kernels/wasm-module.js';

/** Keeps arrays that are worked on together off each other's 4096-byte aliases, which stall loads behind stores. */
const GAP_BYTES = 192;

export interface KernelLayout {
  /** Element positions, double, [N]. */
  readonly elementY: number;
  /** Channel vector: double and single precision, planar [2, N]; space for a path of it, double. */
  readonly channel: number;
  readonly path: number;
  readonly channelSingle: number;
  /** FFT tables and work space, planar single [2, M] but for `twiddles`, [2, M] and then [3, 2, M/4]. */
  readonly twiddles: number;
  readonly scratch: number;
  readonly scratch2: number;
  /** Where M is less than N, channel times chirp with its elements M apart added up, and ones: planar single [2, M]. */
  readonly folded: number;
  readonly ones: number;
  /** Per ring, planar single [2, N]. */
  readonly chirps: number;
  /** Per ring planar single [2, M]: transforms of the channel, factor of each codeword's own bin. */
  readonly bins: number;
  readonly alphas: number;
  /** Per column, single [S M]: power and residual; planar [2, S M]: noise. */
  readonly powers: number;
  readonly residuals: number;
  readonly noise: number;
  /** Candidate columns, int32 [S M]; what they receive by their windows, single [S M, 3]. */
  readonly candidates: number;
  readonly estimates: number;
  /** Per column its window, [S M, 8]; coefficients of windows, single [., 2, 4], as many as there is room for. */
  readonly windows: number;
  readonly coefficients: number;
  readonly coefficientBytes: number;
  /** One complex number, double. */
  readonly result: number;
  /** Weights of codewords, planar double [2, N] each, to the end of the memory. */
  readonly weights: number;
  readonly numBytes: number;
}

/** Of one group of four bins. */
export const GROUP_BYTES = 32;
/** A window of bins is no longer than this. */
export const MAX_WINDOW = 128;
/** Besides one group for every column. */
const MOST_COEFFICIENT_BYTES = 64 * 2 ** 20;

export interface KernelSizes {
  /** N. */
  readonly numElements: number;
  /** M. */
  readonly numAngles: number;
  readonly numRings: number;
  readonly numWeights: number;
}

export function layOut({ numElements, numAngles, numRings, numWeights }: KernelSizes): KernelLayout {
  let end = FIRST_ADDRESS;
  const take = (numBytes: number) => {
    const at = end;
    end += Math.ceil(numBytes / 64) * 64 + GAP_BYTES;
    return at;
  };
  const numCodewords = numAngles * numRings;
  const coefficientBytes =
    GROUP_BYTES * numCodewords +
    Math.min(MOST_COEFFICIENT_BYTES, 8 * Math.min(MAX_WINDOW, numAngles) * numCodewords);
  return {
    elementY: take(8 * numElements),
    channel: take(16 * numElements),
    path: take(16 * numElements),
    channelSingle: take(8 * numElements),
    twiddles: take(8 * numAngles + 6 * numAngles),
    scratch: take(8 * numAngles),
    scratch2: take(8 * numAngles),
    folded: take(8 * numAngles),
    ones: take(8 * numAngles),
    chirps: take(8 * numElements * numRings),
    bins: take(8 * numCodewords),
    alphas: take(8 * numCodewords),
    powers: take(4 * numCodewords),
    residuals: take(4 * numCodewords),
    noise: take(8 * numCodewords),
    candidates: take(4 * numCodewords),
    estimates: take(12 * numCodewords),
    windows: take(32 * numCodewords),
    coefficients: take(coefficientBytes),
    coefficientBytes,
    result: take(16),
    weights: take(16 * numElements * numWeights),
    numBytes: end,
  };
}
