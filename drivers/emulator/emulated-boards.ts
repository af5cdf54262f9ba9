/** Emulated boards in one process that radiate as one array, on one clock of the laboratory. */
import {
  type AirSlot,
  EmulatedBoard,
  type EmulatedBoardConfig,
  type EmulatedBoardPorts,
} from './emulated-board.js';
import { TiledAir } from './tiled-air.js';
import { type Timers, wallTimers } from './timers.js';

/** A board that has told nothing of a slot for so long after another did is silent in it; real time only. */
const LATEST_S = 0.05;

export type BoardPorts = Pick<EmulatedBoardPorts, 'toHost' | 'onBacklog' | 'onPlug'>;

export class EmulatedBoards {
  readonly boards: readonly EmulatedBoard[];
  readonly #realtime: boolean;
  readonly #timers: Timers;
  readonly #air: TiledAir | null;
  /** When each board was switched on, by the laboratory's clock, s; virtual time only. */
  readonly #onSinceS: number[];
  /** Each board's time as last seen, s: it goes back when it loses power. */
  readonly #seenS: number[];
  #nowS = 0;
  #isFlushDue = false;

  /** All on real time or all on virtual time; with more than one each has its places. */
  constructor(
    configs: readonly EmulatedBoardConfig[],
    portsOf: (board: number) => BoardPorts,
    onAir: (slot: AirSlot) => void,
    timers: Timers = wallTimers,
  ) {
    this.#realtime = configs[0]!.realtime ?? false;
    this.#timers = timers;
    this.#air =
      configs.length === 1
        ? null
        : new TiledAir(
            configs.map(({ places }) => places!),
            onAir,
          );
    this.#onSinceS = configs.map(() => 0);
    this.#seenS = configs.map(() => 0);
    this.boards = configs.map(
      (config, k) =>
        new EmulatedBoard(config, {
          ...portsOf(k),
          onAir: (slot) => (this.#air === null ? onAir(slot) : this.#radiated(k, slot)),
          timers,
        }),
    );
  }

  /** Elements of the whole array. */
  get numElements(): number {
    return this.boards.reduce((sum, { model }) => sum + model.numElements, 0);
  }

  /**
   * Virtual time: lets all boards run through their slots up to time `toS` of the first, at once. Returns each board's time of one
   * moment, s; that of a board that lost power on the way begins at 0. What a board does takes it time of its own, so that some may be
   * ahead of that moment.
   */
  advanceTo(toS: number): number[] {
    for (const [k, board] of this.boards.entries()) this.#look(k, board.boardTimeS);
    this.#nowS = Math.max(this.#nowS, this.#onSinceS[0]! + Math.max(toS, this.boards[0]!.boardTimeS));
    for (const [k, board] of this.boards.entries()) {
      this.#look(k, board.advanceTo(this.#nowS - this.#onSinceS[k]!));
    }
    this.#nowS = Math.max(this.#nowS, this.#onSinceS[0]! + this.#seenS[0]!);
    this.#air?.flush();
    return this.#onSinceS.map((sinceS) => this.#nowS - sinceS);
  }

  close(): void {
    for (const board of this.boards) board.close();
  }

  #look(k: number, boardTimeS: number): void {
    if (boardTimeS < this.#seenS[k]!) this.#onSinceS[k] = this.#nowS - boardTimeS;
    this.#seenS[k] = boardTimeS;
  }

  #radiated(k: number, slot: AirSlot): void {
    // On real time these are of the machine's clock already.
    const aheadS = this.#realtime ? 0 : this.#onSinceS[k]! - this.#onSinceS[0]!;
    this.#air!.add(k, { ...slot, fromS: slot.fromS + aheadS, untilS: slot.untilS + aheadS });
    if (!this.#realtime || this.#isFlushDue) return;
    this.#isFlushDue = true;
    this.#timers.after(LATEST_S, () => {
      this.#isFlushDue = false;
      this.#air!.flush(slot.slot);
    });
  }
}
