/** Two interleaved halves of an array: one is tested by the rows of a Hadamard matrix, the other is its reference at rest. */
import type { ElementSettings } from '../../drivers/array-board.js';
import { Random } from '../../src/core/random.js';
import { HadamardMatrix } from './hadamard-matrix.js';
import type { PhaseSteps } from './phase-steps.js';

export interface Half {
  /** Indices of the elements under test, from 0, ascending. */
  readonly tested: Int32Array;
  readonly resting: Int32Array;
  readonly rows: HadamardMatrix;
  /** 1 or -1 per tested element, on top of the rows: no row then points all of them the same way, which would be the strongest pilot by far. */
  readonly scramble: Int8Array;
  /** Whether every element is flipped in half of the rows, so that what does not flip is told apart: the column of ones is left out then. */
  readonly balanced: boolean;
}

/** 1 or -1: whether a tested element is flipped in a row. */
export function flipOf({ rows, scramble, balanced }: Half, row: number, column: number): number {
  const own = scramble[column]!;
  return balanced ? own * rows.sign(row, column + 1) * rows.sign(row, 0) : own * rows.sign(row, column);
}

/** The odd elements are tested first, then the even ones. An order without a matrix leaves columns of the next one unused. */
export function interleavedHalves(numElements: number, balanced = false): readonly [Half, Half] {
  const of = (parity: number) =>
    Int32Array.from({ length: Math.floor((numElements + 1 - parity) / 2) }, (_, k) => 2 * k + parity);
  const half = (parity: number): Half => {
    const tested = of(parity);
    const random = new Random('scrambled rows', numElements, parity);
    const scramble = Int8Array.from(tested, () => (random.uniform() < 0.5 ? -1 : 1));
    const rows = new HadamardMatrix(tested.length + (balanced ? 1 : 0));
    return { tested, resting: of(1 - parity), rows, scramble, balanced };
  };
  return [half(1), half(0)];
}

/** Slots that testing a half takes. */
export function halfSlots({ rows }: Half, steps: PhaseSteps): number {
  return rows.order * steps.codes.length;
}

/**
 * Phase codes of every pilot of a half, row by row, in each row the steps in turn; shape [halfSlots][numElements].
 *
 * @param base codes at which all elements add up as far as is known.
 */
export function halfCodes(
  half: Half,
  steps: PhaseSteps,
  base: Uint16Array,
  phaseBits: number,
): Uint16Array[] {
  const { tested, rows } = half;
  const numCodes = 2 ** phaseBits;
  const pilots: Uint16Array[] = [];
  for (let row = 0; row < rows.order; row++) {
    for (const step of steps.codes) {
      const codes = base.slice();
      for (const [column, n] of tested.entries()) {
        const flip = flipOf(half, row, column) < 0 ? numCodes / 2 : 0;
        codes[n] = (base[n]! + step + flip) % numCodes;
      }
      pilots.push(codes);
    }
  }
  return pilots;
}

/**
 * As `halfCodes`, but the tested elements are at one of two settings, `shift` codes or half a turn from the base, and the others turn
 * through the steps.
 */
export function contrastCodes(
  half: Half,
  steps: PhaseSteps,
  base: Uint16Array,
  phaseBits: number,
  shift: number,
): Uint16Array[] {
  const { tested, resting, rows } = half;
  const numCodes = 2 ** phaseBits;
  return Array.from({ length: rows.order }, (_, row) =>
    turnedCodes(resting, steps, base, phaseBits).map((codes) => {
      for (const [column, n] of tested.entries()) {
        codes[n] = (base[n]! + (flipOf(half, row, column) > 0 ? shift : numCodes / 2)) % numCodes;
      }
      return codes;
    }),
  ).flat();
}

/** Codes of the pilots that turn some elements through the steps, all others at rest; shape [numSteps][numElements]. */
export function turnedCodes(
  turned: Int32Array,
  steps: PhaseSteps,
  base: Uint16Array,
  phaseBits: number,
): Uint16Array[] {
  return Array.from(steps.codes, (step) => {
    const codes = base.slice();
    for (const n of turned) codes[n] = (base[n]! + step) % 2 ** phaseBits;
    return codes;
  });
}

/** Settings of pilots that differ in their phases only. */
export function settingsOf(
  codes: readonly Uint16Array[],
  rest: Omit<ElementSettings, 'phaseCode'>,
): ElementSettings[] {
  return codes.map((phaseCode) => ({ phaseCode, ...rest }));
}
