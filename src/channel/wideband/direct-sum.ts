/** The sum over elements, subcarrier by subcarrier: slow and obvious, the yardstick of the fast one. */
import type { Band } from '../../array/band.js';
import { type ComplexVector, complexVector } from '../../core/complex.js';
import { wrappedRad } from '../../core/turns.js';
import type { DelayedPath, ElementBeam, SubcarrierSum } from './response.js';

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
        const angle = -wrappedRad(hz * delayS[n]!);
        const cos = Math.cos(angle);
        const sin = Math.sin(angle);
        sumRe += re[n]! * cos - im[n]! * sin;
        sumIm += re[n]! * sin + im[n]! * cos;
      }
      out.re[m] = sumRe;
      out.im[m] = sumIm;
    });
  }

  receive(beam: ElementBeam, paths: readonly DelayedPath[], out: ComplexVector): void {
    const part = complexVector(this.band.numSubcarriers);
    out.re.fill(0);
    out.im.fill(0);
    for (const { gain, delayS } of paths) {
      const totalS = beam.delayS === null ? delayS : delayS.map((travelS, n) => travelS + beam.delayS![n]!);
      this.evaluate(beam.re, beam.im, totalS, part);
      for (let m = 0; m < part.re.length; m++) {
        out.re[m]! += gain.re * part.re[m]! - gain.im * part.im[m]!;
        out.im[m]! += gain.re * part.im[m]! + gain.im * part.re[m]!;
      }
    }
  }
}
