/** What a board radiates when it holds given codes and has no errors. */
import type { ElementSettings } from '../../drivers/array-board.js';
import type { Codeword } from '../codebook/codeword.js';
import { codewordWeights } from '../codebook/weights.js';
import type { ComplexVector } from '../core/complex.js';
import { type BoardControls, hasDelays } from './board-controls.js';

/** Phases, delays and amplitudes of a codeword, without its name. */
export type Radiated = Pick<Codeword, 'phaseRad' | 'delayS' | 'amplitude'>;

/**
 * Phases, delays and amplitudes that the codes stand for (docs/model.md eq. 39). Amplitudes are relative to the most that an
 * element can radiate and not normalised; null when all elements radiate fully. Delays are null on boards without any.
 */
export function realisedCodeword(settings: ElementSettings, board: BoardControls): Radiated {
  const { phaseCode, delayCode, amplitudeCode, lineCode } = settings;
  const numPhaseCodes = 2 ** board.phaseBits;
  const fullAmplitude = 2 ** board.amplitudeBits - 1;
  const { delayLinesS: linesS, delayStepS, codePhaseRad } = board;
  const adjustableS = (n: number) =>
    delayCode === null ? 0 : delayCode[n]! * (delayStepS?.[n] ?? board.delayLsbS);
  const lineS = (n: number) => (linesS === null ? 0 : linesS[lineCode?.[n] ?? 0]![n]!);
  const everywhere = (of: (n: number) => number) => {
    const values = new Float64Array(phaseCode.length);
    for (let n = 0; n < values.length; n++) values[n] = of(n);
    return values;
  };
  return {
    phaseRad:
      codePhaseRad === undefined
        ? nominalPhasesRad(phaseCode, numPhaseCodes)
        : everywhere((n) => codePhaseRad[n]![phaseCode[n]!]!),
    delayS: hasDelays(board) ? everywhere((n) => lineS(n) + adjustableS(n)) : null,
    amplitude:
      amplitudeCode === null || isAll(amplitudeCode, fullAmplitude)
        ? null
        : everywhere((n) => amplitudeCode[n]! / fullAmplitude),
  };
}

function isAll(codes: Uint16Array, code: number): boolean {
  for (let n = 0; n < codes.length; n++) if (codes[n] !== code) return false;
  return true;
}

function nominalPhasesRad(phaseCode: Uint16Array, numPhaseCodes: number): Float64Array {
  const phaseRad = new Float64Array(phaseCode.length);
  for (let n = 0; n < phaseRad.length; n++) phaseRad[n] = 2 * Math.PI * (phaseCode[n]! / numPhaseCodes);
  return phaseRad;
}

/** Weights that a perfect board radiates with when it holds these settings, shape [numElements] (eq. 35). */
export function settingsWeights(
  settings: ElementSettings,
  board: BoardControls,
  frequencyHz: number,
): ComplexVector {
  return codewordWeights(realisedCodeword(settings, board), frequencyHz);
}
