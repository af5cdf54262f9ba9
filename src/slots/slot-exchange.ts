/**
 * Takes batches of pilots through the life of a slot: plan, load, ask the UE, queue, let board time pass, join, and
 * again for slots that failed. What it decides by is in the ledger, so a batch that a resumed run finds half measured
 * goes on from there.
 */
import type { ArrayBoard, PackedCodeword, SlotEntry } from '../../drivers/array-board.js';
import type { FocalPoint } from '../array/focal-point.js';
import type { PowerRecord } from '../bridge/bridge.js';
import type { WireSlotClock } from '../bridge/messages.js';
import type { Clock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
import { powersOfRecords } from '../sounding/pilot-powers.js';
import type { Powers } from '../sounding/powers.js';
import type { LocalEstimateSetup } from '../training/local-estimate.js';
import type { BoardWatch } from './board-watch.js';
import { gaveUp, MAX_RESTARTS, restartsForEver } from './gave-up.js';
import { LearnedTimes } from './learned-times.js';
import type { Pilot, PilotFactory } from './pilot-factory.js';
import { SlotClock } from './slot-arming.js';
import { SlotJoin } from './slot-join.js';
import type { SlotLedger } from './slot-ledger.js';
import type { SlotPlanner } from './slot-planner.js';
import type { Testbed } from './testbed.js';

interface ExchangeSettings {
  readonly slotDurationS: number;
  readonly maxAttempts: number;
  readonly ueTimeoutS: number;
  readonly powerTimeoutS: number;
}

export interface ExchangeParts {
  readonly testbed: Testbed;
  readonly watch: BoardWatch;
  readonly ledger: SlotLedger;
  readonly planner: SlotPlanner;
  readonly pilots: PilotFactory;
  readonly settings: ExchangeSettings;
  /** What UEs that estimate by themselves are told; null when they report powers. */
  readonly localSetup: LocalEstimateSetup | null;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** How long to wait for receipts until they are asked for again, s. */
const ASK_AGAIN_S = 1;
/** Reason of an abort that nobody reads; making one with a stack trace takes a while. */
const DONE = 'done';
/** Names of what the board is asked for, in what was learned. */
const LOAD = 'load a codeword';
const QUEUE = 'queue slots';
/** Real time that a pilot gets on top for each time that it failed, s. */
const MORE_TIME_S = 0.05;
/** On real time a resumed run waits this long for what board and UE still remember of the run before, s. */
const REMEMBERED_S = 2;
/** Largest relative difference between the rates of the board's clock and of this machine's (SPEC.md, section 7.7). */
const MAX_DRIFT = 100e-6;
/** Head start of the board over the UE on virtual time. */
const BOARD_FIRST_S = 1e-3;

type OpenPilot = Pilot & { readonly position: number; readonly attempt: number };

export class SlotExchange {
  readonly #parts: ExchangeParts;
  readonly #join: SlotJoin;
  readonly #slotClock: SlotClock;
  readonly #confirmations = new LearnedTimes();
  /** What the board takes beyond the round trip. */
  readonly #boardTimes = new LearnedTimes();
  /** Slots that an earlier process planned and did not see end. */
  readonly #fromBefore: Set<number>;
  /** The plan relies on codewords that an earlier process had loaded. */
  #mustRestoreMemory: boolean;

  /** The ledger must have been restored before. */
  constructor(parts: ExchangeParts) {
    const { testbed, ledger, planner, settings, clock } = parts;
    this.#parts = parts;
    this.#join = new SlotJoin(clock);
    this.#slotClock = new SlotClock(testbed, planner, settings.slotDurationS);
    this.#fromBefore = new Set(ledger.openSlots());
    this.#mustRestoreMemory = planner.lastSlot >= 0;
    testbed.board.on('receipt', (receipt) => {
      if (ledger.onReceipt(receipt)) this.#join.receipt(receipt);
    });
    testbed.bridge.onPower((record) => {
      ledger.onPower(record);
      this.#join.power(record);
    });
    testbed.board.on('reset', () => {
      planner.forgetMemory();
      this.#mustRestoreMemory = false;
      this.#slotClock.disarmed();
    });
    testbed.board.on('replaced', () => this.#slotClock.disarmed());
  }

  /**
   * Measures one batch and returns its powers.
   * Throws UE_ABSENT or UE_SILENT (this user cannot be trained) or a board's error (nobody can).
   */
  async measure(ue: string, batch: number, pilots: readonly Pilot[]): Promise<Powers> {
    const { ledger, settings } = this.#parts;
    const records = new Array<PowerRecord>(pilots.length);
    const tries = new Uint32Array(pilots.length);
    const silencesBefore = this.#parts.watch.numSilences;
    for (;;) {
      const underway: number[] = [];
      const open: OpenPilot[] = [];
      for (const [position, pilot] of pilots.entries()) {
        const measured = ledger.measuredSlot(ue, batch, position);
        if (measured !== undefined) {
          records[position] = ledger.power(measured)!;
          continue;
        }
        const attempts = ledger.attempts(ue, batch, position);
        const slot = attempts.at(-1);
        const end = slot === undefined ? undefined : ledger.end(slot);
        if (end === null) underway.push(slot!);
        else if (tries[position]! >= settings.maxAttempts) {
          const wasSilent = this.#parts.watch.numSilences > silencesBefore;
          const { watch, testbed } = this.#parts;
          const complaint = testbed.bridge.complaint(ue);
          throw gaveUp(ue, settings.maxAttempts, end!, wasSilent, watch.breach, complaint);
        } else open.push({ ...pilot, position, attempt: attempts.length + 1 });
      }
      if (underway.length > 0) await this.#settle(ue, pilots, underway);
      else if (open.length === 0) {
        const localEstimate = await this.#localEstimate(ue, batch, records, tries);
        if (localEstimate === 'lost') continue;
        return { ...powersOfRecords(records), ...(localEstimate && { localEstimate }) };
      } else {
        const failures = open.reduce((most, { position }) => Math.max(most, tries[position]!), 0);
        for (const position of await this.#plan(ue, batch, open, failures)) tries[position]!++;
      }
    }
  }

  /**
   * Where the UE says that it is; null when it reports its powers. A UE that was restarted has forgotten them: the slots
   * are lost then, and the pilots are measured again.
   */
  async #localEstimate(
    ue: string,
    batch: number,
    records: readonly PowerRecord[],
    tries: Uint32Array,
  ): Promise<FocalPoint | 'lost' | null> {
    const { ledger, testbed, settings, localSetup, signal } = this.#parts;
    if (localSetup === null) return null;
    const known = ledger.localEstimate(ue, batch);
    if (known !== undefined) return known;
    const slots = records.map(({ slot }) => slot);
    try {
      const point = await testbed.bridge.estimate(ue, slots, localSetup, settings.ueTimeoutS, signal);
      ledger.onLocalEstimate(ue, batch, point);
      return point;
    } catch (error) {
      const again = error instanceof BeamloopError && error.code === 'UE_ESTIMATE';
      if (!again || tries.some((count) => count >= settings.maxAttempts)) throw error;
      for (const slot of slots) ledger.forget(slot);
      return 'lost';
    }
  }

  /**
   * Gives slots to as many pilots as fit at once; returns their positions. On real time they lie as far ahead as UE and board
   * were seen to need, and pilots that failed before get more of it, in case the link was too slow for the last plan.
   */
  async #plan(ue: string, batch: number, open: readonly OpenPilot[], failures: number): Promise<number[]> {
    const { ledger, planner, testbed, watch, signal } = this.#parts;
    for (let restarts = 0; !this.#isReady; restarts++) {
      if (restarts > MAX_RESTARTS) throw restartsForEver();
      await watch.during((either) => this.#ready(either), signal);
    }
    const aheadS = this.#confirmations.allowS(ue) + this.#boardTimes.allowS(QUEUE) + failures * MORE_TIME_S;
    const earliestS = testbed.earliestBoardTimeS() + aheadS;
    const chunk = planner.next(open, earliestS, this.#boardTimes.allowS(LOAD));
    return chunk.slots.map(({ slot, plannedBoardTimeS, pilot: { position, attempt, codeword, hash } }) => {
      const codewordKey = codeword.key;
      ledger.plan({ slot, ue, batch, position, attempt, codewordKey, hash, plannedBoardTimeS });
      return position;
    });
  }

  /** Has these planned slots measured, and returns when each has ended one way or another. */
  async #settle(ue: string, pilots: readonly Pilot[], slots: readonly number[]): Promise<void> {
    const { testbed, watch, signal } = this.#parts;
    const fromBefore = slots.filter((slot) => this.#fromBefore.delete(slot)).length > 0;
    // The board restarted since these slots were planned: they are not to be kept any more.
    if (!fromBefore && !this.#slotClock.isArmed) return this.#loseOpen(slots);
    // Real time has passed the slots of an earlier process; virtual time starts at 0 and comes to them again.
    const recall = fromBefore && testbed.time === 'real';
    const finished = await watch.during(
      (either) => (recall ? this.#recall(ue, slots, either) : this.#carryOut(ue, pilots, slots, either)),
      signal,
    );
    if (!finished) this.#loseOpen(slots);
  }

  #loseOpen(slots: readonly number[]): void {
    const { ledger } = this.#parts;
    for (const slot of slots) if (ledger.end(slot) === null) ledger.giveUp(slot, 'lost');
  }

  get #isReady(): boolean {
    return this.#slotClock.isArmed && !this.#mustRestoreMemory;
  }

  /**
   * Slot clock and memory as the plan takes them to be. On virtual time restoring the memory costs no more than loading
   * it had cost the earlier process, so the next slots can still be kept.
   */
  async #ready(signal: AbortSignal): Promise<void> {
    if (this.#isReady) return;
    const { planner, pilots, testbed } = this.#parts;
    await this.#slotClock.arm(signal);
    if (this.#mustRestoreMemory) await testbed.board.load(pilots.packed(planner.assumedHeld));
    signal.throwIfAborted();
    this.#mustRestoreMemory = false;
  }

  async #carryOut(
    ue: string,
    pilots: readonly Pilot[],
    slots: readonly number[],
    signal: AbortSignal,
  ): Promise<void> {
    const { ledger, testbed } = this.#parts;
    await this.#ready(signal);
    const entries = slots.map((slot) => ({ slot, hash: ledger.row(slot).hash }));
    const wanted = new Set(entries.map(({ hash }) => hash));
    const codewords = pilots.filter(({ hash }) => wanted.delete(hash)).map(({ packed }) => packed);
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    try {
      if (testbed.time === 'real') await this.#askThenQueue(ue, codewords, entries, either);
      else await this.#queueAndAsk(ue, codewords, entries, either);
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  }

  /**
   * Virtual time: it stands still until board and UE have both confirmed, so their order is free. The board comes first, so
   * that nothing holds up its queue entries. The UE is asked when they are confirmed, or while a longer load goes on.
   */
  async #queueAndAsk(
    ue: string,
    codewords: readonly PackedCodeword[],
    entries: readonly SlotEntry[],
    signal: AbortSignal,
  ): Promise<void> {
    const { testbed, settings, clock, pilots } = this.#parts;
    const queued = loadAndQueue(testbed.board, codewords, entries, signal);
    const asked = Promise.race([queued, clock.sleep(BOARD_FIRST_S, signal)]).then(() =>
      this.#askUe(ue, entries, signal),
    );
    const ends = this.#expect(ue, entries, settings.powerTimeoutS, signal);
    for (const promise of [queued, asked, ends]) promise.catch(() => {}); // all are awaited below
    await queued;
    pilots.recordNew();
    await asked;
    await this.#passAndJoin(entries, ends, signal);
  }

  /**
   * Real time: codewords are loaded while the UE is asked, and the slots are queued when it listens. When they were too near
   * by then, they are not queued at all, and the next ones lie farther ahead.
   */
  async #askThenQueue(
    ue: string,
    codewords: readonly PackedCodeword[],
    entries: readonly SlotEntry[],
    signal: AbortSignal,
  ): Promise<void> {
    const { ledger, testbed, planner, settings, pilots, clock } = this.#parts;
    const startS = planner.startOfSlotS(entries[0]!.slot);
    const leftS = () => startS - testbed.earliestBoardTimeS(1) - this.#boardTimes.allowS(QUEUE);
    const asked = this.#askUe(ue, entries, signal).then((listens) => ({ listens, leftWhenAskedS: leftS() }));
    const loaded = this.#load(codewords).then(leftS);
    const [{ listens, leftWhenAskedS }, leftWhenLoadedS] = await Promise.all([asked, loaded]);
    signal.throwIfAborted();
    if (!listens || Math.min(leftWhenAskedS, leftWhenLoadedS) < 0) {
      const late = leftWhenAskedS < leftWhenLoadedS ? 'unconfirmed' : 'unloaded';
      for (const { slot } of entries) ledger.giveUp(slot, listens ? late : 'untold');
      return;
    }
    const ends = this.#expect(ue, entries, leftS() + settings.powerTimeoutS, signal);
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

  /** Resolves when the UE listens for these slots, or with false when it says that it cannot tell them apart. */
  async #askUe(ue: string, entries: readonly SlotEntry[], signal: AbortSignal): Promise<boolean> {
    const { ledger, testbed, settings, localSetup, clock } = this.#parts;
    // What an earlier process recorded is not measured again.
    const toMeasure = entries.map(({ slot }) => slot).filter((slot) => ledger.power(slot) === null);
    if (toMeasure.length === 0) return true;
    const askedAtS = clock.nowS();
    const keep = localSetup !== null;
    const slotClock = this.#slotClockAt(toMeasure[0]!);
    const listens = await testbed.bridge.measure(ue, toMeasure, settings.ueTimeoutS, signal, keep, slotClock);
    this.#confirmations.took(ue, clock.nowS() - askedAtS);
    return listens;
  }

  /** When a slot begins, as the UE is told: on this machine's clock, or on the virtual one. */
  #slotClockAt(slot: number): WireSlotClock {
    const { testbed, planner, settings, clock } = this.#parts;
    const { slotDurationS } = settings;
    if (testbed.time === 'virtual')
      return { slot, startS: planner.startOfSlotS(slot), slotDurationS, uncertaintyS: 0, virtual: true };
    const nowS = clock.nowS();
    const { loS, hiS } = testbed.board.boardTime();
    const aheadS = planner.startOfSlotS(slot) - (loS + hiS) / 2;
    const uncertaintyS = (hiS - loS) / 2 + Math.abs(aheadS) * MAX_DRIFT;
    return { slot, startS: nowS + aheadS, slotDurationS, uncertaintyS };
  }

  /** Lets the slots come and go, and resolves when each has ended. */
  async #passAndJoin(entries: readonly SlotEntry[], ends: Promise<void>, signal: AbortSignal): Promise<void> {
    const { testbed, planner } = this.#parts;
    await testbed.waitUntilBoardTime(planner.startOfSlotS(entries.at(-1)!.slot + 1), signal);
    await this.#askingAgain(entries, ends, signal);
  }

  /** What board and UE still remember of slots that an earlier process had planned. */
  async #recall(ue: string, slots: readonly number[], signal: AbortSignal): Promise<void> {
    const { ledger } = this.#parts;
    const entries = slots.map((slot) => ({ slot, hash: ledger.row(slot).hash }));
    const ends = this.#expect(ue, entries, REMEMBERED_S, signal);
    ends.catch(() => {});
    await this.#requestReceipts(entries);
    await ends;
    for (const slot of slots) if (ledger.end(slot) !== 'joined') ledger.giveUp(slot, 'lost');
  }

  /** Resolves when each slot has ended, and notes how in the ledger. */
  async #expect(
    ue: string,
    entries: readonly SlotEntry[],
    patienceS: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { ledger } = this.#parts;
    const joined = this.#join.expect(ue, entries, patienceS, signal);
    for (const { slot } of entries) {
      const receipt = ledger.receipt(slot);
      const power = ledger.power(slot);
      if (receipt !== null) this.#join.receipt(receipt);
      if (power !== null) this.#join.power(power);
    }
    for (const { slot, outcome } of await joined) if (outcome !== 'joined') ledger.giveUp(slot, outcome);
  }

  /** Waits for the ends of these slots and now and then asks for receipts that do not come. */
  async #askingAgain(entries: readonly SlotEntry[], ends: Promise<void>, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const done = new AbortController();
    const asking = async () => {
      for (;;) {
        await clock.sleep(ASK_AGAIN_S, AbortSignal.any([done.signal, signal]));
        await this.#requestReceipts(entries);
      }
    };
    asking().catch(() => {}); // ends with `done`; a board that fails is told by the watch
    try {
      await ends;
    } finally {
      done.abort(DONE);
    }
  }

  async #requestReceipts(entries: readonly SlotEntry[]): Promise<void> {
    const { ledger, testbed } = this.#parts;
    const without = entries.map(({ slot }) => slot).filter((slot) => ledger.receipt(slot) === null);
    const [first, last] = [without[0], without.at(-1)];
    if (first === undefined || last === undefined) return;
    await testbed.board.requestReceipts(first, last - first + 1);
  }

  /** Slots by how they ended, and what came unasked, twice or too late. */
  statistics() {
    return this.#join.statistics();
  }
}

async function loadAndQueue(
  board: ArrayBoard,
  codewords: readonly PackedCodeword[],
  entries: readonly SlotEntry[],
  signal: AbortSignal,
): Promise<void> {
  await board.load(codewords);
  // A load goes on over a restart of the board, which these slots do not outlive.
  signal.throwIfAborted();
  await board.queue(entries);
}
