/**
 * Codewords from a few parameters, as every board expands them: SPEC 4.7. Operations and their order are those of the clause, for
 * each of them rounds, and two that differ in one bit may differ in a phase code.
 */
import type { ElementCodes } from './element-settings.js';

/** The array that the board is a part of, or all of. SPEC 6.15. */
export interface Geometry {
  readonly arrayElements: number;
  /** Of the array, the board's element 0; mirrored: its last. */
  readonly firstElement: number;
  readonly mirrored: boolean;
  readonly carrierHz: number;
  /** m/s. */
  readonly speedOfLight: number;
  /** Of neighbours, m. */
  readonly spacing: number;
  /** The same in wavelengths of the carrier. */
  readonly spacingTurns: number;
}

/** What a board can set of an element. */
export interface ExpandingBoard {
  readonly numElements: number;
  readonly phaseBits: number;
  readonly delayBits: number;
  readonly amplitudeBits: number;
  /** s. */
  readonly delayLsbS: number;
  /** Highest that it takes. */
  readonly lastDelayCode: number;
  /** Shape [numLines][numElements], s; null without lines. */
  readonly delayLinesS: readonly Float64Array[] | null;
}

/** What is taken off every element of a corrected codeword; shape [numElements] each. SPEC 6.16. */
export interface Corrections {
  readonly phaseRad: Float64Array;
  readonly delayS: Float64Array;
}

/** `kind` of an entry of LoadFoci. SPEC 4.7. */
export const FOCUS_KIND = { far: 0, focus: 1, diverging: 2, secondOrder: 3 } as const;

export interface FocusParameters {
  readonly kind: number;
  readonly a: number;
  readonly b: number;
}

export interface SplitParameters {
  readonly line: number;
  readonly phaseSin: number;
  readonly phaseRing: number;
  readonly delaySin: number;
  readonly delayRing: number;
  readonly shift: number;
}

export class CodewordExpander {
  readonly #geometry: Geometry;
  readonly #board: ExpandingBoard;
  readonly #wavelength: number;
  readonly #turnsPerMetre: number;
  /** Of the board's elements from the middle of the array, in spacings and in m; shape [numElements]. */
  readonly #offset: Float64Array;
  readonly #y: Float64Array;

  constructor(geometry: Geometry, board: ExpandingBoard) {
    const { arrayElements, firstElement, mirrored, carrierHz, speedOfLight, spacing } = geometry;
    const { numElements } = board;
    this.#geometry = geometry;
    this.#board = board;
    this.#wavelength = speedOfLight / carrierHz;
    this.#turnsPerMetre = carrierHz / speedOfLight;
    this.#offset = Float64Array.from({ length: numElements }, (_, n) =>
      offsetOf(mirrored ? firstElement + numElements - 1 - n : firstElement + n, arrayElements),
    );
    this.#y = this.#offset.map((offset) => offset * spacing);
  }

  /** Null where a phase is no finite number, and on boards with fixed lines. */
  focus(parameters: FocusParameters, corrections: Corrections | null): ElementCodes | null {
    const { numElements, phaseBits, delayBits, delayLinesS } = this.#board;
    if (delayLinesS !== null) return null;
    const phase = this.#focusPhases(parameters);
    const phaseCode = new Uint16Array(numElements);
    for (let n = 0; n < numElements; n++) {
      const corrected = corrections === null ? phase[n]! : phase[n]! - corrections.phaseRad[n]!;
      const code = phaseCodeOf(corrected / TURN, phaseBits);
      if (code < 0) return null;
      phaseCode[n] = code;
    }
    return {
      phaseCode,
      delayCode: delayBits === 0 ? null : new Uint16Array(numElements),
      amplitudeCode: this.#amplitudeCode(),
      lineCode: null,
    };
  }

  /** Null where a phase or delay is no finite number, and for a line that there is not. */
  split(parameters: SplitParameters, corrections: Corrections | null): ElementCodes | null {
    const { numElements, phaseBits, delayBits, delayLinesS, delayLsbS, lastDelayCode } = this.#board;
    const { line, phaseSin, phaseRing, delaySin, delayRing, shift } = parameters;
    if (line >= (delayLinesS?.length ?? 1)) return null;
    const { carrierHz, speedOfLight } = this.#geometry;
    const lineS = delayLinesS === null ? null : delayLinesS[line]!;
    const first = this.#firstDelay(delaySin, delayRing);
    const phaseCode = new Uint16Array(numElements);
    const delayCode = new Uint16Array(numElements);
    for (let n = 0; n < numElements; n++) {
      const y = this.#y[n]!;
      const phase =
        secondOrderPhase(y, phaseSin, phaseRing, this.#wavelength) - (corrections?.phaseRad[n] ?? 0);
      const delay = (y * delaySin - y * y * delayRing) / speedOfLight - first - (corrections?.delayS[n] ?? 0);
      const lineDelay = lineS === null ? 0 : lineS[n]!;
      const rest = delay + shift - lineDelay;
      const exact = delayBits === 0 ? 0 : nearest(rest / delayLsbS);
      if (!Number.isFinite(exact)) return null;
      const code = Math.min(Math.max(exact, 0), lastDelayCode);
      const realised = lineDelay + (delayBits === 0 ? 0 : code * delayLsbS);
      const missing = carrierHz * (delay + shift - realised);
      const steps = phaseCodeOf(phase / TURN - (missing - nearest(missing)), phaseBits);
      if (steps < 0) return null;
      phaseCode[n] = steps;
      delayCode[n] = code;
    }
    return {
      phaseCode,
      delayCode: delayBits === 0 ? null : delayCode,
      amplitudeCode: this.#amplitudeCode(),
      lineCode:
        delayLinesS === null || delayLinesS.length < 2 ? null : new Uint16Array(numElements).fill(line),
    };
  }

  /** rad, shape [numElements]. */
  #focusPhases({ kind, a, b }: FocusParameters): Float64Array {
    const phase = new Float64Array(this.#board.numElements);
    if (kind === FOCUS_KIND.far) this.#farPhases(phase, a);
    else if (kind === FOCUS_KIND.secondOrder) {
      for (let n = 0; n < phase.length; n++) phase[n] = secondOrderPhase(this.#y[n]!, a, b, this.#wavelength);
    } else this.#focusedPhases(phase, a, b, kind === FOCUS_KIND.diverging ? -TURN : TURN);
    return phase;
  }

  #farPhases(phase: Float64Array, sin: number): void {
    for (let n = 0; n < phase.length; n++) {
      const turns = -this.#offset[n]! * sin * this.#geometry.spacingTurns;
      phase[n] = TURN * (turns - nearest(turns));
    }
  }

  #focusedPhases(phase: Float64Array, x: number, y: number, turn: number): void {
    const ofElements = this.#y;
    const turnsPerMetre = this.#turnsPerMetre;
    for (let n = 0; n < phase.length; n++) {
      const dy = ofElements[n]! - y;
      const turns = Math.sqrt(x * x + dy * dy) * turnsPerMetre;
      phase[n] = turn * (turns - nearest(turns));
    }
  }

  /** The least delay of all elements of the array, s; NaN where one is no finite number. */
  #firstDelay(sin: number, ring: number): number {
    const { arrayElements, spacing, speedOfLight } = this.#geometry;
    let first = Number.POSITIVE_INFINITY;
    for (let element = 0; element < arrayElements; element++) {
      const y = offsetOf(element, arrayElements) * spacing;
      const delay = (y * sin - y * y * ring) / speedOfLight;
      if (!Number.isFinite(delay)) return Number.NaN;
      first = Math.min(first, delay);
    }
    return first;
  }

  #amplitudeCode(): Uint16Array | null {
    const { amplitudeBits, numElements } = this.#board;
    return amplitudeBits === 0 ? null : new Uint16Array(numElements).fill(2 ** amplitudeBits - 1);
  }
}

/** -1 where the turns are no finite number. */
function phaseCodeOf(turns: number, phaseBits: number): number {
  const numCodes = 1 << phaseBits;
  const code = nearest(turns * numCodes);
  // The rest is that of a division by a power of two.
  return Number.isFinite(code) ? code & (numCodes - 1) : -1;
}

/** From the middle of the array, in spacings. */
function offsetOf(element: number, arrayElements: number): number {
  return element - (arrayElements - 1) / 2;
}

const TURN = 6.283185307179586;

/** The whole number nearest to x; of two, the larger. */
function nearest(x: number): number {
  return Math.round(x);
}

function secondOrderPhase(y: number, sin: number, ring: number, wavelength: number): number {
  const turns = -(y * sin - y * y * ring) / wavelength;
  return TURN * (turns - Math.ceil(turns - 0.5));
}
