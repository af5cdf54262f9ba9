/**
 * Several boards as one array. Codewords are cut to each board's elements; a slot counts when every board told of it. What befalls one
 * board befalls the array: the others are muted and stopped at once, and whoever drives it arms again when the board is back.
 *
 * The array's time is that of the first board's clock.
 */
import type { TileElements } from '../../../src/core/element-run.js';
import { BeamloopError } from '../../../src/core/errors.js';
import type {
  ArrayBoard,
  ArrayBoardEvents,
  ArrayGeometry,
  BoardDescription,
  BoardTimeInterval,
  CodewordParameters,
  ElementErrors,
  ElementSettings,
  LinkStatistics,
  PackedCodeword,
  Receipt,
  SlotEntry,
  SlotTiming,
} from '../../array-board.js';
import { Listeners } from '../listeners.js';
import { packSettings } from '../settings-packer.js';
import { CutCodewords } from './cut-codewords.js';
import { TileClocks, type TileClocksOptions } from './tile-clocks.js';
import { errorsOfTile, geometryOfTile } from './tile-map.js';
import { TileReceipts } from './tile-receipts.js';
import { TileState } from './tile-state.js';
import { describeTiles } from './tiled-description.js';

export interface Tile {
  readonly board: ArrayBoard;
  /** What messages call it: of its port. */
  readonly name: string;
  readonly elements: TileElements;
}

export class TiledArray implements ArrayBoard {
  readonly description: BoardDescription;
  readonly #tiles: readonly Tile[];
  readonly #listeners = new Listeners();
  readonly #receipts: TileReceipts;
  readonly #clocks: TileClocks;
  readonly #cut: CutCodewords;
  readonly #states: readonly TileState[];
  /** Replaced when something befalls a board; the old one then says what. */
  #interruptions: { reason: BeamloopError | null } = { reason: null };
  /** What whoever drives the array asked for; a mute of ours, for one board's sake, is lifted when it is armed. */
  #wantsMuted = false;
  #isQuietened = false;
  #closing: Promise<void> | null = null;

  /** @throws BOARD_MISMATCH where a board is not as the others, or does not have the elements that it is to drive. */
  constructor(tiles: readonly Tile[], options: TileClocksOptions) {
    const described = describeTiles(
      tiles.map(({ board, name, elements }) => ({ name, elements, description: board.description })),
    );
    this.#tiles = tiles;
    this.#clocks = new TileClocks(tiles, options);
    const queueDepth = Math.min(described.queueDepth, this.#clocks.mostSlots);
    this.description = { ...described, queueDepth };
    this.#cut = new CutCodewords(tiles, this.description);
    this.#receipts = new TileReceipts(tiles.length, (receipt) => this.#listeners.emit('receipt', receipt));
    this.#states = tiles.map(() => new TileState());
    for (const [k, tile] of tiles.entries()) this.#listen(tile, k);
  }

  on<E extends keyof ArrayBoardEvents>(event: E, listener: ArrayBoardEvents[E]): void {
    this.#listeners.on(event, listener);
  }

  off<E extends keyof ArrayBoardEvents>(event: E, listener: ArrayBoardEvents[E]): void {
    this.#listeners.off(event, listener);
  }

  /** Of the whole array: `firstElement` 0, not mirrored. */
  async describeArray(geometry: ArrayGeometry, errors: ElementErrors | null): Promise<void> {
    await this.#all(({ board, elements }) => {
      const own = geometryOfTile(geometry, elements);
      if (own === null) return Promise.resolve();
      return board.describeArray(own, errors && errorsOfTile(errors, elements));
    });
  }

  pack(settings: ElementSettings, parameters?: CodewordParameters): PackedCodeword {
    const whole = packSettings(settings, this.description, this.#tiles[0]!.name);
    const packed = { ...whole, ...(parameters && { parameters }) };
    this.#cut.remember(packed, settings);
    return packed;
  }

  load(codewords: readonly PackedCodeword[]): Promise<void> {
    return this.#cut.load(codewords, this.#receipts.hashes());
  }

  async queue(entries: readonly SlotEntry[]): Promise<void> {
    const before = this.#interruptions;
    await this.#cut.loaded();
    if (before.reason !== null) throw before.reason;
    const slots = entries.map(({ slot, hash }) => ({ slot, ...this.#cut.held(hash) }));
    await this.#align(entries);
    if (before.reason !== null) throw before.reason;
    this.#receipts.announce(slots);
    try {
      await this.#all(({ board }, k) =>
        board.queue(slots.map(({ slot, parts }) => ({ slot, hash: parts[k]! }))),
      );
    } catch (error) {
      this.#receipts.forget(slots.map(({ slot }) => slot));
      // Some boards have them, and others do not: nothing of it may be latched.
      if (before.reason === null) this.#interrupt('replaced', 'its boards do not agree on what is queued');
      throw error;
    }
    if (before.reason !== null) throw before.reason;
    this.#receipts.confirm(slots);
  }

  /** @throws PLAN_REFUSED where the boards' clocks are not known well enough; else as one board does. */
  async arm(timing: SlotTiming): Promise<void> {
    const starts = await this.#clocks.startsS(timing);
    await this.#armAll((board, k) => board.arm({ ...timing, startBoardTimeS: starts[k]! }));
    this.#clocks.armed(timing);
  }

  /** One edge must reach the trigger inputs of all boards. */
  async armOnTrigger(firstSlot: number, slotDurationS: number): Promise<void> {
    await this.#armAll((board) => board.armOnTrigger(firstSlot, slotDurationS));
    this.#clocks.armedOnTrigger();
  }

  async stop(): Promise<void> {
    await this.#all(({ board }) => board.stop());
    this.#receipts.forget();
  }

  async mute(muted: boolean): Promise<void> {
    this.#wantsMuted = muted;
    await this.#all(({ board }) => board.mute(muted));
    this.#isQuietened = false;
  }

  /** Of slots whose codewords this process has packed. */
  async requestReceipts(firstSlot: number, count: number): Promise<void> {
    const come: Receipt[][] = this.#tiles.map(() => []);
    const listeners = this.#tiles.map((_, k) => (receipt: Receipt) => {
      if (receipt.slot >= firstSlot && receipt.slot < firstSlot + count) come[k]!.push(receipt);
    });
    for (const [k, { board }] of this.#tiles.entries()) board.on('receipt', listeners[k]!);
    try {
      await this.#all(({ board }) => board.requestReceipts(firstSlot, count));
    } finally {
      for (const [k, { board }] of this.#tiles.entries()) board.off('receipt', listeners[k]!);
    }
    const bySlot = come.map((receipts) => new Map(receipts.map((receipt) => [receipt.slot, receipt])));
    const slots = [...bySlot[0]!.keys()].flatMap((slot) => {
      if (this.#receipts.has(slot)) return [];
      const known = this.#cut.known(bySlot.map((receipts) => receipts.get(slot)?.hash ?? ''));
      return known === null ? [] : [{ slot, ...known }];
    });
    this.#receipts.announce(slots);
    for (const { slot } of slots) {
      for (const [k, receipts] of bySlot.entries()) this.#receipts.receive(k, receipts.get(slot)!);
    }
  }

  boardTime(): BoardTimeInterval {
    return this.#tiles[0]!.board.boardTime();
  }

  readBoardTime(): Promise<BoardTimeInterval> {
    return this.#tiles[0]!.board.readBoardTime();
  }

  outstandingSlots(): number {
    return this.#receipts.numOwed;
  }

  /** Sums over all boards; the longest round trip. */
  linkStatistics(): LinkStatistics {
    const all = this.#tiles.map(({ board }) => board.linkStatistics());
    const sum = (key: keyof LinkStatistics) => all.reduce((total, each) => total + (each[key] ?? 0), 0);
    const roundTrips = all.flatMap(({ roundTripS }) => (roundTripS === null ? [] : [roundTripS]));
    const counts = Object.fromEntries(
      (Object.keys(all[0]!) as (keyof LinkStatistics)[]).map((key) => [key, sum(key)]),
    ) as unknown as LinkStatistics;
    return { ...counts, roundTripS: roundTrips.length === 0 ? null : Math.max(...roundTrips) };
  }

  requestTelemetry(): void {
    for (const { board } of this.#tiles) board.requestTelemetry();
  }

  get muted(): boolean | null {
    const all = this.#tiles.map(({ board }) => board.muted);
    if (all.every((muted) => muted === true)) return true;
    return all.includes(null) ? null : false;
  }

  close(): Promise<void> {
    this.#closing ??= Promise.all(this.#tiles.map(({ board }) => board.close())).then(() => {
      this.#listeners.clear();
    });
    return this.#closing;
  }

  #listen({ board, name }: Tile, k: number): void {
    board.on('receipt', (receipt) => this.#receipts.receive(k, receipt));
    board.on('fault', (fault) => this.#listeners.emit('fault', { ...fault, board: name }));
    board.on('telemetry', (telemetry) => {
      this.#states[k]!.telemetry = telemetry;
      this.#listeners.emit('telemetry', TileState.together(this.#states) ?? telemetry);
    });
    board.on('link', (state, reason) => {
      this.#states[k]!.isUp = state === 'up';
      if (state === 'down') {
        this.#listeners.emit('link', 'down', `${name}: ${reason}`);
        this.#interrupt('replaced', `board ${name} is away: ${reason}`);
      } else if (this.#states.every(({ isUp }) => isUp)) {
        this.#listeners.emit('link', 'up', `${name}: ${reason}`);
      }
    });
    board.on('reset', () => this.#interrupt('reset', `board ${name} restarted`));
    board.on('replaced', () => this.#interrupt('replaced', `board ${name} does not know this session`));
  }

  /** What is queued will not be latched: the boards that still have it are silenced, and asked for nothing more. */
  #interrupt(event: 'reset' | 'replaced', why: string): BeamloopError {
    const reason = new BeamloopError('BOARD_RESET', {
      what: `The array is stopped and muted: ${why}`,
      where: this.#tiles.map(({ name }) => name).join(', '),
      todo: 'Arm again, which waits until all its boards are back',
    });
    if (this.#closing !== null) return reason;
    this.#receipts.forget();
    if (event === 'reset') this.#cut.forgetMemory();
    this.#interruptions.reason = reason;
    this.#interruptions = { reason: null };
    this.#quieten();
    this.#listeners.emit(event);
    return reason;
  }

  #quieten(): void {
    this.#isQuietened = true;
    for (const [k, { board }] of this.#tiles.entries()) {
      if (!this.#states[k]!.isUp) continue;
      // Whoever is lost meanwhile tells of it itself, and its watchdog mutes it.
      board.mute(true).catch(() => {});
      board.stop().catch(() => {});
    }
  }

  async #armAll(arm: (board: ArrayBoard, k: number) => Promise<void>): Promise<void> {
    const before = this.#interruptions;
    if (this.#isQuietened) {
      await this.#all(({ board }) => board.mute(this.#wantsMuted));
      this.#isQuietened = false;
    }
    const results = await Promise.allSettled(this.#tiles.map(({ board }, k) => arm(board, k)));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure === undefined && before.reason === null) return;
    // Boards that are armed alone would begin without the others.
    this.#quieten();
    throw failure?.reason ?? before.reason;
  }

  /** Arms the other boards anew where their clocks may have run too far away from the first one's by the end of these slots. */
  async #align(entries: readonly SlotEntry[]): Promise<void> {
    const last = entries.at(-1);
    if (last === undefined || this.#clocks.isAligned(last.slot)) return;
    const timing = this.#receipts.numOwed > 0 ? null : this.#clocks.timingFrom(entries[0]!.slot);
    if (timing === null) {
      throw this.#interrupt(
        'replaced',
        'the clocks of its boards may have run apart by more than is allowed',
      );
    }
    const starts = await this.#clocks.startsS(timing);
    const others = this.#tiles.slice(1);
    const results = await Promise.allSettled(
      others.map(({ board }, k) => board.arm({ ...timing, startBoardTimeS: starts[k + 1]! })),
    );
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) {
      throw this.#interrupt('replaced', 'its boards could not be armed anew in time');
    }
    this.#clocks.armed(timing);
  }

  async #all(each: (tile: Tile, k: number) => Promise<unknown>): Promise<void> {
    const results = await Promise.allSettled(this.#tiles.map(each));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
  }
}
