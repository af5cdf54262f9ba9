/**
 * What the array of an emulated board radiates for given element settings: the ideal weights of the integer codes, then
 * the imperfections of each element.
 */
import { Random } from '../../src/core/random.js';

/** Spread of the hardware; each element draws its own errors once, from the seed. */
export interface RfImpairments {
  readonly seed: number;
  /** Phase error per element, rad rms. */
  readonly phaseErrorRmsRad: number;
  /** Amplitude error per element, dB rms. */
  readonly amplitudeErrorRmsDb: number;
  /** Delay error per element, s rms; on boards that can delay. */
  readonly delayErrorRmsS: number;
  /** Delay error per fixed line and element, s rms. */
  readonly lineErrorRmsS: number;
  /** What a delay costs, dB per s. */
  readonly delayLossDbPerS: number;
  /** What the switches of the fixed lines cost, dB. */
  readonly switchLossDb: number;
  /** Elements (0-based, of the array) that do not radiate. */
  readonly deadElements: readonly number[];
  /** Probability per element that it does not radiate. */
  readonly deadRate: number;
}

/** Where a board's elements stand in an array that it is a part of. */
export interface ElementPlaces {
  /** Place of each of the board's elements, from 0; shape [numElements]. */
  readonly elements: readonly number[];
  /** Of the whole array. */
  readonly arrayElements: number;
}

export const IDEAL_RF: RfImpairments = {
  seed: 1,
  phaseErrorRmsRad: 0,
  amplitudeErrorRmsDb: 0,
  delayErrorRmsS: 0,
  lineErrorRmsS: 0,
  delayLossDbPerS: 0,
  switchLossDb: 0,
  deadElements: [],
  deadRate: 0,
};

/** Format of the codes, as the board describes itself. */
export interface RfFormat {
  readonly numElements: number;
  readonly phaseBits: number;
  readonly delayLsbS: number;
  /** Nominal delays, s, shape [numLines][numElements]; null without fixed lines. */
  readonly delayLinesS: readonly Float64Array[] | null;
  readonly amplitudeBits: number;
}

/** Codes of one codeword, shape [numElements] each; null where the board has no such control. */
export interface RfCodes {
  readonly phaseCode: Uint16Array;
  readonly delayCode: Uint16Array | null;
  readonly amplitudeCode: Uint16Array | null;
  readonly lineCode: Uint16Array | null;
}

/** Element n radiates (re[n] + j im[n]) exp(-j 2 pi f delayS[n]); shape [numElements] each. */
export interface RadiatedWeights {
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** Null on arrays without true time delay. */
  readonly delayS: Float64Array | null;
}

export class RfFrontEnd {
  readonly #format: RfFormat;
  readonly #phaseErrorRad: Float64Array;
  /** Relative amplitude; 0 for a dead element. */
  readonly #gain: Float64Array;
  readonly #delayErrorS: Float64Array;
  /** Delays that the fixed lines really have, s, shape [numLines][numElements]. */
  readonly #linesS: readonly Float64Array[] | null;
  readonly #impairments: RfImpairments;
  /** Amplitude of an element that radiates its share of the array's power. */
  readonly #share: number;

  /** `places`: of a board that is a part of an array only. */
  constructor(format: RfFormat, impairments: RfImpairments, places: ElementPlaces | null = null) {
    const { numElements } = format;
    const elements = places?.elements ?? Array.from({ length: numElements }, (_, n) => n);
    this.#share = 1 / Math.sqrt(places?.arrayElements ?? numElements);
    this.#format = format;
    this.#impairments = impairments;
    this.#phaseErrorRad = new Float64Array(numElements);
    this.#gain = new Float64Array(numElements);
    this.#delayErrorS = new Float64Array(numElements);
    const dead = new Set(impairments.deadElements);
    for (let n = 0; n < numElements; n++) {
      // One stream per element: an array with more elements has the same first ones.
      const random = new Random(impairments.seed, 'element', elements[n]!);
      this.#phaseErrorRad[n] = impairments.phaseErrorRmsRad * random.normal();
      this.#gain[n] = 10 ** ((impairments.amplitudeErrorRmsDb * random.normal()) / 20);
      this.#delayErrorS[n] = impairments.delayErrorRmsS * random.normal();
      if (dead.has(elements[n]!) || random.uniform() < impairments.deadRate) this.#gain[n] = 0;
    }
    this.#linesS =
      format.delayLinesS?.map((line, l) =>
        line.map(
          (delayS, n) =>
            delayS +
            impairments.lineErrorRmsS * new Random(impairments.seed, 'line', l, elements[n]!).normal(),
        ),
      ) ?? null;
  }

  /**
   * Weights of a codeword. Every element has an amplifier of its own and radiates at most 1/N of the power: an ideal
   * constant-envelope codeword has w_n = N^(-1/2) exp(j phi_n), of norm 1, and one that leaves elements off less. Errors and
   * dead elements come after that; the power of a dead element is lost, and so is what delays and switches absorb.
   * phi_n = phaseCode 2 pi / 2^phaseBits; amplitude = amplitudeCode / (2^amplitudeBits - 1).
   */
  weights(codes: RfCodes): RadiatedWeights {
    const { numElements, phaseBits, amplitudeBits } = this.#format;
    const phaseLsbRad = (2 * Math.PI) / 2 ** phaseBits;
    const fullScale = 2 ** amplitudeBits - 1;
    const amplitude = (n: number) => (codes.amplitudeCode === null ? 1 : codes.amplitudeCode[n]! / fullScale);
    const re = new Float64Array(numElements);
    const im = new Float64Array(numElements);
    const delayS = codes.delayCode === null && this.#linesS === null ? null : new Float64Array(numElements);
    for (let n = 0; n < numElements; n++) {
      const delay = this.#delayOf(codes, n);
      const size = this.#share * amplitude(n) * this.#gain[n]! * delay.gain;
      const phaseRad = codes.phaseCode[n]! * phaseLsbRad + this.#phaseErrorRad[n]!;
      re[n] = size * Math.cos(phaseRad);
      im[n] = size * Math.sin(phaseRad);
      if (delayS !== null) delayS[n] = delay.realS;
    }
    return { re, im, delayS };
  }

  /** Delay of an element, s, and the amplitude gain that comes with it. */
  #delayOf({ delayCode, lineCode }: RfCodes, n: number): { readonly realS: number; readonly gain: number } {
    const { delayLsbS, delayLinesS } = this.#format;
    const { delayLossDbPerS, switchLossDb } = this.#impairments;
    const line = lineCode?.[n] ?? 0;
    const adjustableS = delayCode === null ? 0 : delayCode[n]! * delayLsbS;
    const [nominalS, fixedS] =
      delayLinesS === null ? [0, 0] : [delayLinesS[line]![n]!, this.#linesS![line]![n]!];
    const lossDb = delayLossDbPerS * (adjustableS + nominalS) + (delayLinesS === null ? 0 : switchLossDb);
    return { realS: adjustableS + fixedS + this.#delayErrorS[n]!, gain: 10 ** (-lossDb / 20) };
  }
}
