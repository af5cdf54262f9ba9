/**
 * What the elements of a board without slots radiate as time goes on: pieces of time in which nothing changed, one after the other
 * without gaps, on the clock of the timers. They are told at every change and now and then in between, so that whoever listens knows
 * of any time soon after it what was on the air.
 */
import { contentHash } from '../../../firmware-protocol/content-hash.js';
import type { AirSlot } from '../emulated-board.js';
import type { RadiatedWeights, RfCodes, RfFrontEnd } from '../rf.js';
import type { Timers } from '../timers.js';

/** Longest piece, s. */
const MOST_S = 5e-3;
/** A state that lasts less is none: of a thousand elements that are written one by one a thousand beams would be computed. */
const LEAST_S = 0.2e-3;
/** Codewords whose weights are kept. */
const MOST_KNOWN = 1024;

export interface RadiatedState {
  readonly phaseCode: Uint16Array;
  /** Null on boards without amplitudes. */
  readonly amplitudeCode: Uint16Array | null;
  readonly isMuted: boolean;
}

export class ElementAir {
  readonly #frontEnd: RfFrontEnd;
  readonly #timers: Timers;
  readonly #onAir: (piece: AirSlot) => void;
  /** By hash, the least recently radiated first. */
  readonly #weights = new Map<string, RadiatedWeights>();
  #state: RadiatedState;
  /** Of the state; undefined while nobody had to know it. */
  #codeword: AirSlot['codeword'] | undefined;
  #sinceS: number;
  #cancel: () => void;

  constructor(frontEnd: RfFrontEnd, timers: Timers, state: RadiatedState, onAir: (piece: AirSlot) => void) {
    this.#frontEnd = frontEnd;
    this.#timers = timers;
    this.#onAir = onAir;
    this.#state = state;
    this.#sinceS = timers.nowS();
    this.#cancel = this.#later();
  }

  /** From now on; what lasted so short that no receiver hears it is passed over. */
  set(state: RadiatedState): void {
    if (this.#timers.nowS() - this.#sinceS >= LEAST_S) this.#tell();
    this.#state = state;
    this.#codeword = undefined;
  }

  get state(): RadiatedState {
    return this.#state;
  }

  close(): void {
    this.#cancel();
  }

  #later(): () => void {
    return this.#timers.after(MOST_S, () => {
      this.#tell();
      this.#cancel = this.#later();
    });
  }

  #tell(): void {
    const nowS = this.#timers.nowS();
    if (nowS <= this.#sinceS) return;
    const fromS = this.#sinceS;
    this.#sinceS = nowS;
    // There are no slots: their numbers are nobody's business.
    this.#codeword ??= this.#codewordOf(this.#state);
    this.#onAir({ slot: 0, boardTimeS: 0, fromS, untilS: nowS, codeword: this.#codeword });
  }

  #codewordOf({ phaseCode, amplitudeCode, isMuted }: RadiatedState): AirSlot['codeword'] {
    if (isMuted) return null;
    const codes: RfCodes = { phaseCode, amplitudeCode, delayCode: null, lineCode: null };
    const all = amplitudeCode === null ? [phaseCode] : [phaseCode, amplitudeCode];
    const hash = contentHash(
      Buffer.concat(all.map((each) => Buffer.from(each.buffer, each.byteOffset, each.byteLength))),
    );
    const known = this.#weights.get(hash) ?? this.#frontEnd.weights(codes);
    this.#weights.delete(hash);
    this.#weights.set(hash, known);
    if (this.#weights.size > MOST_KNOWN) this.#weights.delete(this.#weights.keys().next().value!);
    return { hash, weights: known };
  }
}
