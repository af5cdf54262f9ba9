import { polarPointM } from '../array/linear-array.js';
import { type Codeword, type PilotLabel, phaseCodeword } from './codeword.js';
import { CodewordCache } from './codeword-cache.js';
import { requirePowerOfTwo } from './dpc.js';
import { type PolarCodebook, planeWavePhaseRad } from './polar.js';

/** What codebooks have in common that halve sectors and focus on their middles, on or between the rings of a polar codebook. */
export abstract class FocusedBeams {
  readonly polar: PolarCodebook;
  /** log2 N. */
  protected readonly numHalvings: number;
  readonly #codewords: CodewordCache<string, Codeword>;

  /** @throws BAD_ARGUMENT unless the number of elements is a power of two. */
  constructor(polar: PolarCodebook, name: string) {
    this.polar = polar;
    this.#codewords = new CodewordCache(polar.array.numElements);
    this.numHalvings = requirePowerOfTwo(polar.array.numElements, name);
  }

  /** Focuses at ring distance times cos^2 of the angle, built when first asked for. */
  protected focused(key: string, label: PilotLabel, sinAngle: number, ringM: number): Codeword {
    const { array } = this.polar;
    return this.#codewords.get(key, () => {
      if (ringM === Infinity) {
        return phaseCodeword(key, label, () => planeWavePhaseRad(array, sinAngle), { kind: 'far', sinAngle });
      }
      const pointM = polarPointM(ringM * (1 - sinAngle ** 2), Math.asin(sinAngle));
      return phaseCodeword(key, label, () => array.propagationPhaseRad(pointM), { kind: 'focus', pointM });
    });
  }
}
