/** Diverging polar-domain codebook (Li, Xu and Zhang 2025; docs/model.md eq. 14 to 18). */
import type { LinearArray, PointM } from '../array/linear-array.js';
import { BeamloopError } from '../core/errors.js';
import { type Codeword, phaseCodeword } from './codeword.js';
import { CodewordCache } from './codeword-cache.js';
import { requireIndex } from './polar.js';

export interface DpcOptions {
  /** Clip the sector boundaries to +-60 degrees (eq. 16); true unless switched off. */
  readonly rangeReduction?: boolean;
}

/** sin(60 degrees), the sine of the largest boundary angle after range reduction. */
const REDUCED_SINE = Math.sqrt(3) / 2;

interface Direction {
  readonly sin: number;
  readonly cos: number;
}

export class DpcCodebook {
  readonly array: LinearArray;
  readonly rangeReduction: boolean;
  /** M = log2 N; level m has 2^m codewords. */
  readonly numLevels: number;
  readonly #codewords: CodewordCache<number, Codeword | null>;

  /** @throws BAD_ARGUMENT unless the number of elements is a power of two. */
  constructor(array: LinearArray, options: DpcOptions = {}) {
    this.array = array;
    this.#codewords = new CodewordCache(array.numElements);
    this.rangeReduction = options.rangeReduction ?? true;
    this.numLevels = requirePowerOfTwo(array.numElements, 'The diverging codebook');
  }

  numIndices(level: number): number {
    return 2 ** requireIndex('level', level, this.numLevels);
  }

  /** Boundary angle theta_{m,n}, n = 0..2^m, after clipping, rad (eq. 14 and 16). */
  boundaryAngleRad(level: number, n: number): number {
    const { sin, cos } = this.#boundary(level, n);
    return Math.atan2(sin, cos);
  }

  /** True when nothing is left of the sector after range reduction; it then has no codeword. */
  isEmpty(level: number, index: number): boolean {
    requireIndex('index', index, this.numIndices(level));
    return this.#boundary(level, index - 1).sin === this.#boundary(level, index).sin;
  }

  /**
   * Virtual focal point v_{m,n}, m (eq. 15); null when the sector is empty. It is where the rays through the outermost
   * elements along the two boundary angles meet behind the array. Written with sines and cosines, the equation holds at
   * +-90 degrees too, where the tangents are infinite and v lies on an outermost element.
   */
  virtualFocalPointM(level: number, index: number): PointM | null {
    if (this.isEmpty(level, index)) return null;
    const lower = this.#boundary(level, index - 1);
    const upper = this.#boundary(level, index);
    const { apertureM } = this.array;
    const scaleM = apertureM / (lower.sin * upper.cos - lower.cos * upper.sin);
    // + 0 turns the -0 of an edge sector into 0.
    return [scaleM * lower.cos * upper.cos + 0, scaleM * lower.sin * upper.cos - apertureM / 2];
  }

  /** Diverging codeword b(v)/sqrt N (eq. 17), built when first asked for; null when the sector is empty. */
  codeword(level: number, index: number): Codeword | null {
    // Level m is numbered from 2^m, as in a binary heap.
    const numIndices = this.numIndices(level);
    const place = numIndices + requireIndex('index', index, numIndices) - 1;
    return this.#codewords.get(place, () => {
      const pointM = this.virtualFocalPointM(level, index);
      if (pointM === null) return null;
      // The two variants of the codebook may meet in one run.
      const key = `${this.rangeReduction ? 'dpc' : 'dpc-full-range'}/${level}/${index}`;
      const phases = () => divergingPhaseRad(this.array, pointM);
      return phaseCodeword(key, { kind: 'dpc', level, index }, phases, { kind: 'diverging', pointM });
    });
  }

  #boundary(level: number, n: number): Direction {
    const half = this.numIndices(level) / 2;
    const sin = (n - half) / half;
    if (!this.rangeReduction || Math.abs(sin) < REDUCED_SINE) {
      return { sin, cos: Math.sqrt((1 - sin) * (1 + sin)) };
    }
    return { sin: Math.sign(sin) * REDUCED_SINE, cos: 0.5 };
  }
}

/** Phase -2 pi |p_n - v| / lambda of the codeword that diverges from the virtual focal point v, rad, [numElements]. */
export function divergingPhaseRad(array: LinearArray, virtualFocalPointM: PointM): Float64Array {
  const phaseRad = array.propagationPhaseRad(virtualFocalPointM);
  for (let n = 0; n < phaseRad.length; n++) phaseRad[n] = -phaseRad[n]!;
  return phaseRad;
}

/** Returns log2 of `numElements`. */
export function requirePowerOfTwo(numElements: number, codebook: string): number {
  const level = Math.round(Math.log2(numElements));
  if (2 ** level === numElements) return level;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `${codebook} halves sectors down to one per element and needs a power of two of elements, not ${numElements}`,
    todo: `Use ${2 ** Math.floor(Math.log2(numElements))} or ${2 ** Math.ceil(Math.log2(numElements))} elements`,
  });
}
