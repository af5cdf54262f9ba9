/** What a campaign works with, and whom it tells how far it is. */
import type { CalibrationTable } from '../../calibration/calibration-table.js';
import type { Clock } from '../core/clock.js';
import type { Recording } from '../record/recording.js';
import type { Preparation } from '../scenario/plan.js';
import type { Testbed } from '../slots/testbed.js';
import type { UserState } from '../tracking/epoch-plan.js';
import type { UserOutcome } from './outcome.js';

/** Told as a campaign goes on; for people. */
export interface Progress {
  warning(text: string): void;
  waiting(user: string, url: string): void;
  /** `numPilots` so far, the batch that was just measured included; 0 when the first begins. Of `mostPilots` at most. */
  batch(user: string, turn: number, numUsers: number, numPilots: number, mostPilots: number): void;
  finished(outcome: UserOutcome, turn: number, numUsers: number): void;
  /** `numDone` of `numEpochs` of a run that tracks are over; `states` of its users, in their order. */
  epoch?(numDone: number, numEpochs: number, states: readonly UserState[]): void;
  /** What came between: board or UEs went away, came back, restarted or were refused. As recorded in table `events`. */
  interruption?(kind: string, detail: unknown): void;
}

export interface CampaignParts {
  readonly preparation: Preparation;
  /** Errors of the board's elements, taken off every codeword; null = not calibrated. */
  readonly calibration: CalibrationTable | null;
  readonly testbed: Testbed;
  readonly recording: Recording;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}
