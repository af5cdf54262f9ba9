/**
 * Takes batches of pilots through the life of a slot: plan, ask the UE, load, queue, let board time pass, join, and
 * again for slots that failed. What it decides by is in the ledger, so a batch that a resumed run finds half measured
 * goes on from there.
 */
import type { ArrayBoard, PackedCodeword, SlotEntry } from '../../drivers/array-board.js';
import type { FocalPoint } from '../array/focal-point.js';
import type { PowerRecord } from '../bridge/bridge.js';
import { SlotJoin } from '../bridge/slot-join.js';
import type { Clock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
import type { SlotPlanner } from '../schedule/slot-planner.js';
import type { LocalEstimateSetup } from '../training/local-estimate.js';
import { powersOfRecords } from '../training/pilot-powers.js';
import type { Powers } from '../training/scheme.js';
import type { BoardWatch } from './board-watch.js';
import type { Pilot, PilotFactory } from './pilots.js';
import { SlotClock } from './slot-clock.js';
import type { SlotEnd, SlotLedger } from './slot-ledger.js';
import type { Testbed } from './testbed-contract.js';

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
/** Real time that a pilot gets on top for each time that it failed, s. */
const MORE_TIME_S = 0.05;
/** On real time a resumed run waits this long for what board and UE still remember of the run before, s. */
const REMEMBERED_S = 2;

/** Head start of the board over the UE. */
const BOARD_FIRST_S = 1e-3;

type OpenPilot = Pilot & { readonly position: number; readonly attempt: number };

export class SlotExchange {
  readonly #parts: ExchangeParts;
  readonly #join: SlotJoin;
  readonly #slotClock: SlotClock;
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
  }

  /**
   * Measures one batch and returns its powers.
   * Throws UE_ABSENT or UE_SILENT (this user cannot be trained) or a board's error (nobody can).
   */
  async measure(ue: string, batch: number, pilots: readonly Pilot[]): Promise<Powers> {
    const { ledger, settings } = this.#parts;
    const records = new Array<PowerRecord>(pilots.length);
    const tries = new Uint32Array(pilots.length);
    for (;;) {
      const underway: number[] = [];
      const open: OpenPilot[] = [];
      for (const [position, pilot] of pilots.entries()) {
        const attempts = ledger.attempts(ue, batch, position);
        const slot = attempts.at(-1);
        const end = slot === undefined ? undefined : ledger.end(slot);
        if (end === 'joined') records[position] = ledger.power(slot!)!;
        else if (end === null) underway.push(slot!);
        else if (tries[position]! >= settings.maxAttempts) throw gaveUp(ue, settings.maxAttempts, end!);
        else open.push({ ...pilot, position, attempt: attempts.length + 1 });
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
      for (const slot of slots) ledger.setEnd(slot, 'lost');
      return 'lost';
    }
  }

  /**
   * Gives slots to as many pilots as fit at once; returns their positions. On real time, pilots that failed before get
   * more of it, in case the link was too slow for the last plan.
   */
  async #plan(ue: string, batch: number, open: readonly OpenPilot[], failures: number): Promise<number[]> {
    const { ledger, planner, testbed, watch, signal } = this.#parts;
    if (!this.#isReady) await watch.during(() => this.#ready(), signal);
    const chunk = planner.next(open, testbed.earliestBoardTimeS() + failures * MORE_TIME_S);
    return chunk.slots.map(({ slot, plannedBoardTimeS, pilot: { position, attempt, codeword, hash } }) => {
      const codewordKey = codeword.key;
      ledger.plan({ slot, ue, batch, position, attempt, codewordKey, hash, plannedBoardTimeS });
      return position;
    });
  }

  /** Has these planned slots measured, and returns when each has ended one way or another. */
  async #settle(ue: string, pilots: readonly Pilot[], slots: readonly number[]): Promise<void> {
    const { ledger, testbed, watch, signal } = this.#parts;
    const fromBefore = slots.some((slot) => this.#fromBefore.delete(slot));
    // Real time has passed the slots of an earlier process; virtual time starts at 0 and comes to them again.
    const recall = fromBefore && testbed.time === 'real';
    const finished = await watch.during(
      (either) => (recall ? this.#recall(ue, slots, either) : this.#carryOut(ue, pilots, slots, either)),
      signal,
    );
    if (finished) return;
    for (const slot of slots) if (ledger.end(slot) === null) ledger.setEnd(slot, 'lost');
  }

  get #isReady(): boolean {
    return this.#slotClock.isArmed && !this.#mustRestoreMemory;
  }

  /**
   * Slot clock and memory as the plan takes them to be. On virtual time restoring the memory costs no more than loading
   * it had cost the earlier process, so the next slots can still be kept.
   */
  async #ready(): Promise<void> {
    if (this.#isReady) return;
    const { planner, pilots, testbed } = this.#parts;
    await this.#slotClock.arm();
    if (this.#mustRestoreMemory) await testbed.board.load(pilots.packed(planner.assumedHeld));
    this.#mustRestoreMemory = false;
  }

  async #carryOut(
    ue: string,
    pilots: readonly Pilot[],
    slots: readonly number[],
    signal: AbortSignal,
  ): Promise<void> {
    const { ledger, testbed, planner, settings, localSetup, clock, pilots: pilotFactory } = this.#parts;
    const { board, bridge } = testbed;
    await this.#ready();
    const entries = slots.map((slot) => ({ slot, hash: ledger.row(slot).hash }));
    const wanted = new Set(entries.map(({ hash }) => hash));
    const codewords = pilots.filter(({ hash }) => wanted.delete(hash)).map(({ packed }) => packed);
    // What an earlier process recorded is not measured again.
    const toMeasure = slots.filter((slot) => ledger.power(slot) === null);
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    // The board comes first, so that nothing holds up its queue entries. The UE is asked when they are confirmed, or while a
    // longer load goes on: the slots lie far enough ahead that it listens when they come.
    const queued = loadAndQueue(board, codewords, entries);
    const asked =
      toMeasure.length === 0
        ? Promise.resolve()
        : Promise.race([queued, clock.sleep(BOARD_FIRST_S, either)]).then(() =>
            bridge.measure(ue, toMeasure, settings.ueTimeoutS, either, localSetup !== null),
          );
    const ends = this.#expect(ue, slots, settings.powerTimeoutS, either);
    for (const promise of [queued, asked, ends]) promise.catch(() => {}); // all are awaited below
    try {
      await queued;
      pilotFactory.recordNew();
      await asked;
      await testbed.waitUntilBoardTime(planner.startOfSlotS(slots.at(-1)! + 1), signal);
      await this.#askingAgain(slots, ends, signal);
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  }

  /** What board and UE still remember of slots that an earlier process had planned. */
  async #recall(ue: string, slots: readonly number[], signal: AbortSignal): Promise<void> {
    const { ledger } = this.#parts;
    const ends = this.#expect(ue, slots, REMEMBERED_S, signal);
    ends.catch(() => {});
    await this.#requestReceipts(slots);
    await ends;
    for (const slot of slots) if (ledger.end(slot) !== 'joined') ledger.setEnd(slot, 'lost');
  }

  /** Resolves when each slot has ended, and notes how in the ledger. */
  async #expect(ue: string, slots: readonly number[], patienceS: number, signal: AbortSignal): Promise<void> {
    const { ledger } = this.#parts;
    const entries = slots.map((slot) => ({ slot, hash: ledger.row(slot).hash }));
    const joined = this.#join.expect(ue, entries, patienceS, signal);
    for (const slot of slots) {
      const receipt = ledger.receipt(slot);
      const power = ledger.power(slot);
      if (receipt !== null) this.#join.receipt(receipt);
      if (power !== null) this.#join.power(power);
    }
    for (const { slot, outcome } of await joined) ledger.setEnd(slot, outcome);
  }

  /** Waits for the ends of these slots and now and then asks for receipts that do not come. */
  async #askingAgain(slots: readonly number[], ends: Promise<void>, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const done = new AbortController();
    const asking = async () => {
      for (;;) {
        await clock.sleep(ASK_AGAIN_S, AbortSignal.any([done.signal, signal]));
        await this.#requestReceipts(slots);
      }
    };
    asking().catch(() => {}); // ends with `done`; a board that fails is told by the watch
    try {
      await ends;
    } finally {
      done.abort(DONE);
    }
  }

  async #requestReceipts(slots: readonly number[]): Promise<void> {
    const { ledger, testbed } = this.#parts;
    const without = slots.filter((slot) => ledger.receipt(slot) === null);
    const [first, last] = [without[0], without.at(-1)];
    if (first === undefined || last === undefined) return;
    await testbed.board.requestReceipts(first, last - first + 1);
  }

  /** Slots by how they ended, and what came unasked, twice or too late. */
  statistics() {
    return this.#join.statistics();
  }
}

function gaveUp(ue: string, attempts: number, end: SlotEnd): BeamloopError {
  if (end === 'no-power') {
    return new BeamloopError('UE_SILENT', {
      what: `UE '${ue}' reported no power for a slot, ${attempts} times`,
      todo: 'Check that the UE measures the slots that it is asked for',
    });
  }
  const why = {
    late: 'the board latched it late',
    missed: 'the board missed it',
    lost: 'the board restarted',
    'wrong-codeword': 'the board latched another codeword',
    'no-receipt': 'no receipt came',
    joined: 'it ended well',
  }[end];
  return new BeamloopError('BOARD_FAULT', {
    what: `A pilot for '${ue}' failed ${attempts} times, last because ${why}`,
    todo: 'Give the link more time with slots.turnaround; beamloop run --dry-run shows the plan',
  });
}

async function loadAndQueue(
  board: ArrayBoard,
  codewords: readonly PackedCodeword[],
  entries: readonly SlotEntry[],
): Promise<void> {
  await board.load(codewords);
  await board.queue(entries);
}
