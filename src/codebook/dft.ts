/** Far-field beams: level m illuminates 2^m sectors, by sub-arrays or by shaped beams (docs/model.md eq. 19 and 20). */
import type { LinearArray } from '../array/linear-array.js';
import type { Codeword } from './codeword.js';
import { CodewordCache } from './codeword-cache.js';
import { requirePowerOfTwo } from './dpc.js';
import { planeWavePhaseRad, requireIndex } from './polar.js';

/**
 * How beams are widened. `sub-array`: the middle 2^m elements, the others switched off. `shaped`: all elements, with the
 * amplitudes and phases that are flat over the sector and low outside.
 */
export type WideBeams = 'sub-array' | 'shaped';

export class DftCodebook {
  readonly array: LinearArray;
  /** M = log2 N; level M is the DFT codebook of the whole array, with the polar codebook's angles. */
  readonly numLevels: number;
  readonly wideBeams: WideBeams;
  readonly #codewords: CodewordCache<string, Codeword>;

  /** @throws BAD_ARGUMENT unless the number of elements is a power of two. */
  constructor(array: LinearArray, wideBeams: WideBeams = 'sub-array') {
    this.array = array;
    this.#codewords = new CodewordCache(array.numElements);
    this.wideBeams = wideBeams;
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

  /** The beam that covers sector `index` of 2^level. */
  codeword(level: number, index: number): Codeword {
    const isShaped = this.wideBeams === 'shaped' && level < this.numLevels;
    const key = `${isShaped ? 'shaped' : 'dft'}/${level}/${index}`;
    return this.#codewords.get(key, () => ({
      key,
      label: { kind: 'dft', level, index },
      ...(isShaped ? this.#shaped(level, index) : this.#subArray(level, index)),
      delayS: null,
    }));
  }

  #subArray(level: number, index: number) {
    return {
      phaseRad: planeWavePhaseRad(this.array, this.sinAngle(level, index)),
      amplitude: this.#amplitude(2 ** level),
    };
  }

  /** Fourier series of a rectangle over the sector, tapered: side lobes fall, and the flanks stay narrow. */
  #shaped(level: number, index: number) {
    const { array } = this;
    const taps = Float64Array.from({ length: array.numElements }, (_, k) => {
      const offset = array.elementOffset(k);
      const taper = 0.54 + 0.46 * Math.cos((2 * Math.PI * offset) / array.numElements);
      return taper * sinc(offset / 2 ** level);
    });
    const meanSquare = taps.reduce((sum, tap) => sum + tap * tap, 0) / taps.length;
    return {
      phaseRad: planeWavePhaseRad(array, this.sinAngle(level, index)).map((phase, k) =>
        taps[k]! < 0 ? phase + (phase > 0 ? -Math.PI : Math.PI) : phase,
      ),
      amplitude: taps.map((tap) => Math.abs(tap) / Math.sqrt(meanSquare)),
    };
  }

  #amplitude(numActive: number): Float64Array | null {
    const { numElements } = this.array;
    if (numActive === numElements) return null;
    const first = (numElements - numActive) / 2;
    return new Float64Array(numElements).fill(Math.sqrt(numElements / numActive), first, first + numActive);
  }
}

/** sin(pi x) / (pi x). */
function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}
