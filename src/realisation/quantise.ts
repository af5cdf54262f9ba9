/** From a codeword in radians and seconds to a board's integer codes, and what is lost on the way (eq. 35 to 38). */
import type { CodewordParameters, ElementSettings } from '../../drivers/array-board.js';
import type { Codeword } from '../codebook/codeword.js';
import { checkCodeword } from '../codebook/codeword-check.js';
import { requireLength, requirePositive } from '../core/arguments.js';
import { CARRIER, requireWithin } from '../core/bounds.js';
import { BeamloopError } from '../core/errors.js';
import { once } from '../core/once.js';
import { type BoardControls, checkControls } from './board-controls.js';
import { type RealisedDelays, realiseDelays } from './delay-codes.js';
import { gainLossesDb, meanLossDb } from './gain-loss.js';
import { realisedCodeword } from './realised.js';

const TWO_PI = 2 * Math.PI;
/** To either side of the code that would be right without errors. */
const CODES_LOOKED_AT = 6;
/** A beam that loses so much where it focuses has lost its subcarrier, dB. */
const LOST_DB = 3;

/** What the hardware cannot realise of a codeword. Elements that the codeword switches off have no phase error. */
export interface RealisabilityReport {
  /** Error of the element phases at the carrier, rad. */
  readonly phaseErrorRmsRad: number;
  readonly phaseErrorMaxRad: number;
  /** Span of the codeword's delays, s; 0 when it has none. */
  readonly delaySpanS: number;
  /** Range of delays that is left for the board's adjustable part, s: the span, less what its fixed lines do. */
  readonly delayNeededS: number;
  /** Largest delay error apart from clipped delays, s; 0 when the codeword has no delays. */
  readonly delayErrorMaxS: number;
  /**
   * Elements whose delay lies outside the board's range; the phase at the carrier is still right. On boards of fixed lines
   * alone, elements that no line serves to within half a period of the carrier.
   */
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
   * want it to. This and what follows is computed when it is read.
   */
  readonly gainLossDb: number;
  /** Loss of the power gain averaged over the frequencies asked for, dB. */
  readonly meanGainLossDb: number;
  /** Share of these frequencies at which more than 3 dB are lost. */
  readonly lostShare: number;
}

export interface QuantisedCodeword {
  readonly settings: ElementSettings;
  /** From which a board may make the same settings; undefined where nothing short tells them. */
  readonly parameters: CodewordParameters | undefined;
  readonly report: RealisabilityReport;
}

export interface QuantiseOptions {
  /** Where the gain loss is predicted, Hz; the carrier unless given. */
  readonly frequenciesHz?: ArrayLike<number>;
  /**
   * Whether phases take up what is missing of the delays at the carrier. True unless given; false is what hardware does
   * that rounds delays and phases apart.
   */
  readonly carrierIntoPhase?: boolean;
}

/**
 * Rounds a codeword to the board's codes. A rounded or clipped delay's error at the carrier is taken up by the phase.
 *
 * @param carrierHz where phases are to be right.
 * @throws BOARD_MISMATCH when the board has another number of elements or cannot steer at all; BAD_ARGUMENT when the
 * codeword or the board's description makes no sense.
 */
export function quantise(
  codeword: Codeword,
  board: BoardControls,
  carrierHz: number,
  { frequenciesHz = [carrierHz], carrierIntoPhase = true }: QuantiseOptions = {},
): QuantisedCodeword {
  checkElements(board, codeword);
  checkControls(board);
  checkCodeword(codeword);
  requireWithin('carrierHz', carrierHz, CARRIER);
  requireFrequencies(frequenciesHz);
  const { delayS, amplitude } = codeword;
  const delays = realiseDelays(delayS, board, 0.5 / carrierHz);
  const amplitudes = quantiseAmplitudes(amplitude, board);
  const wantedTurns = phasesInTurns(codeword, delays, carrierIntoPhase ? carrierHz : 0);
  const phaseCode = nearestCodes(wantedTurns, board);
  const settings: ElementSettings = {
    phaseCode,
    delayCode: delays.delayCode,
    amplitudeCode: amplitudes.code,
    lineCode: delays.lineCode,
  };
  const phaseErrors = once(() => {
    const turns = carrierIntoPhase ? wantedTurns : phasesInTurns(codeword, delays, carrierHz);
    return phaseErrorsOf(turns, wantedTurns, phaseCode, board, amplitude);
  });
  const losses = once(() => gainLossesDb(codeword, realisedCodeword(settings, board), frequenciesHz));
  return {
    settings,
    parameters: parametersOf(codeword, settings, delays.shiftS),
    report: {
      // These and the losses cost more than all the rest, and who wants to send the settings at once does not need them yet.
      get phaseErrorRmsRad() {
        return phaseErrors().rmsRad;
      },
      get phaseErrorMaxRad() {
        return phaseErrors().maxRad;
      },
      delaySpanS: delayS === null ? 0 : spanOf(delayS),
      delayNeededS: delays.restSpanS,
      delayErrorMaxS: delays.errorMaxS,
      clippedDelays: delays.clipped,
      delaysAsPhase: delays.asPhase,
      elementsStuckOn: amplitudes.stuckOn,
      amplitudesOff: amplitudes.off,
      get gainLossDb() {
        return losses().reduce((worst, lossDb) => Math.max(worst, lossDb), Number.NEGATIVE_INFINITY);
      },
      get meanGainLossDb() {
        return meanLossDb(losses());
      },
      get lostShare() {
        return losses().filter((lossDb) => lossDb > LOST_DB).length / losses().length;
      },
    },
  };
}

function parametersOf(
  { shape, amplitude }: Codeword,
  { lineCode }: ElementSettings,
  shiftS: number,
): CodewordParameters | undefined {
  const line = lineCode?.[0] ?? 0;
  if (shape === undefined || amplitude !== null || lineCode?.some((each) => each !== line)) return undefined;
  return { shape, line, shiftS };
}

/**
 * Phases that are wanted of the elements, in turns, shape [numElements].
 *
 * @param carrierHz at which they take up what is missing of the delays; 0 where they do not.
 */
function phasesInTurns(
  { phaseRad, delayS }: Codeword,
  { shiftS, realisedS }: RealisedDelays,
  carrierHz: number,
): Float64Array {
  const turns = new Float64Array(phaseRad.length);
  for (let k = 0; k < turns.length; k++) turns[k] = phaseRad[k]! / TWO_PI;
  if (carrierHz === 0 || (delayS === null && realisedS === null)) return turns;
  for (let k = 0; k < turns.length; k++) {
    const missingDelayS =
      (delayS === null ? 0 : delayS[k]!) + shiftS - (realisedS === null ? 0 : realisedS[k]!);
    if (missingDelayS !== 0) turns[k]! -= fraction(carrierHz * missingDelayS);
  }
  return turns;
}

/** Shape [numElements]. */
function nearestCodes(wantedTurns: Float64Array, { phaseBits, codePhaseRad }: BoardControls): Uint16Array {
  const numCodes = 2 ** phaseBits;
  const codes = new Uint16Array(wantedTurns.length);
  for (let k = 0; k < codes.length; k++) {
    const rounded = Math.round(wantedTurns[k]! * numCodes);
    const code =
      codePhaseRad === undefined ? rounded : nearestCode(codePhaseRad[k]!, wantedTurns[k]!, rounded);
    // Around the circle, of which there are a power of two.
    codes[k] = code & (numCodes - 1);
  }
  return codes;
}

/** Of the codes about one, that whose real phase is nearest (eq. 130). */
function nearestCode(codePhaseRad: Float64Array, wantedTurns: number, about: number): number {
  const numCodes = codePhaseRad.length;
  const reach = Math.min(CODES_LOOKED_AT, numCodes >> 1);
  let best = about;
  let least = Number.POSITIVE_INFINITY;
  for (let code = about - reach; code <= about + reach; code++) {
    const turns = codePhaseRad[code - numCodes * Math.floor(code / numCodes)]! / TWO_PI;
    const off = Math.abs(fraction(wantedTurns - turns));
    if (off < least) [best, least] = [code, off];
  }
  return best;
}

/**
 * What the codes' phases are off, over the elements that radiate.
 *
 * @param turns that would be right.
 * @param wantedTurns to which the codes are nearest.
 */
function phaseErrorsOf(
  turns: Float64Array,
  wantedTurns: Float64Array,
  phaseCode: Uint16Array,
  { phaseBits, codePhaseRad }: BoardControls,
  amplitude: Float64Array | null,
): { readonly rmsRad: number; readonly maxRad: number } {
  const numCodes = 2 ** phaseBits;
  let squares = 0;
  let numActive = 0;
  let maxRad = 0;
  for (let k = 0; k < phaseCode.length; k++) {
    if (amplitude?.[k] === 0) continue;
    const realisedTurns =
      codePhaseRad === undefined
        ? Math.round(wantedTurns[k]! * numCodes) / numCodes
        : codePhaseRad[k]![phaseCode[k]!]! / TWO_PI;
    const errorRad = TWO_PI * Math.abs(fraction(turns[k]! - realisedTurns));
    numActive++;
    squares += errorRad ** 2;
    maxRad = Math.max(maxRad, errorRad);
  }
  return { rmsRad: Math.sqrt(squares / Math.max(1, numActive)), maxRad };
}

/** Nearest amplitude codes (eq. 37): the strongest element gets full amplitude if the codeword wants more than that. */
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

function checkElements(board: BoardControls, codeword: Codeword): void {
  const numElements = codeword.phaseRad.length;
  if (board.numElements === numElements) return;
  throw new BeamloopError('BOARD_MISMATCH', {
    what: `Codeword ${codeword.key} has ${numElements} elements and board ${board.model} has ${board.numElements}`,
    todo: 'Use a codebook of the array that is connected',
  });
}

/** One or more, Hz. */
function requireFrequencies(frequenciesHz: ArrayLike<number>): void {
  if (frequenciesHz.length === 0) requireLength('frequenciesHz', frequenciesHz, 1);
  for (let k = 0; k < frequenciesHz.length; k++) requirePositive('frequenciesHz', frequenciesHz[k]!);
}

function fraction(turns: number): number {
  return turns - Math.round(turns);
}

function spanOf(values: Float64Array): number {
  return values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b));
}
