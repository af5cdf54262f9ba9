/** Takes a chunk of planned slots through board and UEs: load, ask the UEs, queue, let board time pass, wait for their ends. */
import { setImmediate } from 'node:timers/promises';
import type { PackedCodeword, SlotEntry } from '../../drivers/array-board.js';
import type { Clock } from '../core/clock.js';
import type { BeamloopError } from '../core/errors.js';
import { Stop, type StopSignal } from '../core/stop-signal.js';
import type { BoardWatch } from './board-watch.js';
import { isOfOneUe } from './gave-up.js';
import { LearnedTimes } from './learned-times.js';
import type { Pilot, PilotFactory } from './pilot-factory.js';
import type { ReadyBoard } from './ready-board.js';
import type { SlotLedger } from './slot-ledger.js';
import type { SlotPlanner } from './slot-planner.js';
import type { Testbed } from './testbed.js';
import { toldSlotClock } from './told-slot-clock.js';

export interface ChunkParts {
  readonly testbed: Testbed;
  readonly watch: BoardWatch;
  readonly ready: ReadyBoard;
  readonly ledger: SlotLedger;
  readonly planner: SlotPlanner;
  readonly pilots: PilotFactory;
  readonly slotDurationS: number;
  readonly ueTimeoutS: number;
  readonly powerTimeoutS: number;
  readonly clock: Clock;
  readonly signal: StopSignal;
}

/** Slots that are carried out together, in their order. */
interface Chunk {
  readonly entries: readonly SlotEntry[];
  /** What the board must hold, in the order in which it is loaded. */
  readonly codewords: readonly PackedCodeword[];
  /** UEs that keep their powers. */
  readonly keepers: ReadonlySet<string>;
  /** UEs that are absent or silent, found on the way. */
  readonly failed: Map<string, BeamloopError>;
}

/** How long to wait for receipts until they are asked for again, s. */
const ASK_AGAIN_S = 1;
/** Names of what the board is asked for, in what was learned. */
const LOAD = 'load a codeword';
const QUEUE = 'queue slots';
/** Turns of the event loop that the board has to itself on virtual time: enough for one in this process to confirm. */
const BOARD_FIRST_TURNS = 3;
/** Real time that a pilot gets on top for each time that it failed, s. */
const MORE_TIME_S = 0.05;
/** On real time a resumed run waits this long for what board and UE still remember of the run before, s. */
const REMEMBERED_S = 2;

export class ChunkRun {
  readonly #parts: ChunkParts;
  readonly #confirmations = new LearnedTimes();
  /** What the board takes beyond the round trip. */
  readonly #boardTimes = new LearnedTimes();
  /** Slots that an earlier process planned and did not see end. */
  readonly #fromBefore: Set<number>;

  /** The ledger must have been restored before. */
  constructor(parts: ChunkParts) {
    this.#parts = parts;
    this.#fromBefore = new Set(parts.ledger.openSlots());
  }

  /**
   * What the next slots must allow for.
   *
   * @param ues that will be asked.
   * @param failures how often one of the pilots has failed before.
   */
  allowance(ues: Iterable<string>, failures: number): { readonly earliestS: number; readonly loadS: number } {
    let confirmedS = 0;
    for (const ue of ues) confirmedS = Math.max(confirmedS, this.#confirmations.allowS(ue));
    const aheadS = confirmedS + this.#boardTimes.allowS(QUEUE) + failures * MORE_TIME_S;
    return {
      earliestS: this.#parts.testbed.earliestBoardTimeS() + aheadS,
      loadS: this.#boardTimes.allowS(LOAD),
    };
  }

  /**
   * Returns when each of these planned slots has ended one way or another, or when no UE can be asked for them.
   *
   * @param slots ascending.
   * @param pilots those of the slots and maybe others.
   * @param keepers UEs that keep their powers and report means.
   * @returns UEs that are absent or silent, with what is said of it.
   */
  async carryOut(
    slots: readonly number[],
    pilots: readonly Pilot[],
    keepers: ReadonlySet<string>,
  ): Promise<ReadonlyMap<string, BeamloopError>> {
    const { testbed, watch, ledger, signal } = this.#parts;
    const fromBefore = slots.filter((slot) => this.#fromBefore.delete(slot)).length > 0;
    const failed = new Map<string, BeamloopError>();
    // The board restarted since these slots were planned: they are not to be kept any more.
    if (!fromBefore && !this.#parts.ready.isArmed) {
      this.#loseOpen(slots);
      return failed;
    }
    const entries = slots.map((slot) => ({ slot, hash: ledger.slot(slot).hash }));
    const wanted = new Set(entries.map(({ hash }) => hash));
    const codewords = pilots.filter(({ hash }) => wanted.delete(hash)).map(({ packed }) => packed);
    const chunk: Chunk = { entries, codewords, keepers, failed };
    // Real time has passed the slots of an earlier process; virtual time starts at 0 and comes to them again.
    const recall = fromBefore && testbed.time === 'real';
    try {
      const finished = await watch.during(
        (either) => (recall ? this.#recall(entries, either) : this.#run(chunk, either)),
        signal,
      );
      if (!finished) this.#loseOpen(slots);
    } catch (error) {
      if (!isOfOneUe(error) || failed.size === 0) throw error;
    }
    return failed;
  }

  #loseOpen(slots: readonly number[]): void {
    const { ledger } = this.#parts;
    for (const slot of slots) if (ledger.end(slot) === null) ledger.giveUp(slot, 'lost');
  }

  async #run(chunk: Chunk, signal: StopSignal): Promise<void> {
    await this.#parts.ready.ready(signal);
    if (this.#parts.testbed.time === 'real') await this.#askThenQueue(chunk, signal);
    else await this.#queueAndAsk(chunk, signal);
  }

  /**
   * Virtual time: it stands still until board and UEs have all confirmed, so their order is free, and all of them are told at once. The
   * board comes first, so that nothing holds up its queue entries.
   */
  async #queueAndAsk(chunk: Chunk, signal: StopSignal): Promise<void> {
    const { pilots, powerTimeoutS, testbed } = this.#parts;
    const { codewords, entries } = chunk;
    const queued = Promise.all([testbed.board.load(codewords), testbed.board.queue(entries)]);
    const told = Promise.race([queued, turns(BOARD_FIRST_TURNS)]);
    const asked = told.then(() => this.#askUes(chunk, signal));
    const ends = this.#ends(entries, powerTimeoutS, signal);
    for (const promise of [queued, asked, ends]) promise.catch(() => {}); // all are awaited below
    await told;
    // The UEs have been asked; whoever watches knows what is radiated before it is.
    pilots.recordNew();
    await queued;
    await asked;
    await this.#passAndJoin(entries, ends, signal);
  }

  /**
   * Real time: codewords are loaded while the UEs are asked, and the slots are queued when they listen. When they were too near
   * by then, they are not queued at all, and the next ones lie farther ahead.
   */
  async #askThenQueue(chunk: Chunk, signal: StopSignal): Promise<void> {
    const { ledger, testbed, planner, powerTimeoutS, pilots, clock } = this.#parts;
    const startS = planner.startOfSlotS(chunk.entries[0]!.slot);
    const leftS = () => startS - testbed.earliestBoardTimeS(1) - this.#boardTimes.allowS(QUEUE);
    const asked = this.#askUes(chunk, signal).then((untold) => ({ untold, leftWhenAskedS: leftS() }));
    const loaded = this.#load(chunk.codewords).then(leftS);
    const [{ untold, leftWhenAskedS }, leftWhenLoadedS] = await Promise.all([asked, loaded]);
    signal.throwIfAborted();
    const late = leftWhenAskedS < leftWhenLoadedS ? 'unconfirmed' : 'unloaded';
    const isLate = Math.min(leftWhenAskedS, leftWhenLoadedS) < 0;
    const entries: SlotEntry[] = [];
    for (const entry of chunk.entries) {
      const ues = ledger.unheard(entry.slot);
      if (ues.some((ue) => untold.has(ue))) ledger.giveUp(entry.slot, 'untold');
      else if (isLate) ledger.giveUp(entry.slot, late);
      else if (ues.length === 0 || ues.some((ue) => !chunk.failed.has(ue))) entries.push(entry);
    }
    if (entries.length === 0) return;
    const ends = this.#ends(entries, leftS() + powerTimeoutS, signal);
    ends.catch(() => {}); // awaited below
    const queuedAtS = clock.nowS();
    await testbed.board.queue(entries);
    this.#boardTimes.took(QUEUE, this.#beyondRoundTripS(queuedAtS));
    pilots.recordNew();
    await this.#passAndJoin(entries, ends, signal);
  }

  /** Loads what the board lacks, and learns how long it takes for a codeword. */
  async #load(codewords: readonly PackedCodeword[]): Promise<void> {
    const { clock, testbed } = this.#parts;
    const { board } = testbed;
    const beganS = clock.nowS();
    const loadedBefore = board.linkStatistics().codewordsLoaded;
    await board.load(codewords);
    const numLoaded = board.linkStatistics().codewordsLoaded - loadedBefore;
    if (numLoaded > 0) this.#boardTimes.took(LOAD, this.#beyondRoundTripS(beganS) / numLoaded);
  }

  /** Time since `sinceS` without the round trips that `earliestBoardTimeS` allows for an exchange anyway, s. */
  #beyondRoundTripS(sinceS: number): number {
    const { clock, testbed } = this.#parts;
    return Math.max(0, clock.nowS() - sinceS - 2 * (testbed.board.linkStatistics().roundTripS ?? 0));
  }

  /**
   * Resolves when each UE listens for its slots, or says that it cannot tell them apart (these are returned), or has failed.
   * What an earlier process recorded is not measured again.
   *
   * @throws the first failure when all UEs that were asked have failed.
   */
  async #askUes({ entries, keepers, failed }: Chunk, signal: StopSignal): Promise<ReadonlySet<string>> {
    const slotsOf = new Map<string, number[]>();
    for (const { slot } of entries) {
      for (const ue of this.#parts.ledger.unheard(slot)) {
        const slots = slotsOf.get(ue);
        if (slots === undefined) slotsOf.set(ue, [slot]);
        else slots.push(slot);
      }
    }
    const untold = new Set<string>();
    const asking = [...slotsOf].map(async ([ue, slots]) => {
      try {
        if (!(await this.#askUe(ue, slots, keepers.has(ue), signal))) untold.add(ue);
      } catch (error) {
        if (!isOfOneUe(error)) throw error;
        failed.set(ue, error);
      }
    });
    await Promise.all(asking);
    const [first] = failed.values();
    if (first !== undefined && failed.size === slotsOf.size) throw first;
    return untold;
  }

  /** Resolves when the UE listens for these slots, or with false when it says that it cannot tell them apart. */
  async #askUe(ue: string, slots: readonly number[], keep: boolean, signal: StopSignal): Promise<boolean> {
    const { testbed, ueTimeoutS, clock } = this.#parts;
    const askedAtS = clock.nowS();
    const slotClock = toldSlotClock(slots[0]!, this.#parts);
    const listens = await testbed.bridge.measure(ue, slots, ueTimeoutS, signal, keep, slotClock);
    this.#confirmations.took(ue, clock.nowS() - askedAtS);
    return listens;
  }

  /** Lets the slots come and go, and resolves when each has ended. */
  async #passAndJoin(entries: readonly SlotEntry[], ends: Promise<void>, signal: StopSignal): Promise<void> {
    const { testbed, planner } = this.#parts;
    await testbed.waitUntilBoardTime(planner.startOfSlotS(entries.at(-1)!.slot + 1), signal);
    await this.#askingAgain(entries, ends);
  }

  /** What board and UEs still remember of slots that an earlier process had planned. */
  async #recall(entries: readonly SlotEntry[], signal: StopSignal): Promise<void> {
    const { ledger } = this.#parts;
    const ends = this.#ends(entries, REMEMBERED_S, signal);
    ends.catch(() => {});
    await this.#requestReceipts(entries);
    await ends;
    for (const { slot } of entries) if (ledger.end(slot) !== 'joined') ledger.giveUp(slot, 'lost');
  }

  #ends(entries: readonly SlotEntry[], patienceS: number, signal: StopSignal): Promise<void> {
    return this.#parts.ledger.settle(
      entries.map(({ slot }) => slot),
      patienceS,
      signal,
    );
  }

  /** Waits for the ends of these slots, which a signal ends too, and now and then asks for receipts that do not come. */
  async #askingAgain(entries: readonly SlotEntry[], ends: Promise<void>): Promise<void> {
    const { clock } = this.#parts;
    const done = new Stop();
    const asking = async () => {
      for (;;) {
        await clock.sleep(ASK_AGAIN_S, done);
        await this.#requestReceipts(entries);
      }
    };
    asking().catch(() => {}); // ends with `done`; a board that fails is told by the watch
    try {
      await ends;
    } finally {
      done.end('done');
    }
  }

  async #requestReceipts(entries: readonly SlotEntry[]): Promise<void> {
    const { ledger, testbed } = this.#parts;
    const without = entries.map(({ slot }) => slot).filter((slot) => !ledger.hasReceipt(slot));
    const [first, last] = [without[0], without.at(-1)];
    if (first === undefined || last === undefined) return;
    await testbed.board.requestReceipts(first, last - first + 1);
  }
}

async function turns(numTurns: number): Promise<void> {
  for (let k = 0; k < numTurns; k++) await setImmediate();
}
