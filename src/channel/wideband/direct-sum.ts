/** The sum over elements, subcarrier by subcarrier: slow and obvious, the yardstick of the fast one. */
import type { Band } from '../../array/band.js';
import type { ComplexVector } from '../../core/complex.js';
import type { SubcarrierSum } from './response.js';

export class DirectSum implements SubcarrierSum {
  readonly band: Band;

  constructor(band: Band) {
    this.band = band;
  }

  evaluate(re: Float64Array, im: Float64Array, delayS: Float64Array, out: ComplexVector): void {
    this.band.frequenciesHz.forEach((hz, m) => {
      let sumRe = 0;
      let sumIm = 0;
      for (let n = 0; n < re.length; n++) {
        // f tau is thousands of cycles: reduced before the cosine sees it.
        const turns = hz * delayS[n]!;
        const angle = -2 * Math.PI * (turns - Math.round(turns));
        const cos = Math.cos(angle);
        const sin = Math.sin(angle);
        sumRe += re[n]! * cos - im[n]! * sin;
        sumIm += re[n]! * sin + im[n]! * cos;
      }
      out.re[m] = sumRe;
      out.im[m] = sumIm;
    });
  }
}
