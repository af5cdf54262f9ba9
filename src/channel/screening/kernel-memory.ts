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
  /** FFT tables and work space, planar single [2, N] but for `twiddles`, [2, N] and then [3, 2, N/4]. */
  readonly twiddles: number;
  readonly scratch: number;
  readonly scratch2: number;
  /** Per ring planar single [2, N]: chirps, transforms of the channel, factor of each codeword's own bin. */
  readonly chirps: number;
  readonly bins: number;
  readonly alphas: number;
  /** Per column, single [S N]: power and residual; planar [2, S N]: noise. */
  readonly powers: number;
  readonly residuals: number;
  readonly noise: number;
  /** Candidate columns, int32 [S N]. */
  readonly candidates: number;
  /** One complex number, double. */
  readonly result: number;
  /** Weights of codewords, planar double [2, N] each, to the end of the memory. */
  readonly weights: number;
  readonly numBytes: number;
}

export function layOut(numElements: number, numRings: number, numWeights: number): KernelLayout {
  let end = FIRST_ADDRESS;
  const take = (numBytes: number) => {
    const at = end;
    end += Math.ceil(numBytes / 64) * 64 + GAP_BYTES;
    return at;
  };
  const perRing = numElements * numRings;
  return {
    elementY: take(8 * numElements),
    channel: take(16 * numElements),
    channelSingle: take(8 * numElements),
    twiddles: take(8 * numElements + 6 * numElements),
    scratch: take(8 * numElements),
    scratch2: take(8 * numElements),
    chirps: take(8 * perRing),
    bins: take(8 * perRing),
    alphas: take(8 * perRing),
    powers: take(4 * perRing),
    residuals: take(4 * perRing),
    noise: take(8 * perRing),
    candidates: take(4 * perRing),
    result: take(16),
    weights: take(16 * numElements * numWeights),
    numBytes: end,
  };
}
