/** Whether the array is mute, as far as the board says so. */
import { BeamloopError } from '../../../src/core/errors.js';
import type { ElementDriver, Word } from './element-driver.js';

export class Muting {
  readonly #driver: ElementDriver;
  readonly #one: (act: () => Promise<Word>) => Promise<Word>;
  /** What the board confirmed. */
  #confirmed: boolean | null = null;
  /** What was asked for last; null before. */
  #wanted: boolean | null = null;
  /** A mute went out, and nobody knows what came of it. */
  #isSent = false;

  constructor(driver: ElementDriver, one: (act: () => Promise<Word>) => Promise<Word>) {
    this.#driver = driver;
    this.#one = one;
  }

  get confirmed(): boolean | null {
    return this.#confirmed;
  }

  /** What is to be told where a mute is not confirmed. */
  get doubt(): string {
    const { name, facts } = this.#driver;
    if (facts.mutes === null) {
      return `the board at ${name} cannot be muted: it may radiate its last beam until it is switched off,`;
    }
    return this.#isSent
      ? `a mute was sent to the board at ${name}, which does not say whether it obeyed: make sure of it yourself,`
      : `the board at ${name} could not be told to mute: it may radiate its last beam until it is switched off,`;
  }

  /** @throws BOARD_REFUSED where there is no way to; what the driver throws. */
  async set(muted: boolean): Promise<void> {
    const { name, facts } = this.#driver;
    if (facts.mutes === null) {
      throw new BeamloopError('BOARD_REFUSED', {
        what: 'This board has no command that mutes it, and no amplitude that could be set to 0',
        where: name,
        todo: 'Give its template mute and unmute, or amplitudeBits; else switch it off',
      });
    }
    this.#wanted = muted;
    this.#confirmed = null;
    this.#isSent = true;
    try {
      const word = await this.#one(() => this.#driver.mute(muted));
      if (word !== 'sent') this.#confirmed = muted;
    } catch (error) {
      this.#isSent = false;
      throw error;
    }
  }

  /** Before slots are carried out: a mute outlives the program that asked for it. */
  async lift(): Promise<void> {
    if (this.#driver.facts.mutes === null || this.#wanted === false) return;
    await this.set(false);
  }

  /** The board was away. */
  forget(): void {
    this.#confirmed = null;
    this.#isSent = false;
    if (this.#wanted === false) this.#wanted = null;
  }

  /** It is back: silence that was asked for holds. */
  async restore(): Promise<void> {
    if (this.#wanted === true) await this.set(true);
  }
}
