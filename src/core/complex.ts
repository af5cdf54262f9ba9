/** Complex numbers and vectors, as pairs of real ones. */

export interface Complex {
  readonly re: number;
  readonly im: number;
}

/** Shape [length] each. */
export interface ComplexVector {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

export function complexVector(length: number): ComplexVector {
  return { re: new Float64Array(length), im: new Float64Array(length) };
}

/** Sum of a_n b_n: transpose, no conjugate. */
export function transposeProduct(a: ComplexVector, b: ComplexVector): Complex {
  let re = 0;
  let im = 0;
  for (let n = 0; n < a.re.length; n++) {
    const ar = a.re[n]!;
    const ai = a.im[n]!;
    const br = b.re[n]!;
    const bi = b.im[n]!;
    re += ar * br - ai * bi;
    im += ar * bi + ai * br;
  }
  return { re, im };
}

export function magnitude(z: Complex): number {
  return Math.sqrt(z.re * z.re + z.im * z.im);
}
