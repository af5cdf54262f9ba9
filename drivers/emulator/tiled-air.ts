/**
 * What several emulated boards radiate together: the slots of each, by their numbers, made slots of the whole array. Where a board is
 * silent in a slot, its elements radiate nothing and the others do.
 */
import type { AirSlot } from './emulated-board.js';
import type { ElementPlaces, RadiatedWeights } from './rf.js';

/** Codewords whose weights are kept. */
const MOST_CODEWORDS = 4096;
/** Of a board that radiates nothing. */
const NOTHING = '-';

/** A slot as one board radiates it; times are of one clock for all boards. */
type Part = AirSlot;

export class TiledAir {
  readonly #places: readonly ElementPlaces[];
  readonly #send: (slot: AirSlot) => void;
  /** By number; of each board what it told. */
  readonly #slots = new Map<number, (Part | undefined)[]>();
  /** Of whole codewords, by the hashes of their parts; the oldest first. */
  readonly #weights = new Map<string, RadiatedWeights>();

  constructor(places: readonly ElementPlaces[], send: (slot: AirSlot) => void) {
    this.#places = places;
    this.#send = send;
  }

  /** What board `board` radiates in a slot. */
  add(board: number, part: Part): void {
    const told = this.#slots.get(part.slot)?.[board];
    // The same number again: the board was armed anew.
    if (told !== undefined) this.flush(part.slot);
    let parts = this.#slots.get(part.slot);
    if (parts === undefined) {
      parts = new Array<Part | undefined>(this.#places.length).fill(undefined);
      this.#slots.set(part.slot, parts);
    }
    parts[board] = part;
    // Slots come in order from each board: of those before, no board tells any more once all have told of this one.
    if (parts.every((each) => each !== undefined)) this.flush(part.slot);
  }

  /** Sends what is there up to a slot; of boards that have told nothing, silence is taken to be meant. */
  flush(lastSlot = Number.POSITIVE_INFINITY): void {
    const due = [...this.#slots.keys()].filter((slot) => slot <= lastSlot).sort((a, b) => a - b);
    for (const slot of due) {
      const parts = this.#slots.get(slot)!;
      this.#slots.delete(slot);
      this.#send(this.#together(parts));
    }
  }

  /** Boards begin a slot a little apart; what counts is when all of them radiate it. */
  #together(parts: readonly (Part | undefined)[]): AirSlot {
    const told = parts.filter((part) => part !== undefined);
    const fromS = Math.max(...told.map((part) => part.fromS));
    const untilS = Math.min(...told.map((part) => part.untilS));
    const [first] = told as [Part, ...Part[]];
    const hash = parts.map((part) => part?.codeword?.hash ?? NOTHING).join(' ');
    const isSilent = told.every(({ codeword }) => codeword === null);
    const codeword = isSilent ? null : { hash, weights: this.#weightsOf(hash, parts) };
    return {
      slot: first.slot,
      boardTimeS: first.boardTimeS,
      fromS,
      untilS: Math.max(fromS, untilS),
      codeword,
    };
  }

  #weightsOf(hash: string, parts: readonly (Part | undefined)[]): RadiatedWeights {
    let weights = this.#weights.get(hash);
    if (weights !== undefined) return weights;
    weights = this.#compose(parts);
    if (this.#weights.size >= MOST_CODEWORDS) this.#weights.delete(this.#weights.keys().next().value!);
    this.#weights.set(hash, weights);
    return weights;
  }

  #compose(parts: readonly (Part | undefined)[]): RadiatedWeights {
    const { arrayElements } = this.#places[0]!;
    const re = new Float64Array(arrayElements);
    const im = new Float64Array(arrayElements);
    const hasDelays = parts.some((part) => (part?.codeword?.weights.delayS ?? null) !== null);
    const delayS = hasDelays ? new Float64Array(arrayElements) : null;
    for (const [k, part] of parts.entries()) {
      const weights = part?.codeword?.weights;
      if (weights === undefined) continue;
      for (const [n, element] of this.#places[k]!.elements.entries()) {
        re[element] = weights.re[n]!;
        im[element] = weights.im[n]!;
        if (delayS !== null) delayS[element] = weights.delayS?.[n] ?? 0;
      }
    }
    return { re, im, delayS };
  }
}
