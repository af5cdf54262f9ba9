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
  readonly geometry: Geometry;
  readonly #board: ExpandingBoard;
  readonly #wavelength: number;
  readonly #turnsPerMetre: number;

  constructor(geometry: Geometry, board: ExpandingBoard) {
    this.geometry = geometry;
    this.#board = board;
    this.#wavelength = geometry.speedOfLight / geometry.carrierHz;
    this.#turnsPerMetre = geometry.carrierHz / geometry.speedOfLight;
  }

  /** Null where a phase is no finite number, and on boards with fixed lines. */
  focus(parameters: FocusParameters, corrections: Corrections | null): ElementCodes | null {
    const { numElements, delayBits, delayLinesS } = this.#board;
    if (delayLinesS !== null) return null;
    const phaseCode = new Uint16Array(numElements);
    for (let n = 0; n < numElements; n++) {
      const phase = this.#focusPhase(n, parameters) - (corrections?.phaseRad[n] ?? 0);
      const code = this.#phaseCode(phase / TURN);
      if (code === null) return null;
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
    const { numElements, delayBits, delayLinesS, delayLsbS, lastDelayCode } = this.#board;
    const { line, phaseSin, phaseRing, delaySin, delayRing, shift } = parameters;
    if (line >= (delayLinesS?.length ?? 1)) return null;
    const { carrierHz, speedOfLight } = this.geometry;
    const lineS = delayLinesS === null ? null : delayLinesS[line]!;
    const first = this.#firstDelay(delaySin, delayRing);
    const phaseCode = new Uint16Array(numElements);
    const delayCode = new Uint16Array(numElements);
    for (let n = 0; n < numElements; n++) {
      const y = this.#elementY(this.#elementOf(n));
      const phase =
        secondOrderPhase(y, phaseSin, phaseRing, this.#wavelength) - (corrections?.phaseRad[n] ?? 0);
      const delay = (y * delaySin - y * y * delayRing) / speedOfLight - first - (corrections?.delayS[n] ?? 0);
      const lineDelay = lineS === null ? 0 : lineS[n]!;
      const rest = delay + shift - lineDelay;
      const code = delayBits === 0 ? 0 : Math.min(Math.max(nearest(rest / delayLsbS), 0), lastDelayCode);
      const realised = lineDelay + (delayBits === 0 ? 0 : code * delayLsbS);
      const missing = carrierHz * (delay + shift - realised);
      const turns = phase / TURN - (missing - nearest(missing));
      const steps = this.#phaseCode(turns);
      if (steps === null) return null;
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

  /** The board's element n, counted along the array. */
  #elementOf(n: number): number {
    const { firstElement, mirrored } = this.geometry;
    return mirrored ? firstElement + this.#board.numElements - 1 - n : firstElement + n;
  }

  /** From the middle of the array, in spacings. */
  #offset(element: number): number {
    return element - (this.geometry.arrayElements - 1) / 2;
  }

  #elementY(element: number): number {
    return this.#offset(element) * this.geometry.spacing;
  }

  #focusPhase(n: number, { kind, a, b }: FocusParameters): number {
    const element = this.#elementOf(n);
    if (kind === FOCUS_KIND.far) {
      const turns = -this.#offset(element) * a * this.geometry.spacingTurns;
      return TURN * (turns - nearest(turns));
    }
    const y = this.#elementY(element);
    if (kind === FOCUS_KIND.secondOrder) return secondOrderPhase(y, a, b, this.#wavelength);
    const dy = y - b;
    const turns = Math.sqrt(a * a + dy * dy) * this.#turnsPerMetre;
    const phase = TURN * (turns - nearest(turns));
    return kind === FOCUS_KIND.diverging ? -phase : phase;
  }

  /** The least delay of all elements of the array, s. */
  #firstDelay(sin: number, ring: number): number {
    let first = Number.POSITIVE_INFINITY;
    for (let element = 0; element < this.geometry.arrayElements; element++) {
      const y = this.#elementY(element);
      first = Math.min(first, (y * sin - y * y * ring) / this.geometry.speedOfLight);
    }
    return first;
  }

  #phaseCode(turns: number): number | null {
    const numCodes = 2 ** this.#board.phaseBits;
    const code = nearest(turns * numCodes);
    return Number.isFinite(code) ? code - numCodes * Math.floor(code / numCodes) : null;
  }

  #amplitudeCode(): Uint16Array | null {
    const { amplitudeBits, numElements } = this.#board;
    return amplitudeBits === 0 ? null : new Uint16Array(numElements).fill(2 ** amplitudeBits - 1);
  }
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
