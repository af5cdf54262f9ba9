import { contentHash, hashToHex } from '../../../firmware-protocol/content-hash.js';
import {
  type ElementCodes,
  packedLength,
  unpackElementSettings,
} from '../../../firmware-protocol/element-settings.js';
import type { PayloadOf } from '../../../firmware-protocol/registry.js';
import { STATUS } from '../../../firmware-protocol/status.js';
import { type BoardModel, elementFormat } from '../board-model.js';

export interface StoredCodeword {
  readonly hash: bigint;
  readonly bytes: Uint8Array;
}

/** A load that has begun. SPEC 6.2. */
interface Staged {
  readonly index: number;
  readonly hash: bigint;
  readonly bytes: Uint8Array;
  length: number;
  /** Its last chunk has come; it is being written. */
  whole: boolean;
}

/** The board's table of codewords. A codeword arrives in chunks and becomes valid with its last one. SPEC 6.2. */
export class CodewordMemory {
  readonly #model: BoardModel;
  readonly #codewordBytes: number;
  readonly #valid: (StoredCodeword | undefined)[];
  /** One codeword arrives at a time. */
  #staged: Staged | null = null;

  constructor(model: BoardModel) {
    this.#model = model;
    this.#codewordBytes = packedLength(model.numElements, elementFormat(model));
    this.#valid = new Array(model.memoryDepth);
  }

  get depth(): number {
    return this.#model.memoryDepth;
  }

  /** The valid codeword at `index`, if any. */
  at(index: number): StoredCodeword | undefined {
    return this.#valid[index];
  }

  /**
   * Takes one chunk and returns its status. The entry is invalid from the first chunk until `commit`, which follows the
   * last one when its status is ok.
   */
  stage({ index, offset, last, hash, data }: PayloadOf<'LoadCodeword'>): number {
    if (index >= this.depth) return STATUS.badIndex;
    this.#valid[index] = undefined;
    if (offset === 0) {
      this.#staged = { index, hash, bytes: new Uint8Array(this.#codewordBytes), length: 0, whole: false };
    }
    const staged = this.#staged?.index === index ? this.#staged : null;
    this.#staged = null;
    if (staged === null || staged.length !== offset || staged.hash !== hash) return STATUS.malformed;
    if (offset + data.length > this.#codewordBytes) return STATUS.malformed;
    staged.bytes.set(data, offset);
    staged.length += data.length;
    if (last === 1) {
      const codes = this.#isWhole(staged, hash) ? this.#unpacked(staged.bytes) : null;
      if (codes === null) return STATUS.hashMismatch;
      if (!this.#withinReach(codes)) return STATUS.badCode;
      staged.whole = true;
    }
    this.#staged = staged;
    return STATUS.ok;
  }

  /** Makes the completely staged codeword valid. */
  commit({ index, hash }: PayloadOf<'LoadCodeword'>): void {
    if (this.#staged?.index !== index) return;
    this.#valid[index] = { hash, bytes: this.#staged.bytes };
    this.#staged = null;
  }

  /** What was expanded, or null: the entry is invalid. An unfinished load of it is lost. */
  put(index: number, codeword: StoredCodeword | null): void {
    if (this.#staged?.index === index) this.#staged = null;
    this.#valid[index] = codeword ?? undefined;
  }

  /** The session that was loading is over. */
  dropUnfinished(): void {
    if (this.#staged?.whole === false) this.#staged = null;
  }

  #isWhole({ bytes, length }: Staged, hash: bigint): boolean {
    return length === this.#codewordBytes && contentHash(bytes) === hashToHex(hash);
  }

  /** Null when the padding is not zero. */
  #unpacked(bytes: Uint8Array): ElementCodes | null {
    try {
      return unpackElementSettings(bytes, this.#model.numElements, elementFormat(this.#model));
    } catch {
      return null;
    }
  }

  #withinReach({ delayCode, lineCode }: ElementCodes): boolean {
    const { delayLsbS, delayRangeS, delayLinesS } = this.#model;
    // Half a femtosecond, the grid of both, keeps rounding out of it.
    const reachS = (delayRangeS ?? Number.POSITIVE_INFINITY) + 0.5e-15;
    return (
      (delayCode?.every((code) => code * delayLsbS < reachS) ?? true) &&
      (lineCode?.every((line) => line < delayLinesS!.length) ?? true)
    );
  }
}
