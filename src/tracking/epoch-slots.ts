/** The slots of one epoch as they are given away, as far as the epoch has room. */
import type { PolarCodebook } from '../codebook/polar.js';
import type { PlannedPilot } from './epoch-plan.js';

export class EpochSlots {
  readonly pilots: PlannedPilot[] = [];
  readonly #codebook: PolarCodebook;
  readonly #fits: (numSlots: number, numCodewords: number) => boolean;
  readonly #keys = new Set<string>();

  constructor(codebook: PolarCodebook, fits: (numSlots: number, numCodewords: number) => boolean) {
    this.#codebook = codebook;
    this.#fits = fits;
  }

  /** All who listen hear the first of them: what comes through to them is interference. */
  serve(user: number, column: number, numSlots: number, listening: readonly number[]): void {
    const others = listening.filter((each) => each !== user);
    for (let k = 0; k < numSlots; k++) {
      this.#add(this.#own(user, column, 'serve', k === 0 ? [user, ...others] : [user]));
    }
  }

  /** False where there is no room for it. */
  probe(user: number, column: number): boolean {
    return this.#addIfFits(this.#own(user, column, 'probe', [user]));
  }

  /** Pilots of each user in turn, another one first in each epoch. */
  train(ofUsers: readonly (readonly PlannedPilot[])[], epoch: number): void {
    const longest = Math.max(0, ...ofUsers.map(({ length }) => length));
    for (let k = 0; k < longest; k++) {
      for (let turn = 0; turn < ofUsers.length; turn++) {
        const pilot = ofUsers[(turn + epoch) % ofUsers.length]![k];
        if (pilot !== undefined && !this.#addIfFits(pilot)) return;
      }
    }
  }

  #own(user: number, column: number, purpose: 'serve' | 'probe', listeners: readonly number[]): PlannedPilot {
    const codeword = this.#codebook.codeword(this.#codebook.indexOf(column));
    return { codeword, purpose, column, user, listeners, training: null };
  }

  #addIfFits(pilot: PlannedPilot): boolean {
    const isNew = !this.#keys.has(pilot.codeword.key);
    if (!this.#fits(this.pilots.length + 1, this.#keys.size + (isNew ? 1 : 0))) return false;
    this.#add(pilot);
    return true;
  }

  #add(pilot: PlannedPilot): void {
    this.#keys.add(pilot.codeword.key);
    this.pilots.push(pilot);
  }
}
