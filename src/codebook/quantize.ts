/** From a codeword in radians and seconds to a board's integer codes, and what is lost on the way (eq. 23 to 26). */
import type { BoardDescription, ElementSettings } from '../../drivers/array-board.js';
import { type ComplexVector, complexVector } from '../core/complex.js';
import { BeamloopError } from '../core/errors.js';
import type { Codeword } from './codeword.js';
import { codewordWeights } from './weights.js';

const TWO_PI = 2 * Math.PI;

/** What a board can set; the part of its description that quantisation needs. */
export type BoardControls = Pick<
  BoardDescription,
  'model' | 'numElements' | 'phaseBits' | 'delayBits' | 'delayLsbS' | 'delayRangeS' | 'amplitudeBits'
>;

/** What the hardware cannot realise of a codeword. Elements that the codeword switches off have no phase error. */
export interface RealisabilityReport {
  /** Error of the element phases at the carrier, rad. */
  readonly phaseErrorRmsRad: number;
  readonly phaseErrorMaxRad: number;
  /** Largest delay error apart from clipped delays, s; 0 when the codeword has no delays. */
  readonly delayErrorMaxS: number;
  /** Elements whose delay lies outside the board's range; the phase at the carrier is still right. */
  readonly clippedDelays: number;
  /** Elements whose delay the board cannot set at all and replaces by a phase that is right at the carrier only. */
  readonly delaysAsPhase: number;
  /** Elements that should be off and that the board cannot switch off. */
  readonly elementsStuckOn: number;
  /** Elements whose amplitude the board cannot set otherwise. */
  readonly amplitudesOff: number;
  /**
   * Predicted loss of gain where the codeword focuses, dB >= 0 but for rounding; the worst over the frequencies asked
   * for. Counts that no element can radiate more than its share of the array's power, as beams of part of the array
   * want it to. Computed when it is read.
   */
  readonly gainLossDb: number;
}

export interface QuantisedCodeword {
  readonly settings: ElementSettings;
  readonly report: RealisabilityReport;
}

/**
 * Rounds a codeword to the board's codes. A rounded or clipped delay's error at the carrier is taken up by the phase.
 *
 * @param carrierHz where phases are to be right.
 * @param frequenciesHz where the gain loss is predicted; the carrier unless given.
 * @throws BOARD_MISMATCH when the board has another number of elements or cannot steer at all; BAD_ARGUMENT when the
 * codeword or the board's description makes no sense.
 */
export function quantise(
  codeword: Codeword,
  board: BoardControls,
  carrierHz: number,
  frequenciesHz: readonly number[] = [carrierHz],
): QuantisedCodeword {
  checkBoard(board, codeword);
  checkCodeword(codeword);
  const { phaseRad, delayS, amplitude } = codeword;
  const delays = delayS === null ? null : quantiseDelays(delayS, board);
  const numPhaseCodes = 2 ** board.phaseBits;
  const phaseCode = new Uint16Array(board.numElements);
  const amplitudes = quantiseAmplitudes(amplitude, board);
  let errorSquares = 0;
  let numActive = 0;
  let phaseErrorMaxRad = 0;
  for (let k = 0; k < board.numElements; k++) {
    const missingDelayS = delayS === null ? 0 : delayS[k]! + delays!.shiftS - delays!.realisedS[k]!;
    const turns = phaseRad[k]! / TWO_PI - fraction(carrierHz * missingDelayS);
    const code = Math.round(turns * numPhaseCodes);
    phaseCode[k] = code - numPhaseCodes * Math.floor(code / numPhaseCodes);
    if (amplitude?.[k] === 0) continue;
    const errorRad = TWO_PI * Math.abs(turns - code / numPhaseCodes);
    numActive++;
    errorSquares += errorRad ** 2;
    phaseErrorMaxRad = Math.max(phaseErrorMaxRad, errorRad);
  }
  const settings: ElementSettings = {
    phaseCode,
    delayCode: board.delayBits === 0 ? null : (delays?.code ?? new Uint16Array(board.numElements)),
    amplitudeCode: amplitudes.code,
  };
  return {
    settings,
    report: {
      phaseErrorRmsRad: Math.sqrt(errorSquares / Math.max(1, numActive)),
      phaseErrorMaxRad,
      delayErrorMaxS: delays?.errorMaxS ?? 0,
      clippedDelays: delays?.clipped ?? 0,
      delaysAsPhase: delays?.asPhase ?? 0,
      elementsStuckOn: amplitudes.stuckOn,
      amplitudesOff: amplitudes.off,
      // Costs more than all the rest, and who wants to send the settings at once does not need it yet.
      get gainLossDb() {
        return Math.max(
          ...frequenciesHz.map((hz) =>
            gainLossDb(codewordWeights(codeword, hz), settingsWeights(settings, board, hz)),
          ),
        );
      },
    },
  };
}

/** Weights that a perfect board radiates with when it holds these settings, shape [numElements] (eq. 23). */
export function settingsWeights(
  settings: ElementSettings,
  board: BoardControls,
  frequencyHz: number,
): ComplexVector {
  const { phaseCode, delayCode, amplitudeCode } = settings;
  const scale = 1 / Math.sqrt(board.numElements);
  const fullAmplitude = 2 ** board.amplitudeBits - 1;
  const weights = complexVector(board.numElements);
  for (let k = 0; k < board.numElements; k++) {
    const delayTurns = delayCode === null ? 0 : fraction(frequencyHz * delayCode[k]! * board.delayLsbS);
    const phase = TWO_PI * (phaseCode[k]! / 2 ** board.phaseBits - delayTurns);
    const size = amplitudeCode === null ? scale : (scale * amplitudeCode[k]!) / fullAmplitude;
    weights.re[k] = size * Math.cos(phase);
    weights.im[k] = size * Math.sin(phase);
  }
  return weights;
}

/** -20 log10 |w^H w'| with the ideal weights w of unit norm (eq. 26). */
function gainLossDb(ideal: ComplexVector, realised: ComplexVector): number {
  let re = 0;
  let im = 0;
  for (let k = 0; k < ideal.re.length; k++) {
    re += ideal.re[k]! * realised.re[k]! + ideal.im[k]! * realised.im[k]!;
    im += ideal.re[k]! * realised.im[k]! - ideal.im[k]! * realised.re[k]!;
  }
  return -10 * Math.log10(re * re + im * im);
}

/** Nearest delay codes (eq. 24). A delay common to all elements changes no power, so it moves what is out of range in. */
function quantiseDelays(delayS: Float64Array, board: BoardControls) {
  const code = new Uint16Array(delayS.length);
  const realisedS = new Float64Array(delayS.length);
  if (board.delayBits === 0) {
    const asPhase = delayS.reduce((count, delay) => count + (delay === 0 ? 0 : 1), 0);
    return { code: null, realisedS, shiftS: 0, errorMaxS: 0, clipped: 0, asPhase };
  }
  const lastCode = Math.min(2 ** board.delayBits - 1, Math.floor(board.delayRangeS / board.delayLsbS + 1e-9));
  const shortestS = delayS.reduce((a, b) => Math.min(a, b));
  const longestS = delayS.reduce((a, b) => Math.max(a, b));
  const shiftS = shortestS < 0 || longestS > lastCode * board.delayLsbS ? -shortestS : 0;
  let errorMaxS = 0;
  let clipped = 0;
  for (let k = 0; k < delayS.length; k++) {
    const wantedS = delayS[k]! + shiftS;
    const nearest = Math.round(wantedS / board.delayLsbS);
    code[k] = Math.min(nearest, lastCode);
    realisedS[k] = code[k]! * board.delayLsbS;
    if (nearest > lastCode) clipped++;
    else errorMaxS = Math.max(errorMaxS, Math.abs(wantedS - realisedS[k]!));
  }
  return { code, realisedS, shiftS, errorMaxS, clipped, asPhase: 0 };
}

/** Nearest amplitude codes (eq. 25): the strongest element gets full amplitude if the codeword wants more than that. */
function quantiseAmplitudes(amplitude: Float64Array | null, board: BoardControls) {
  const last = 2 ** board.amplitudeBits - 1;
  const code = last === 0 ? null : new Uint16Array(board.numElements).fill(last);
  let stuckOn = 0;
  let off = 0;
  if (amplitude === null) return { code, stuckOn, off };
  const full = amplitude.reduce((a, b) => Math.max(a, b), 1);
  for (let k = 0; k < amplitude.length; k++) {
    const wanted = amplitude[k]! / full;
    if (code !== null) code[k] = Math.round(wanted * last);
    const realised = code === null ? 1 : code[k]! / last;
    if (wanted === 0 && realised > 0) stuckOn++;
    else if (Math.abs(wanted - realised) > 1e-12) off++;
  }
  return { code, stuckOn, off };
}

function checkBoard(board: BoardControls, codeword: Codeword): void {
  const numElements = codeword.phaseRad.length;
  if (board.numElements !== numElements) {
    throw new BeamloopError('BOARD_MISMATCH', {
      what: `Codeword ${codeword.key} has ${numElements} elements and board ${board.model} has ${board.numElements}`,
      todo: 'Use a codebook of the array that is connected',
    });
  }
  if (board.phaseBits === 0 && board.delayBits === 0) {
    throw new BeamloopError('BOARD_MISMATCH', {
      what: `Board ${board.model} has 0 phase bits and 0 delay bits: it cannot steer`,
      todo: 'Connect a board with phase shifters or true time delays',
    });
  }
  for (const [name, bits] of [
    ['phase', board.phaseBits],
    ['delay', board.delayBits],
    ['amplitude', board.amplitudeBits],
  ] as const) {
    if (Number.isInteger(bits) && bits >= 0 && bits <= 16) continue;
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `Board ${board.model} claims ${bits} ${name} bits`,
      todo: 'Codes have 0 to 16 bits',
    });
  }
  if (board.delayBits > 0 && !(board.delayLsbS > 0 && board.delayRangeS >= 0)) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `Board ${board.model} claims delays in steps of ${board.delayLsbS} s up to ${board.delayRangeS} s`,
      todo: 'A board with delay bits needs a positive step and range',
    });
  }
}

function checkCodeword({ key, phaseRad, delayS, amplitude }: Codeword): void {
  for (const [name, values] of [
    ['phases', phaseRad],
    ['delays', delayS],
    ['amplitudes', amplitude],
  ] as const) {
    if (values === null) continue;
    if (values.length !== phaseRad.length) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: `Codeword ${key} has ${phaseRad.length} phases and ${values.length} ${name}`,
      });
    }
    const at = values.findIndex((value) => !Number.isFinite(value) || (name === 'amplitudes' && value < 0));
    if (at < 0) continue;
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `Codeword ${key} has ${values[at]} among its ${name} (element ${at + 1})`,
    });
  }
}

function fraction(turns: number): number {
  return turns - Math.round(turns);
}
