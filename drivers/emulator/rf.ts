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
  /** Elements (0-based, of the array) whose phase shifter stays at one code, which is drawn. */
  readonly stuckElements: readonly number[];
  /** Phase error of each code of each element, rad rms. */
  readonly codePhaseErrorRmsRad: number;
  /** Amplitude error of each phase code of each element, dB rms. */
  readonly codeAmplitudeErrorRmsDb: number;
  /** Relative error per element of what its adjustable delay adds, rms: 0.01 makes 1 % too much or too little. */
  readonly delayGainErrorRms: number;
  /** Phase that an element gains per kelvin above the temperature at which its errors are as drawn, rad/K rms. */
  readonly phaseDriftRmsRadPerK: number;
  /** How much warmer the board is than that, K. */
  readonly warmerK: number;
  /** What of an element's signal its neighbours radiate, too; null for nothing. Not on boards that can delay. */
  readonly coupling: NeighbourCoupling | null;
}

interface NeighbourCoupling {
  readonly amplitude: number;
  readonly phaseRad: number;
  /** Elements in a row of a planar array, whose neighbours stand above and below, too; null of a linear one. */
  readonly columns: number | null;
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
  stuckElements: [],
  codePhaseErrorRmsRad: 0,
  codeAmplitudeErrorRmsDb: 0,
  delayGainErrorRms: 0,
  phaseDriftRmsRadPerK: 0,
  warmerK: 0,
  coupling: null,
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

/** Of an element that cannot delay: it loses nothing by it. */
const NO_DELAY = { realS: 0, gain: 1 };

/** That are kept: 4 MB. */
const MOST_PHASORS = 2 ** 18;

export class RfFrontEnd {
  readonly #format: RfFormat;
  readonly #phaseErrorRad: Float64Array;
  /** Relative amplitude; 0 for a dead element. */
  readonly #gain: Float64Array;
  readonly #delayErrorS: Float64Array;
  /** What adjustable delays are times what they should be. */
  readonly #delayGain: Float64Array;
  /** Phase code that an element stays at; -1 where it does not. */
  readonly #stuckAt: Int32Array;
  /** Numbers of the elements in the whole array, by which their errors are drawn. */
  readonly #elements: readonly number[];
  /** Delays that the fixed lines really have, s, shape [numLines][numElements]. */
  readonly #linesS: readonly Float64Array[] | null;
  readonly #impairments: RfImpairments;
  /** Amplitude of an element that radiates its share of the array's power. */
  readonly #share: number;
  /**
   * What elements without delays radiate fully at a phase code, shape [numElements][2^phaseBits][re, im]; NaN as long as it was not
   * asked for. Null where there are too many.
   */
  readonly #phasors: Float64Array | null;

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
    this.#delayGain = new Float64Array(numElements).fill(1);
    this.#stuckAt = new Int32Array(numElements).fill(-1);
    this.#elements = elements;
    const numPhasors = numElements * 2 ** format.phaseBits;
    this.#phasors = numPhasors > MOST_PHASORS ? null : new Float64Array(2 * numPhasors).fill(Number.NaN);
    const { phaseDriftRmsRadPerK, warmerK, delayGainErrorRms } = impairments;
    const stuck = new Set(impairments.stuckElements);
    const dead = new Set(impairments.deadElements);
    for (let n = 0; n < numElements; n++) {
      // One stream per element: an array with more elements has the same first ones.
      const random = new Random(impairments.seed, 'element', elements[n]!);
      this.#phaseErrorRad[n] = impairments.phaseErrorRmsRad * random.normal();
      this.#gain[n] = 10 ** ((impairments.amplitudeErrorRmsDb * random.normal()) / 20);
      this.#delayErrorS[n] = impairments.delayErrorRmsS * random.normal();
      if (dead.has(elements[n]!) || random.uniform() < impairments.deadRate) this.#gain[n] = 0;
      // Streams of their own: a board that has none of these errors has the others as ever.
      const drawn = (what: string) => new Random(impairments.seed, what, elements[n]!);
      const driftRad = phaseDriftRmsRadPerK * warmerK;
      if (driftRad !== 0) this.#phaseErrorRad[n]! += driftRad * drawn('drift').normal();
      if (delayGainErrorRms > 0) this.#delayGain[n] = 1 + delayGainErrorRms * drawn('delay gain').normal();
      if (stuck.has(elements[n]!)) this.#stuckAt[n] = drawn('stuck').integer(2 ** format.phaseBits);
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
   * phi_n = phaseCode 2 pi / 2^phaseBits; amplitude = amplitudeCode / (2^amplitudeBits - 1). What neighbours couple comes last.
   */
  weights(codes: RfCodes): RadiatedWeights {
    const weights =
      this.#phasors !== null && this.#isOfPhases(codes)
        ? this.#ofPhases(codes, this.#phasors)
        : this.#ofElements(codes);
    const { coupling } = this.#impairments;
    return coupling === null
      ? weights
      : { ...coupled(weights.re, weights.im, coupling), delayS: weights.delayS };
  }

  #isOfPhases({ delayCode, amplitudeCode }: RfCodes): boolean {
    if (delayCode !== null || this.#linesS !== null) return false;
    if (amplitudeCode === null) return true;
    const fullScale = 2 ** this.#format.amplitudeBits - 1;
    for (let n = 0; n < amplitudeCode.length; n++) if (amplitudeCode[n] !== fullScale) return false;
    return true;
  }

  /** As `#ofElements`, each phasor computed once. */
  #ofPhases(codes: RfCodes, phasors: Float64Array): RadiatedWeights {
    const { numElements, phaseBits } = this.#format;
    const { phaseCode } = codes;
    const numCodes = 2 ** phaseBits;
    const re = new Float64Array(numElements);
    const im = new Float64Array(numElements);
    for (let n = 0; n < numElements; n++) {
      const at = 2 * (n * numCodes + phaseCode[n]!);
      re[n] = phasors[at]!;
      im[n] = phasors[at + 1]!;
      if (Number.isNaN(re[n]!)) return this.#learn(codes, phasors);
    }
    return { re, im, delayS: null };
  }

  #learn(codes: RfCodes, phasors: Float64Array): RadiatedWeights {
    const weights = this.#ofElements(codes);
    for (const [n, code] of codes.phaseCode.entries()) {
      const at = 2 * (n * 2 ** this.#format.phaseBits + code);
      phasors[at] = weights.re[n]!;
      phasors[at + 1] = weights.im[n]!;
    }
    return weights;
  }

  #ofElements(codes: RfCodes): RadiatedWeights {
    const { numElements, phaseBits, amplitudeBits } = this.#format;
    const phaseLsbRad = (2 * Math.PI) / 2 ** phaseBits;
    const fullScale = 2 ** amplitudeBits - 1;
    const amplitude = (n: number) => (codes.amplitudeCode === null ? 1 : codes.amplitudeCode[n]! / fullScale);
    const re = new Float64Array(numElements);
    const im = new Float64Array(numElements);
    const delayS = codes.delayCode === null && this.#linesS === null ? null : new Float64Array(numElements);
    for (let n = 0; n < numElements; n++) {
      const delay = delayS === null ? NO_DELAY : this.#delayOf(codes, n);
      const stuckAt = this.#stuckAt[n]!;
      const phaseCode = stuckAt < 0 ? codes.phaseCode[n]! : stuckAt;
      const own = this.#errorOfCode(n, phaseCode);
      const size = this.#share * amplitude(n) * this.#gain[n]! * delay.gain * own.gain;
      const phaseRad = phaseCode * phaseLsbRad + this.#phaseErrorRad[n]! + own.phaseRad;
      re[n] = size * Math.cos(phaseRad);
      im[n] = size * Math.sin(phaseRad);
      if (delayS !== null) delayS[n] = delay.realS;
    }
    return { re, im, delayS };
  }

  /** Drawn for each code anew: a table of 16 bits would be larger than what uses it. */
  #errorOfCode(n: number, phaseCode: number): { readonly phaseRad: number; readonly gain: number } {
    const { seed, codePhaseErrorRmsRad, codeAmplitudeErrorRmsDb } = this.#impairments;
    if (codePhaseErrorRmsRad === 0 && codeAmplitudeErrorRmsDb === 0) return { phaseRad: 0, gain: 1 };
    const random = new Random(seed, 'code', this.#elements[n]!, phaseCode);
    return {
      phaseRad: codePhaseErrorRmsRad * random.normal(),
      gain: 10 ** ((codeAmplitudeErrorRmsDb * random.normal()) / 20),
    };
  }

  /** Delay of an element, s, and the amplitude gain that comes with it. */
  #delayOf({ delayCode, lineCode }: RfCodes, n: number): { readonly realS: number; readonly gain: number } {
    const { delayLsbS, delayLinesS } = this.#format;
    const { delayLossDbPerS, switchLossDb } = this.#impairments;
    const line = lineCode?.[n] ?? 0;
    const adjustableS = delayCode === null ? 0 : delayCode[n]! * delayLsbS * this.#delayGain[n]!;
    const [nominalS, fixedS] =
      delayLinesS === null ? [0, 0] : [delayLinesS[line]![n]!, this.#linesS![line]![n]!];
    const lossDb = delayLossDbPerS * (adjustableS + nominalS) + (delayLinesS === null ? 0 : switchLossDb);
    return { realS: adjustableS + fixedS + this.#delayErrorS[n]!, gain: 10 ** (-lossDb / 20) };
  }
}

/** Each element radiates a part of what its neighbours do. */
function coupled(
  re: Float64Array,
  im: Float64Array,
  { amplitude, phaseRad, columns }: NeighbourCoupling,
): { readonly re: Float64Array; readonly im: Float64Array } {
  const [cos, sin] = [amplitude * Math.cos(phaseRad), amplitude * Math.sin(phaseRad)];
  const numElements = re.length;
  const width = columns ?? numElements;
  const out = { re: re.slice(), im: im.slice() };
  const add = (to: number, from: number) => {
    out.re[to]! += cos * re[from]! - sin * im[from]!;
    out.im[to]! += cos * im[from]! + sin * re[from]!;
  };
  for (let n = 0; n < numElements; n++) {
    if (n % width > 0) add(n, n - 1);
    if (n % width < width - 1 && n + 1 < numElements) add(n, n + 1);
    if (n >= width) add(n, n - width);
    if (n + width < numElements) add(n, n + width);
  }
  return out;
}
