/** Far-field beams: level m illuminates 2^m sectors with the middle 2^m elements (docs/model.md eq. 17). */
import type { LinearArray } from '../array/linear-array.js';
import type { Codeword } from './codeword.js';
import { requirePowerOfTwo } from './dpc.js';
import { planeWavePhaseRad, requireIndex } from './polar.js';

export class DftCodebook {
  readonly array: LinearArray;
  /** M = log2 N; level M is the DFT codebook of the whole array, with the polar codebook's angles. */
  readonly numLevels: number;
  readonly #codewords = new Map<string, Codeword>();

  /** @throws BAD_ARGUMENT unless the number of elements is a power of two. */
  constructor(array: LinearArray) {
    this.array = array;
    this.numLevels = requirePowerOfTwo(array.numElements, 'The hierarchical far-field codebook');
  }

  numIndices(level: number): number {
    return 2 ** requireIndex('level', level, this.numLevels);
  }

  /** Sine of the angle that beam `index` of level `level` points at. */
  sinAngle(level: number, index: number): number {
    const numBeams = this.numIndices(level);
    return (2 * requireIndex('index', index, numBeams) - 1 - numBeams) / numBeams;
  }

  /** The beam that covers sector `index` of 2^level; the other elements are switched off. */
  codeword(level: number, index: number): Codeword {
    const key = `dft/${level}/${index}`;
    const known = this.#codewords.get(key);
    if (known !== undefined) return known;
    const codeword: Codeword = {
      key,
      label: { kind: 'dft', level, index },
      phaseRad: planeWavePhaseRad(this.array, this.sinAngle(level, index)),
      delayS: null,
      amplitude: this.#amplitude(2 ** level),
    };
    this.#codewords.set(key, codeword);
    return codeword;
  }

  #amplitude(numActive: number): Float64Array | null {
    const { numElements } = this.array;
    if (numActive === numElements) return null;
    const first = (numElements - numActive) / 2;
    return new Float64Array(numElements).fill(Math.sqrt(numElements / numActive), first, first + numActive);
  }
}
