/** Gets codewords into the board's memory: only the missing ones, many underway at a time. SPEC 6.2 and 6.3. */
import { hashFromHex, hashToHex } from '../../firmware-protocol/content-hash.js';
import { itemsPerMessage } from '../../firmware-protocol/layout.js';
import { LoadCodeword } from '../../firmware-protocol/messages/load-codeword.js';
import { MemoryContents } from '../../firmware-protocol/messages/query-memory.js';
import { BeamloopError } from '../../src/core/errors.js';
import type { PackedCodeword } from '../array-board.js';
import type { Assignment, CodewordTable } from './codeword-table.js';
import type { OpenRequests } from './open-requests.js';
import { type Batch, type Expansion, ParameterLoads } from './parameter-loads.js';

const QUERY_COUNT = itemsPerMessage(MemoryContents);
/** Codewords handed to the link before the first of them is confirmed; keeps its window filled with a wide margin. */
const MAX_UNDERWAY = 256;

/** A load on its way. */
interface Load {
  /** Its codewords have been handed to the link, as far as they ever are: what is sent now comes after them. */
  readonly sent: Promise<void>;
  /** The board holds them. Rejects as `load`. */
  readonly over: Promise<void>;
}

export class CodewordLoader {
  readonly #requests: OpenRequests;
  readonly #table: CodewordTable;
  readonly #parameters: ParameterLoads;
  readonly #chunkBytes: number;
  readonly #boardName: string;
  #lastTurn: Promise<unknown> = Promise.resolve();
  #lastLoad: Load = { sent: Promise.resolve(), over: Promise.resolve() };
  #numLoaded = 0;
  #numExpanded = 0;
  #numReused = 0;

  constructor(requests: OpenRequests, table: CodewordTable, maxPayload: number, boardName: string) {
    this.#requests = requests;
    this.#table = table;
    this.#parameters = new ParameterLoads(requests, maxPayload);
    this.#chunkBytes = itemsPerMessage(LoadCodeword, maxPayload);
    this.#boardName = boardName;
  }

  /** Codewords that the board confirmed to have loaded. */
  get numLoaded(): number {
    return this.#numLoaded;
  }

  /** Of these, those that it made of their parameters. */
  get numExpanded(): number {
    return this.#numExpanded;
  }

  /** Whether the board makes codewords of their parameters from now on, and with which corrections. */
  offerParameters(expansion: Expansion): void {
    this.#parameters.offer(expansion);
  }

  /** Codewords that were asked for and already held. */
  get numReused(): number {
    return this.#numReused;
  }

  /**
   * Resolves when the board holds all of them. Calls take turns, so that one cannot evict what another has just loaded
   * before that one is done. `ready` resolves while the link is up and the memory known; when the board restarts in
   * between, the load starts again after that.
   */
  load(codewords: readonly PackedCodeword[], ready: () => Promise<void>): Promise<void> {
    const wanted = new Map(codewords.map((codeword) => [codeword.hash, codeword]));
    let onSent = () => {};
    const sent = new Promise<void>((resolve) => {
      onSent = resolve;
    });
    const turn = this.#lastTurn.then(async () => {
      await ready();
      this.#numReused += [...wanted.keys()].filter((hash) => this.#table.indexOf(hash) !== undefined).length;
      for (;;) {
        try {
          await this.#loadMissing(wanted, onSent);
          return;
        } catch (error) {
          if (!(error instanceof BeamloopError) || error.code !== 'BOARD_RESET') throw error;
          await ready();
        }
      }
    });
    this.#lastTurn = turn.catch(() => {}).then(onSent);
    this.#lastLoad = { sent, over: turn };
    return turn;
  }

  /** The last one that was begun. */
  get lastLoad(): Load {
    return this.#lastLoad;
  }

  /** Asks what the memory holds, takes it over, and loads again what was held and is gone. */
  async reconcile(): Promise<void> {
    const before = this.#table.snapshot();
    const answers = [];
    for (let firstIndex = 0; firstIndex < this.#table.depth; firstIndex += QUERY_COUNT) {
      const count = Math.min(QUERY_COUNT, this.#table.depth - firstIndex);
      answers.push(this.#requests.send('QueryMemory', { firstIndex, count }));
    }
    const contents = new Map<number, string | null>();
    for (const { firstIndex, entries } of await Promise.all(answers)) {
      entries.forEach(({ valid, hash }, k) => {
        contents.set(firstIndex + k, valid === 1 ? hashToHex(hash) : null);
      });
    }
    const gone = this.#table.reconcile(contents, before);
    await this.#loadMissing(new Map(gone.map((codeword) => [codeword.hash, codeword])));
  }

  /**
   * Makes every entry invalid. The protocol has no message for that; a load that is begun and never ended does it (SPEC 6.2).
   * Rejects with BOARD_FAULT when the board still holds something then.
   */
  async clear(): Promise<void> {
    for (const index of this.#table.snapshot().keys()) {
      const data = new Uint8Array(1);
      await this.#requests.send('LoadCodeword', { index, offset: 0, last: 0, hash: 0n, data });
    }
    const held = this.#table.snapshot();
    this.#table.reconcile(new Map(), held);
    await this.reconcile();
    if (this.#table.numHeld === 0) return;
    throw new BeamloopError('BOARD_FAULT', {
      what: `The board still holds ${this.#table.numHeld} codewords after loads over all of them were begun (SPEC 6.2)`,
      where: this.#boardName,
      todo: 'Switch it off and on',
    });
  }

  async #loadMissing(wanted: ReadonlyMap<string, PackedCodeword>, onSent = () => {}): Promise<void> {
    for (const hash of wanted.keys()) this.#table.touch(hash);
    const missing = [...wanted.values()].filter(({ hash }) => this.#table.indexOf(hash) === undefined);
    if (missing.length === 0) return;
    const assignments = this.#table.assign(missing, new Set(wanted.keys()));
    if (assignments === null) {
      const { depth, numPinned } = this.#table;
      throw new BeamloopError('PLAN_REFUSED', {
        what:
          `The board's memory holds ${depth} codewords; ${numPinned} are needed by queued slots, ` +
          `so there is no room for ${wanted.size} at once`,
        where: this.#boardName,
        todo: 'Load and queue in smaller batches',
      });
    }
    await this.#transmit(assignments, onSent);
  }

  async #transmit(assignments: readonly Assignment[], onSent = () => {}): Promise<void> {
    const underway: Promise<unknown>[] = [];
    const failures: unknown[] = [];
    for (const [k, batch] of this.#parameters.batches(assignments).entries()) {
      if (k >= MAX_UNDERWAY) await underway[k - MAX_UNDERWAY];
      if (failures.length > 0) this.#abandon(batch.assignments);
      else underway.push(this.#loadBatch(batch).catch((error: unknown) => failures.push(error)));
    }
    onSent();
    await Promise.all(underway);
    if (failures.length > 0) throw failures[0];
  }

  async #loadBatch(batch: Batch): Promise<void> {
    const { form, assignments } = batch;
    if (form === 'bytes') return this.#loadOne(assignments[0]!);
    let numHeld: number;
    try {
      numHeld = await this.#parameters.load(batch);
    } catch (error) {
      this.#abandon(assignments);
      throw error;
    }
    for (const each of assignments.slice(0, numHeld)) this.#table.confirm(each);
    this.#numLoaded += numHeld;
    this.#numExpanded += numHeld;
    const [other, ...rest] = assignments.slice(numHeld);
    if (other === undefined) return;
    try {
      await this.#loadOne(other);
    } catch (error) {
      this.#abandon(rest);
      throw error;
    }
    await this.#transmit(rest);
  }

  #abandon(assignments: readonly Assignment[]): void {
    for (const each of assignments) this.#table.abandon(each);
  }

  async #loadOne(assignment: Assignment): Promise<void> {
    const { index, codeword } = assignment;
    const hash = hashFromHex(codeword.hash);
    const results: Promise<unknown>[] = [];
    for (let offset = 0; offset < codeword.bytes.length; offset += this.#chunkBytes) {
      const data = codeword.bytes.subarray(offset, offset + this.#chunkBytes);
      const last = offset + data.length === codeword.bytes.length ? 1 : 0;
      results.push(this.#requests.send('LoadCodeword', { index, offset, last, hash, data }));
    }
    try {
      await Promise.all(results);
    } catch (error) {
      this.#table.abandon(assignment);
      throw error;
    }
    this.#table.confirm(assignment);
    this.#numLoaded++;
  }
}
