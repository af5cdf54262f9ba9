/** Where everything that the fast evaluator keeps in the kernel's memory lies. */

import { FIRST_ADDRESS } from '../../kernels/wasm-module.js';

/** Keeps arrays that are worked on together off each other's 4096-byte aliases, which stall loads behind stores. */
const GAP_BYTES = 192;

export interface KernelLayout {
  /** Element positions, double, [N]. */
  readonly elementY: number;
  /** Channel vector: double and single precision, planar [2, N]. */
  readonly channel: number;
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
  /** Candidate columns, int32 [S M]. */
  readonly candidates: number;
  /** One complex number, double. */
  readonly result: number;
  /** Weights of codewords, planar double [2, N] each, to the end of the memory. */
  readonly weights: number;
  readonly numBytes: number;
}

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
  return {
    elementY: take(8 * numElements),
    channel: take(16 * numElements),
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
    result: take(16),
    weights: take(16 * numElements * numWeights),
    numBytes: end,
  };
}
