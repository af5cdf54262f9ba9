/**
 * The clocks of several boards, told in the time of the first. Each board's time is known as an interval only, and clocks drift apart:
 * slots of two boards begin together within a bound, which grows until the boards are armed again.
 */
import { BeamloopError } from '../../../src/core/errors.js';
import type { ArrayBoard, BoardTimeInterval, SlotTiming } from '../../array-board.js';

/** Relative difference of the rates of two boards' clocks: each keeps within 100 ppm of the host's (SPEC 7.7). */
const MAX_RELATIVE_DRIFT = 2.1e-4;
/** Of the bound that is allowed, what may be used up before the first slot begins; the rest is for drift. */
const SHARE_AT_START = 0.75;
/** Each may have the shortest round trip so far, and with it a narrower interval. */
const MOST_READINGS = 20;

interface ClockedTile {
  readonly board: Pick<ArrayBoard, 'boardTime' | 'readBoardTime'>;
  readonly name: string;
}

export interface TileClocksOptions {
  /** How far apart the boards may begin one slot, s. */
  readonly alignmentS: number;
  /** Of the slots that they will be armed for, s. */
  readonly slotDurationS: number;
  /**
   * The time of each board's clock, all of the same moment, s: where an emulation knows them. Else they are asked, and known within
   * bounds only.
   */
  readonly timesS?: () => Promise<readonly number[]>;
}

/** What was known of all clocks at one moment. */
interface Reading {
  /** The middle of each board's interval, s. */
  readonly middlesS: readonly number[];
  /** How far apart two boards may be that are told to begin at the same time, s; and which two. */
  readonly boundS: number;
  readonly worst: readonly [string, string];
}

export class TileClocks {
  readonly #tiles: readonly ClockedTile[];
  readonly #options: TileClocksOptions;
  #reading: Reading | null = null;
  /** What all boards are armed with, by the first clock; null: by none, or a trigger. */
  #timing: SlotTiming | null = null;

  constructor(tiles: readonly ClockedTile[], options: TileClocksOptions) {
    this.#tiles = tiles;
    this.#options = options;
  }

  /** Slots that can be queued at once before clocks may have run apart too far. */
  get mostSlots(): number {
    const { alignmentS, slotDurationS, timesS } = this.#options;
    if (timesS !== undefined) return Number.POSITIVE_INFINITY;
    const driftS = alignmentS * (1 - SHARE_AT_START);
    return Math.max(1, Math.floor(driftS / MAX_RELATIVE_DRIFT / slotDurationS));
  }

  /**
   * When, by each board's clock, it is `startBoardTimeS` by the first one's.
   *
   * @throws PLAN_REFUSED where two clocks are not known well enough.
   */
  async startsS({ startBoardTimeS }: SlotTiming): Promise<number[]> {
    const reading = await this.#read(startBoardTimeS);
    this.#reading = reading;
    const [first] = reading.middlesS;
    return reading.middlesS.map((middleS) => startBoardTimeS + (middleS - first!));
  }

  /** All boards were armed so, with what `startsS` told last. */
  armed(timing: SlotTiming): void {
    this.#timing = timing;
  }

  /** One edge starts all of them; from there they drift. */
  armedOnTrigger(): void {
    this.#timing = null;
  }

  /** How far apart the boards may begin a slot, s; null while they are not armed by time. */
  boundS(slot: number): number | null {
    const { slotDurationS } = this.#options;
    if (this.#timing === null || this.#reading === null) return null;
    const { firstSlot, startBoardTimeS } = this.#timing;
    const beginsS = startBoardTimeS + (slot - firstSlot) * slotDurationS;
    return this.#boundAt(this.#reading, beginsS);
  }

  /** Whether the boards surely begin this slot together, within what is allowed. */
  isAligned(slot: number): boolean {
    const boundS = this.boundS(slot);
    return boundS === null || boundS <= this.#options.alignmentS;
  }

  /** The slot clock from a later slot on; null while there is none. */
  timingFrom(slot: number): SlotTiming | null {
    if (this.#timing === null) return null;
    const { firstSlot, startBoardTimeS, slotDurationS } = this.#timing;
    return {
      firstSlot: slot,
      startBoardTimeS: startBoardTimeS + (slot - firstSlot) * slotDurationS,
      slotDurationS,
    };
  }

  async #read(startBoardTimeS: number): Promise<Reading> {
    const { alignmentS, timesS } = this.#options;
    if (timesS !== undefined) return { middlesS: await timesS(), boundS: 0, worst: ['', ''] };
    const allowedS = alignmentS * SHARE_AT_START;
    let reading = this.#now();
    for (let k = 0; k < MOST_READINGS && this.#boundAt(reading, startBoardTimeS) > allowedS; k++) {
      await Promise.all(this.#tiles.map(({ board }) => board.readBoardTime()));
      reading = this.#now();
    }
    const boundS = this.#boundAt(reading, startBoardTimeS);
    if (boundS <= allowedS) return reading;
    const us = (seconds: number) => `${Math.ceil(seconds * 1e6)} us`;
    throw new BeamloopError('PLAN_REFUSED', {
      what:
        `The clocks of two boards are known to within ${us(boundS)} of each other; slots may begin ${us(alignmentS)} apart, ` +
        'of which a quarter is for drift',
      where: reading.worst.join(', '),
      todo: 'Allow more (board.alignment), make slots longer, or use ports with a shorter round trip',
    });
  }

  #boundAt({ boundS, middlesS }: Reading, beginsS: number): number {
    if (this.#options.timesS !== undefined) return 0;
    return boundS + Math.max(0, beginsS - middlesS[0]!) * MAX_RELATIVE_DRIFT;
  }

  /** All clocks at one moment: asking one after the other takes time, which each interval must hold. */
  #now(): Reading {
    const begun = this.#tiles.map(({ board }) => board.boardTime());
    const intervals = this.#tiles.map(({ board }, k): BoardTimeInterval => {
      return { loS: begun[k]!.loS, hiS: board.boardTime().hiS };
    });
    const [most, second] = intervals
      .map(({ loS, hiS }, k) => ({ halfS: (hiS - loS) / 2, name: this.#tiles[k]!.name }))
      .toSorted((a, b) => b.halfS - a.halfS);
    return {
      middlesS: intervals.map(({ loS, hiS }) => (loS + hiS) / 2),
      boundS: most!.halfS + (second?.halfS ?? 0),
      worst: [most!.name, second?.name ?? most!.name],
    };
  }
}
