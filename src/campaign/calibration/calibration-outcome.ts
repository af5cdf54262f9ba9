/** What came of a calibration; plain data, which the recording keeps. Elements count from 0, as everywhere in code. */
import type { DriftCheck } from '../../../calibration/procedures/drift-check.js';
import type { FocusPattern } from './focus-pattern.js';
import type { BeamGain } from './focus-proof.js';
import type { PhaseResidual } from './true-elements.js';

interface CalibratedUe {
  readonly ue: string;
  readonly placeM: readonly number[];
  /** Of a pilot of unit norm, as measured, dB. */
  readonly snrDb: number;
  readonly numSlots: number;
}

export interface CalibrationOutcome {
  readonly folder: string;
  /** The table as a file's text. */
  readonly table: string;
  readonly procedure: string;
  readonly numElements: number;
  readonly numSlots: number;
  readonly ues: readonly CalibratedUe[];
  /** Of the phases, as noise explains it: rms over the elements that follow, and the most that one of them may be off with 95 %, rad. */
  readonly expectedErrorRad: number;
  readonly widestRad: number;
  readonly widestElement: number;
  /** No unbiased estimate from these slots does better, rad rms. */
  readonly boundRad: number;
  /** What the board's phases are off by without the table, rad rms; that of uniform phases is 1.8. */
  readonly foundErrorRad: number;
  readonly before: BeamGain;
  readonly after: BeamGain;
  readonly check: DriftCheck;
  readonly dead: readonly number[];
  readonly stuck: readonly number[];
  /** What an operator should know, one sentence each. */
  readonly warnings: readonly string[];
  readonly pattern: FocusPattern;
  /** Against what the elements of an emulated board truly are; null of a real one. */
  readonly truth: (PhaseResidual & { readonly delayRmsS: number | null }) | null;
}
