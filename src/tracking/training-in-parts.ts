/** A scheme that looks for one user while epochs go on: a batch is sent in as many parts as the epochs have room for. */
import { BeamloopError } from '../core/errors.js';
import { type MeasuredPilot, powersOfRecords } from '../sounding/pilot-powers.js';
import type { Powers } from '../sounding/powers.js';
import type { PilotBatch, Sounding } from '../sounding/sounding.js';
import type { PlannedPilot } from './epoch-plan.js';
import type { FoundUser } from './tracker.js';

/** How a training stands. */
export type TrainingEnd =
  | { readonly found: FoundUser /** Of its strongest pilot. */; readonly power: number }
  | { readonly failure: BeamloopError };

export class TrainingInParts {
  readonly #number: number;
  readonly #sounding: Sounding<FoundUser, Powers>;
  #batch: PilotBatch = [];
  #batchNumber = -1;
  #measured: (MeasuredPilot | null)[] = [];
  #attempts: number[] = [];
  #strongest = 0;
  #end: TrainingEnd | null = null;

  /** @param number trainings of the user before. */
  constructor(number: number, sounding: Sounding<FoundUser, Powers>) {
    this.#number = number;
    this.#sounding = sounding;
    this.#advance(() => sounding.next());
  }

  /** Null while pilots are left to be sent. */
  get end(): TrainingEnd | null {
    return this.#end;
  }

  /** Pilots of the batch that were not measured yet. */
  pilots(user: number): PlannedPilot[] {
    return this.#batch.flatMap((codeword, position): PlannedPilot[] => {
      if (this.#measured[position] !== null) return [];
      const attempt = this.#attempts[position]! + 1;
      const training = { training: this.#number, batch: this.#batchNumber, position, attempt };
      return [{ codeword, purpose: 'train', column: null, user, listeners: [user], training }];
    });
  }

  /** Some of them were sent, and this was measured of each; null where nothing was. */
  measured(sent: readonly { readonly position: number; readonly measured: MeasuredPilot | null }[]): void {
    for (const { position, measured } of sent) {
      this.#attempts[position]!++;
      this.#measured[position] = measured;
    }
    const all = this.#measured.flatMap((measured) => measured ?? []);
    if (this.#end !== null || all.length < this.#batch.length) return;
    this.#advance(() => {
      const powers = powersOfRecords(all);
      this.#strongest = Math.max(this.#strongest, ...powers.mean);
      return this.#sounding.next(powers);
    });
  }

  /** The user was found otherwise. */
  abandon(): void {
    // A generator that ends by itself has nothing to put in order.
    this.#sounding.return(undefined as never);
  }

  #advance(step: () => IteratorResult<PilotBatch, FoundUser>): void {
    try {
      const { done, value } = step();
      if (done === true) {
        this.#end = { found: value, power: this.#strongest };
        return;
      }
      this.#batch = value;
      this.#batchNumber++;
      this.#measured = value.map(() => null);
      this.#attempts = value.map(() => 0);
    } catch (error) {
      if (!(error instanceof BeamloopError)) throw error;
      this.#end = { failure: error };
    }
  }
}
