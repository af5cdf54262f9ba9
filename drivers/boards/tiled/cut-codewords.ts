/** Codewords of a whole array as its boards hold them, each its own part. */
import { unpackElementSettings } from '../../../firmware-protocol/element-settings.js';
import type { TileElements } from '../../../src/core/element-run.js';
import { BeamloopError } from '../../../src/core/errors.js';
import type { ArrayBoard, BoardDescription, ElementSettings, PackedCodeword } from '../../array-board.js';
import { CodewordTable } from '../codeword-table.js';
import { requirePacked } from '../settings-packer.js';
import { geometryOfTile, settingsOfTile } from './tile-map.js';

interface CutTile {
  readonly board: Pick<ArrayBoard, 'pack' | 'load'>;
  readonly name: string;
  readonly elements: TileElements;
}

/** A codeword that all boards hold. */
export interface HeldCodeword {
  readonly hash: string;
  /** Where the array keeps it: as a single board with as much memory would. */
  readonly index: number;
  /** Hash of each board's part. */
  readonly parts: readonly string[];
}

/** Of so many codewords it is remembered which they are by their parts. */
const MOST_REMEMBERED = 65_536;

export class CutCodewords {
  readonly #tiles: readonly CutTile[];
  readonly #description: BoardDescription;
  /** Whether a board can be told where its elements stand, so that parameters mean something to it. */
  readonly #isRun: readonly boolean[];
  readonly #parts = new WeakMap<PackedCodeword, readonly PackedCodeword[]>();
  readonly #hashes = new Map<string, { readonly hash: string; readonly parts: readonly string[] }>();
  #table: CodewordTable;
  readonly #held = new Map<string, readonly string[]>();
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(tiles: readonly CutTile[], description: BoardDescription) {
    this.#tiles = tiles;
    this.#description = description;
    const anywhere = { arrayElements: description.numElements, firstElement: 0, mirrored: false };
    const geometry = { ...anywhere, carrierHz: 1, speedOfLightMPerS: 1 };
    this.#isRun = tiles.map(({ elements }) => geometryOfTile(geometry, elements) !== null);
    this.#table = new CodewordTable(description.memoryDepth);
  }

  /** Cuts a codeword that was packed of these settings. */
  remember(packed: PackedCodeword, settings: ElementSettings): readonly PackedCodeword[] {
    const { parameters } = packed;
    const parts = this.#tiles.map(({ board, elements }, k) =>
      board.pack(settingsOfTile(settings, elements), this.#isRun[k] ? parameters : undefined),
    );
    this.#parts.set(packed, parts);
    const hashes = parts.map(({ hash }) => hash);
    this.#hashes.set(hashes.join(' '), { hash: packed.hash, parts: hashes });
    const [oldest] = this.#hashes.keys();
    if (this.#hashes.size > MOST_REMEMBERED) this.#hashes.delete(oldest!);
    return parts;
  }

  /** As `ArrayBoard.load`; `keep` are those of slots that are underway. Calls take turns. */
  load(codewords: readonly PackedCodeword[], keep: ReadonlySet<string>): Promise<void> {
    requirePacked(codewords, this.#description, this.#tiles.map(({ name }) => name).join(', '));
    const turn = this.#lastTurn.then(() => this.#load(codewords, keep));
    this.#lastTurn = turn.catch(() => {});
    return turn;
  }

  /** Resolves when the loads that were begun are over, one way or another. */
  async loaded(): Promise<void> {
    await this.#lastTurn;
  }

  /** @throws BAD_ARGUMENT for one that is not loaded. */
  held(hash: string): HeldCodeword {
    const parts = this.#held.get(hash);
    const index = this.#table.indexOf(hash);
    if (parts !== undefined && index !== undefined) return { hash, index, parts };
    throw new BeamloopError('BAD_ARGUMENT', { what: `Codeword ${hash} is not loaded` });
  }

  /** The codeword that these are the parts of; null where this process has not packed it. */
  known(parts: readonly string[]): HeldCodeword | null {
    const found = this.#hashes.get(parts.join(' '));
    return found === undefined ? null : { ...found, index: this.#table.indexOf(found.hash) ?? 0 };
  }

  /** A board lost its memory; what the others hold is found there when it is loaded again. */
  forgetMemory(): void {
    this.#table = new CodewordTable(this.#description.memoryDepth);
    this.#held.clear();
  }

  async #load(codewords: readonly PackedCodeword[], keep: ReadonlySet<string>): Promise<void> {
    const table = this.#table;
    const wanted = new Map(codewords.map((codeword) => [codeword.hash, codeword]));
    for (const hash of wanted.keys()) table.touch(hash);
    const missing = [...wanted.values()].filter(({ hash }) => table.indexOf(hash) === undefined);
    const assignments = table.assign(missing, new Set([...wanted.keys(), ...keep]));
    if (assignments === null) {
      throw new BeamloopError('PLAN_REFUSED', {
        what: `The boards' memory holds ${table.depth} codewords; with those of queued slots there is no room for ${wanted.size} at once`,
        where: this.#tiles.map(({ name }) => name).join(', '),
        todo: 'Load and queue in smaller batches',
      });
    }
    const cut = [...wanted.values()].map((codeword) => this.#partsOf(codeword));
    const results = await Promise.allSettled(
      this.#tiles.map(({ board }, k) => board.load(cut.map((parts) => parts[k]!))),
    );
    const failure = results.find((result) => result.status === 'rejected');
    for (const each of assignments) {
      if (failure === undefined) table.confirm(each);
      else table.abandon(each);
    }
    if (failure !== undefined) throw failure.reason;
    for (const [k, hash] of [...wanted.keys()].entries()) {
      this.#held.set(
        hash,
        cut[k]!.map((part) => part.hash),
      );
    }
  }

  #partsOf(codeword: PackedCodeword): readonly PackedCodeword[] {
    const { numElements } = this.#description;
    return (
      this.#parts.get(codeword) ??
      this.remember(codeword, unpackElementSettings(codeword.bytes, numElements, this.#description))
    );
  }
}
