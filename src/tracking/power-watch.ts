/** Whether the beam of one user brings what it should. Power is the judge: of trackers, of schemes, and of what sensors say. */
import type { UserState } from './epoch-plan.js';
import { ownHeard, strongestHeard } from './heard.js';
import type { UserEpoch } from './tracker.js';

export interface LossRules {
  /** A beam that brings so much less than the best lately has fallen, dB. */
  readonly dropDb: number;
  /** So little above the noise there is nobody in the beam, dB. */
  readonly overNoiseDb: number;
  /** Epochs one after another in which the beam has fallen, or nothing was heard, until the user is lost. */
  readonly afterEpochs: number;
  /** Trainings in a row that bring nothing until a user is given up, for so many epochs. */
  readonly giveUpAfter: number;
  readonly retryEpochs: number;
}

/** That share of the best power is forgotten with each epoch: a user that walks away is not lost. */
const FORGOTTEN = 0.02;
/** A beam that brings less than this of another one heard in the same epoch is not the best, whoever says so. */
const CONTRADICTED = 0.25;

export class PowerWatch {
  readonly #rules: LossRules;
  /** The most that a beam brought lately; null before anything was heard. */
  #reference: number | null = null;
  #numFallen = 0;
  #numSilent = 0;
  #failures = 0;
  /** Found, and not heard well since. */
  #isOnTrial = false;
  #retryAt = 0;
  #column: number | null = null;
  #lastHeard = new Map<number, number>();
  #state: UserState = 'sought';

  constructor(rules: LossRules) {
    this.#rules = rules;
  }

  get state(): UserState {
    return this.#state;
  }

  /** Nothing was heard in the last epoch. */
  get isSilent(): boolean {
    return this.#numSilent > 0;
  }

  /** The beam that was best when one was good; null before the user was found. */
  get goodColumn(): number | null {
    return this.#column;
  }

  /** The beam has fallen in the last epoch. */
  get hasFallen(): boolean {
    return this.#numFallen > 0;
  }

  /** Whether a training is to be begun when there is a reason for it. */
  mayTrain(epoch: number): boolean {
    return epoch >= this.#retryAt;
  }

  /**
   * The beam to serve with, where the tracker says `predicted`: unless the last epoch speaks against it, that.
   *
   * @param predicted null where it says nothing.
   */
  served(predicted: number | null): number | null {
    const strongest = [...this.#lastHeard].reduce<readonly [number, number] | null>(
      (most, each) => (most === null || each[1] > most[1] ? each : most),
      null,
    );
    const column = predicted ?? this.#column;
    if (column === null || strongest === null || this.#state !== 'tracked') return column;
    const power = this.#lastHeard.get(column);
    if (power !== undefined && power < CONTRADICTED * strongest[1]) return strongest[0];
    // Whoever led the beam away does not lead it farther before the old one was tried again.
    return this.hasFallen && power === undefined ? this.#column : column;
  }

  /** The scheme found the user, and received so much of its strongest pilot. */
  found(column: number, power: number): void {
    this.#column = column;
    this.#reference = power;
    this.#numFallen = 0;
    this.#lastHeard.clear();
    this.#state = 'tracked';
    this.#isOnTrial = true;
  }

  /** A training brought nothing. */
  failed(epoch: number): void {
    this.#failures++;
    if (this.#failures < this.#rules.giveUpAfter) return;
    this.#failures = 0;
    this.#retryAt = epoch + this.#rules.retryEpochs;
    if (this.#state !== 'tracked') this.#state = 'given up';
  }

  /** A pause is over, and the user is looked for again. */
  retry(epoch: number): void {
    if (this.#state === 'given up' && epoch >= this.#retryAt)
      this.#state = this.#column === null ? 'sought' : 'lost';
  }

  /**
   * @param wasServed whether slots of its own were planned for the user, of whatever kind.
   * @param wasHeard whether any of them was measured.
   */
  observe(user: UserEpoch, epoch: number, wasServed: boolean, wasHeard: boolean): void {
    if (!wasServed) return;
    this.#numSilent = wasHeard ? 0 : this.#numSilent + 1;
    this.#lastHeard = new Map(ownHeard(user).map(({ column, power }) => [column, power]));
    const strongest = strongestHeard(user);
    if (this.#state === 'tracked' && this.#numSilent >= this.#rules.afterEpochs) this.#state = 'lost';
    if (strongest === null) return;
    if (this.#isGood(strongest.power, user.noiseFloor)) {
      this.#numFallen = 0;
      this.#reference = Math.max(strongest.power, (this.#reference ?? 0) * (1 - FORGOTTEN));
      this.#column = strongest.column;
      this.#state = 'tracked';
      this.#failures = 0;
      this.#isOnTrial = false;
      return;
    }
    this.#numFallen++;
    if (this.#state !== 'tracked' || this.#numFallen < this.#rules.afterEpochs) return;
    this.#state = 'lost';
    if (this.#isOnTrial) this.failed(epoch);
    this.#isOnTrial = false;
  }

  #isGood(power: number, noiseFloor: number): boolean {
    const { dropDb, overNoiseDb } = this.#rules;
    const isOverNoise = noiseFloor <= 0 || power > noiseFloor * 10 ** (overNoiseDb / 10);
    return isOverNoise && (this.#reference === null || power >= this.#reference / 10 ** (dropDb / 10));
  }
}
