/** Equal steps of phase as a board can make them, and how the first harmonic of a power over them is told (docs/model.md eq. 118). */
import { BeamloopError } from '../../src/core/errors.js';

export interface PhaseSteps {
  /** Added to codes, modulo 2^bits. */
  readonly codes: Uint16Array;
  /** What the codes stand for, rad. */
  readonly stepRad: Float64Array;
  /** Whether they are equal steps of a whole turn. */
  readonly exact: boolean;
  /** Z = sum of weights times powers, P = D + 2 Re(Z exp(j step)); shape [numSteps] each. */
  readonly weightRe: Float64Array;
  readonly weightIm: Float64Array;
  /** D = sum of these times powers. */
  readonly meanWeight: Float64Array;
  /** Of Z by white noise of variance 1 of the powers: sum of squared weights. */
  readonly noiseGain: number;
}

/** @throws BOARD_MISMATCH for boards whose phases cannot tell a sine from its mirror image. */
export function phaseSteps(phaseBits: number, numSteps: number): PhaseSteps {
  const numCodes = 2 ** phaseBits;
  if (numCodes < 3) {
    throw new BeamloopError('BOARD_MISMATCH', {
      what:
        `Powers of a board with ${phaseBits} phase bit${phaseBits === 1 ? '' : 's'} are the same for its elements' errors and for their mirror image ` +
        '(all of the other sign): nothing tells them apart',
      todo: 'Calibrate boards of 2 or more phase bits over the air',
    });
  }
  const codes = Uint16Array.from(
    { length: numSteps },
    (_, k) => Math.round((k * numCodes) / numSteps) % numCodes,
  );
  const stepRad = Float64Array.from(codes, (code) => (2 * Math.PI * code) / numCodes);
  const exact = numCodes % numSteps === 0;
  const columns = [() => 1, Math.cos, (rad: number) => -Math.sin(rad)];
  const design = columns.map((column) => Float64Array.from(stepRad, column));
  const inverse = inverse3(design.map((a) => design.map((b) => a.reduce((sum, x, k) => sum + x * b[k]!, 0))));
  const solved = inverse.map((row) =>
    Float64Array.from(stepRad, (_, k) => row.reduce((sum, x, c) => sum + x * design[c]![k]!, 0)),
  );
  const [meanWeight, twiceRe, twiceIm] = solved as [Float64Array, Float64Array, Float64Array];
  const weightRe = twiceRe.map((w) => w / 2);
  const weightIm = twiceIm.map((w) => w / 2);
  const noiseGain = weightRe.reduce((sum, w, k) => sum + w * w + weightIm[k]! ** 2, 0);
  return { codes, stepRad, exact, weightRe, weightIm, meanWeight, noiseGain };
}

function inverse3(m: readonly (readonly number[])[]): number[][] {
  const at = (i: number, j: number) => m[i % 3]![j % 3]!;
  const cofactor = (i: number, j: number) =>
    at(i + 1, j + 1) * at(i + 2, j + 2) - at(i + 1, j + 2) * at(i + 2, j + 1);
  const determinant = [0, 1, 2].reduce((sum, j) => sum + at(0, j) * cofactor(0, j), 0);
  return [0, 1, 2].map((i) => [0, 1, 2].map((j) => cofactor(j, i) / determinant));
}
