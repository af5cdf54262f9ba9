/** What a link over the whole band carries (docs/model.md eq. 79 and 80). */

import type { AntennaArray } from '../../array/antenna-array.js';
import type { Band } from '../../array/band.js';
import { type ComplexVector, magnitude } from '../../core/complex.js';
import { channelVector } from '../channel.js';
import type { Path } from '../paths.js';

/** Mean over the subcarriers of log2(1 + SNR), bit/s/Hz. */
export function rateOverBand(numSubcarriers: number, snrAt: (subcarrier: number) => number): number {
  let sum = 0;
  for (let m = 0; m < numSubcarriers; m++) sum += Math.log2(1 + snrAt(m));
  return sum / numSubcarriers;
}

/**
 * Rate of receiving `signal`, bit/s/Hz.
 *
 * @param signal noise-free, shape [numSubcarriers].
 * @param noiseVariance per subcarrier, same unit as |signal|^2; Infinity comes out at 0.
 */
export function meanRate({ re, im }: ComplexVector, noiseVariance: number): number {
  return rateOverBand(re.length, (m) => (re[m]! ** 2 + im[m]! ** 2) / noiseVariance);
}

/**
 * What a user receives when the channel is known perfectly and every element radiates its full share in the best phase on
 * every subcarrier: N^(-1/2) times the sum of |h_n(f)|, shape [numSubcarriers]. No beam of constant envelope receives more.
 */
export function perfectSignal(array: AntennaArray, paths: readonly Path[], band: Band): ComplexVector {
  const { numElements } = array;
  const scale = 1 / Math.sqrt(numElements);
  const [only] = paths;
  const amplitude =
    paths.length === 1
      ? () => magnitude(only!.gain) * Math.sqrt(numElements)
      : (frequencyHz: number) => {
          const { re, im } = channelVector(array, paths, frequencyHz);
          return scale * re.reduce((sum, x, n) => sum + Math.hypot(x, im[n]!), 0);
        };
  return { re: band.frequenciesHz.map((hz) => amplitude(hz)), im: new Float64Array(band.numSubcarriers) };
}
