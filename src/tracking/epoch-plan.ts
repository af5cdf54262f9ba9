/** What a tracking run asks for in an epoch, and what it is told of it. Campaigns, studies and replays carry it out alike. */
import type { Codeword } from '../codebook/codeword.js';
import type { BeamloopError } from '../core/errors.js';
import type { MeasuredPilot } from '../sounding/pilot-powers.js';
import type { FoundUser, Prediction, SensorReading } from './tracker.js';

export interface EpochTime {
  /** Counts from 0. An epoch that could not be begun in time is left out. */
  readonly epoch: number;
  /** s of board time: when its first slot begins. */
  readonly beginsAtS: number;
}

/** A slot of an epoch. */
export interface PlannedPilot {
  readonly codeword: Codeword;
  /** `train`: of the scheme that looks for the user. */
  readonly purpose: 'serve' | 'probe' | 'train';
  /** Of the tracker's codebook; null for pilots of a scheme. */
  readonly column: number | null;
  /** Whose slot it is: its place in the list of users. */
  readonly user: number;
  /** Who listen, the user itself first. */
  readonly listeners: readonly number[];
  /** Of a scheme's pilot: which training of the user, its batch and its place there, and its try, from 1. */
  readonly training: TrainingPlace | null;
}

interface TrainingPlace {
  /** Trainings of the user before. */
  readonly training: number;
  readonly batch: number;
  readonly position: number;
  readonly attempt: number;
}

/**
 * - `sought`: not found yet.
 * - `tracked`: its beam brings what it should.
 * - `lost`: it does not, and the scheme looks for the user.
 * - `given up`: the scheme failed so often that it is left alone for a while; it is still listened for.
 */
export type UserState = 'sought' | 'tracked' | 'lost' | 'given up';

/**
 * - `beam fell`: it brings much less than lately.
 * - `UE silent`: nothing was heard of the user.
 * - `sensor silent`, `sensor contradicted`: as of `SensorState`.
 */
export type Trouble = 'beam fell' | 'UE silent' | 'sensor silent' | 'sensor contradicted';

/** What is planned for one user in an epoch, and why. */
export interface UserPlan {
  readonly state: UserState;
  /** Nothing was heard of it in the last epoch. */
  readonly isSilent: boolean;
  /** What was noticed up to the last epoch and is not over, of a user that was found before. */
  readonly troubles: readonly Trouble[];
  /** The scheme looks for it. */
  readonly isTraining: boolean;
  /** The beam that serves it; null before it was found. */
  readonly column: number | null;
  readonly numServingSlots: number;
  readonly probes: readonly number[];
  /** What the tracker foretold. */
  readonly prediction: Prediction;
  /** What the scheme found just before this epoch; null where it found nothing new. */
  readonly found: FoundUser | null;
  /** What the scheme failed with just before this epoch; null where it did not. */
  readonly failure: BeamloopError | null;
}

export interface EpochPlan extends EpochTime {
  /** Whether these are the probes of an epoch, and its other slots are planned when their powers are there. */
  readonly goesOn: boolean;
  /** In the order of the slots. */
  readonly pilots: readonly PlannedPilot[];
  /** In the order of the users. */
  readonly users: readonly UserPlan[];
}

export interface EpochReport {
  /** What each listener of each pilot measured, in their orders; null where nothing came. */
  readonly measured: readonly (readonly (MeasuredPilot | null)[])[];
  /** What sensors told of each user since the last epoch, oldest first. */
  readonly sensors: readonly (readonly SensorReading[])[];
  /** Null when the run is over; of a plan that goes on nobody asks. */
  readonly next: EpochTime | null;
}
