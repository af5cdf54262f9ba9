/** Beams focused on the centres of ever narrower sectors: a hierarchical codebook made of polar-domain beams. */
import { polarPointM } from '../array/linear-array.js';
import { once } from '../core/once.js';
import type { Codeword } from './codeword.js';
import { requirePowerOfTwo } from './dpc.js';
import { type PolarCodebook, planeWavePhaseRad, requireIndex } from './polar.js';

export class SectorCodebook {
  readonly polar: PolarCodebook;
  /** M = log2 N; at level M the sector centres are the polar codebook's angles. */
  readonly numLevels: number;
  readonly #codewords = new Map<string, Codeword>();

  /** @throws BAD_ARGUMENT unless the number of elements is a power of two. */
  constructor(polar: PolarCodebook) {
    this.polar = polar;
    this.numLevels = requirePowerOfTwo(polar.array.numElements, 'The hierarchical near-field codebook');
  }

  /** Sine of the centre of sector `index` of the 2^level sectors that are equally wide in the sine of the angle. */
  sinAngle(level: number, index: number): number {
    const numSectors = 2 ** requireIndex('level', level, this.numLevels);
    return (2 * requireIndex('index', index, numSectors) - 1 - numSectors) / numSectors;
  }

  /** Focuses on a sector's centre at ring distance times cos^2; at the last level the polar codeword itself. */
  codeword(level: number, index: number, ring: number): Codeword {
    const sinAngle = this.sinAngle(level, index);
    const ringM = this.polar.ringDistanceM(ring);
    if (level === this.numLevels) return this.polar.codeword({ ring, angleIndex: index });
    const key = `sector/${level}/${index}/${ring}`;
    const known = this.#codewords.get(key);
    if (known !== undefined) return known;
    const { array } = this.polar;
    const phaseRad = once(() =>
      ringM === Infinity
        ? planeWavePhaseRad(array, sinAngle)
        : array.propagationPhaseRad(polarPointM(ringM * (1 - sinAngle ** 2), Math.asin(sinAngle))),
    );
    const codeword: Codeword = {
      key,
      label: { kind: 'sector', level, index, ring },
      get phaseRad() {
        return phaseRad();
      },
      delayS: null,
      amplitude: null,
    };
    this.#codewords.set(key, codeword);
    return codeword;
  }
}
