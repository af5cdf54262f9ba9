/** Spherical-wave channel and noise (docs/model.md eq. 45, 47 and 48). */
import type { AntennaArray } from '../array/antenna-array.js';
import type { Codeword } from '../codebook/codeword.js';
import type { PolarIndex } from '../codebook/polar.js';
import { codewordWeights } from '../codebook/weights.js';
import { requireFinite, requireLength, requirePositive } from '../core/arguments.js';
import { type Complex, type ComplexVector, complexVector, transposeProduct } from '../core/complex.js';
import type { Random } from '../core/random.js';
import type { Path } from './paths.js';

/** h = sum of g_l b(s_l) at one frequency, shape [numElements] (eq. 45). */
export function channelVector(
  array: AntennaArray,
  paths: readonly Path[],
  frequencyHz = array.carrierHz,
): ComplexVector {
  const h = complexVector(array.numElements);
  for (const { gain, positionM } of paths) {
    requireFinite('gain', gain.re, gain.im);
    const b = array.steeringVector(positionM, frequencyHz);
    for (let k = 0; k < array.numElements; k++) {
      h.re[k]! += gain.re * b.re[k]! - gain.im * b.im[k]!;
      h.im[k]! += gain.re * b.im[k]! + gain.im * b.re[k]!;
    }
  }
  return h;
}

/** Noise-free pilot h^T w(f) at one frequency: transpose, not Hermitian (eq. 47). */
export function receivePilot(h: ComplexVector, codeword: Codeword, frequencyHz: number): Complex {
  requirePositive('frequencyHz', frequencyHz);
  requireLength('h', h.re, codeword.phaseRad.length);
  return transposeProduct(h, codewordWeights(codeword, frequencyHz));
}

/** Noise variance per pilot of unit norm when the paths' powers sum to 1 (eq. 48); 0 at infinite SNR. */
export function noiseVariance(snrDb: number): number {
  if (Number.isNaN(snrDb)) requireFinite('snrDb', snrDb);
  return 10 ** (-snrDb / 10);
}

/** One draw of circular complex Gaussian noise. */
export function drawNoise(variance: number, random: Random): Complex {
  if (variance !== 0) requirePositive('variance', variance);
  const scale = Math.sqrt(variance / 2);
  return { re: scale * random.normal(), im: scale * random.normal() };
}

/**
 * Answers for one channel at a time what pilots receive and which codeword of a polar codebook is the best, at the
 * carrier. Reused from user to user: `setChannel` replaces the channel.
 */
export interface ChannelEvaluator {
  setChannel(paths: readonly Path[]): void;
  /** Noise-free pilot h^T w (eq. 47). */
  receive(codeword: Codeword): Complex;
  /** Codeword with the largest |h^T w|; the first in column order on a tie. */
  best(): PolarIndex;
  /** Codeword with the largest |h^T w + noise|; noise per column, shape [numCodewords]. What exhaustive search finds. */
  bestWithNoise(noise: ComplexVector): PolarIndex;
  /**
   * Place in `columns` of the codeword with the largest |h^T w + noise|, the first of equals: what asking for all of them would
   * tell, in less time. Not there, or null, where it would take no less.
   */
  strongestOf?(columns: Int32Array, noise: ColumnNoise): number | null;
}

/** Noise of a codebook's columns, which is drawn when it is asked for. */
export interface ColumnNoise {
  /** No column has more. */
  readonly most: number;
  at(column: number): Complex;
}
