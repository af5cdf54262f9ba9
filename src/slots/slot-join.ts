/**
 * Joins what the board latched with what the UE measured, slot by slot. Nothing is guessed: a slot whose receipt or
 * power does not come is reported as such, and what comes twice, too late or unasked is counted and left out.
 */
import type { Receipt, SlotEntry } from '../../drivers/array-board.js';
import type { PowerRecord } from '../bridge/bridge.js';
import { type Clock, monotonicClock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';

/** A sleep that takes so much longer than asked for shows that this machine stood still, s. */
const STOOD_STILL_S = 0.5;
/** Receipts and powers of slots that nobody expects yet; beyond this the oldest are given up. */
const MAX_EARLY_SLOTS = 4096;
/** Settled slots that are remembered one by one, to tell duplicates from late arrivals. */
const MAX_SETTLED_SLOTS = 65_536;

/**
 * - `joined`: latched in time with the codeword that was asked for, and measured. Only these powers are of the pilot.
 * - `missed`, `late`: the board says that it did not latch, or latched after the slot had begun.
 * - `wrong-codeword`: the board latched something else.
 * - `no-receipt`, `no-power`: did not come in time; `no-receipt` when both are absent.
 */
export type SlotOutcome = 'joined' | 'missed' | 'late' | 'wrong-codeword' | 'no-receipt' | 'no-power';

export type JoinedSlot =
  | {
      readonly slot: number;
      readonly outcome: 'joined';
      readonly receipt: Receipt;
      readonly power: PowerRecord;
    }
  | {
      readonly slot: number;
      readonly outcome: Exclude<SlotOutcome, 'joined'>;
      readonly receipt: Receipt | null;
      readonly power: PowerRecord | null;
    };

export interface JoinStatistics {
  /** Settled slots by outcome. */
  readonly outcomes: Readonly<Record<SlotOutcome, number>>;
  readonly duplicateReceipts: number;
  readonly duplicatePowers: number;
  /** Came after their slot had been given up. */
  readonly lateReceipts: number;
  readonly latePowers: number;
  /** Came after their slot had ended because the board missed it. */
  readonly unusedPowers: number;
  /** Of slots that nobody expected, or from a UE that was not asked. */
  readonly strayReceipts: number;
  readonly strayPowers: number;
}

/** What has arrived of one slot. */
interface Arrived {
  receipt: Receipt | null;
  power: PowerRecord | null;
}

interface Batch {
  readonly ueId: string;
  /** Slots that still lack something. */
  open: number;
  lastArrivalS: number;
  readonly complete: () => void;
}

interface Expected extends Arrived {
  readonly entry: SlotEntry;
  readonly batch: Batch;
}

/** What had arrived of a slot when it was settled, or has since. */
interface Settled {
  receipt: boolean;
  power: boolean;
  readonly wasMissed: boolean;
}

export class SlotJoin {
  readonly #clock: Clock;
  readonly #expected = new Map<number, Expected>();
  readonly #early = new Map<number, Arrived>();
  readonly #settled = new Map<number, Settled>();
  /** Slots up to this one were settled so long ago that they are not remembered one by one. */
  #forgottenThrough = -1;
  readonly #outcomes: Record<SlotOutcome, number> = {
    joined: 0,
    missed: 0,
    late: 0,
    'wrong-codeword': 0,
    'no-receipt': 0,
    'no-power': 0,
  };
  readonly #counts = {
    duplicateReceipts: 0,
    duplicatePowers: 0,
    lateReceipts: 0,
    latePowers: 0,
    unusedPowers: 0,
    strayReceipts: 0,
    strayPowers: 0,
  };

  constructor(clock: Clock = monotonicClock) {
    this.#clock = clock;
  }

  /**
   * Resolves, in the order of `entries`, when each slot has its receipt and its power (a missed slot: its receipt), or
   * when nothing more has arrived for the batch for `patienceS`. Call it before the slots are queued on the board; a slot can be expected once.
   * Rejects with the signal's reason when it is raised, BAD_ARGUMENT for a slot that was expected before.
   */
  async expect(
    ueId: string,
    entries: readonly SlotEntry[],
    patienceS: number,
    signal?: AbortSignal,
  ): Promise<JoinedSlot[]> {
    const done = new AbortController();
    const batch: Batch = {
      ueId,
      open: 0,
      lastArrivalS: this.#clock.nowS(),
      // A reason of our own: making the usual one, with its stack trace, takes longer than the join.
      complete: () => done.abort('complete'),
    };
    for (const [k, entry] of entries.entries()) this.#refuseRepeat(entry.slot, entries[k - 1]?.slot ?? -1);
    const expected = entries.map((entry) => this.#begin(entry, batch));
    try {
      const isQuiet = () => this.#clock.nowS() - batch.lastArrivalS >= patienceS;
      const either = signal === undefined ? done.signal : AbortSignal.any([done.signal, signal]);
      while (batch.open > 0 && !isQuiet()) {
        const beforeS = this.#clock.nowS();
        const leftS = Math.max(batch.lastArrivalS + patienceS - beforeS, 1e-3);
        await this.#clock.sleep(leftS, either).catch(() => undefined);
        signal?.throwIfAborted();
        // Timers come before what has arrived meanwhile: while this machine stood still nobody could have heard anything.
        if (this.#clock.nowS() - beforeS > leftS + STOOD_STILL_S) batch.lastArrivalS = this.#clock.nowS();
      }
    } finally {
      for (const slot of expected) this.#settle(slot);
    }
    return expected.map((slot) => this.#outcomeOf(slot));
  }

  receipt(receipt: Receipt): void {
    const expected = this.#expected.get(receipt.slot);
    if (expected === undefined) this.#unexpected(receipt.slot, 'receipt', receipt);
    else if (expected.receipt === null) this.#arrive(expected, 'receipt', receipt);
    else this.#counts.duplicateReceipts++;
  }

  power(power: PowerRecord): void {
    const expected = this.#expected.get(power.slot);
    if (expected === undefined) this.#unexpected(power.slot, 'power', power);
    else if (expected.batch.ueId !== power.ueId) this.#counts.strayPowers++;
    else if (expected.power === null) this.#arrive(expected, 'power', power);
    else this.#counts.duplicatePowers++;
  }

  statistics(): JoinStatistics {
    return { ...this.#counts, outcomes: { ...this.#outcomes } };
  }

  #refuseRepeat(slot: number, before: number): void {
    if (
      slot > before &&
      slot > this.#forgottenThrough &&
      !this.#expected.has(slot) &&
      !this.#settled.has(slot)
    )
      return;
    throw new BeamloopError('BAD_ARGUMENT', {
      what: 'A slot can be expected once, and the slots of a batch ascend',
      where: `slot ${slot}`,
    });
  }

  /** Begins to expect a slot, with what has arrived of it already. */
  #begin(entry: SlotEntry, batch: Batch): Expected {
    const early = this.#early.get(entry.slot);
    this.#early.delete(entry.slot);
    const expected: Expected = { entry, batch, receipt: null, power: null };
    this.#expected.set(entry.slot, expected);
    batch.open++;
    if (early?.receipt) this.receipt(early.receipt);
    if (early?.power) this.power(early.power);
    return expected;
  }

  #arrive<K extends keyof Arrived>(expected: Expected, what: K, value: NonNullable<Arrived[K]>): void {
    const { batch } = expected;
    const before: Arrived = { receipt: expected.receipt, power: expected.power };
    expected[what] = value as Expected[K];
    batch.lastArrivalS = this.#clock.nowS();
    if (isOver(before) || !isOver(expected)) return;
    if (--batch.open === 0) batch.complete();
  }

  #unexpected<K extends keyof Arrived>(slot: number, what: K, value: NonNullable<Arrived[K]>): void {
    const settled = this.#settled.get(slot);
    if (settled === undefined && slot > this.#forgottenThrough) this.#keepEarly(slot, what, value);
    else if (settled?.[what]) this.#countOf(what, 'duplicate');
    else if (settled?.wasMissed) this.#counts.unusedPowers++;
    else this.#countOf(what, 'late');
    if (settled !== undefined) settled[what] = true;
  }

  #keepEarly<K extends keyof Arrived>(slot: number, what: K, value: NonNullable<Arrived[K]>): void {
    const early = this.#early.get(slot) ?? { receipt: null, power: null };
    if (early[what] !== null) {
      this.#countOf(what, 'duplicate');
      return;
    }
    early[what] = value as Arrived[K];
    this.#early.set(slot, early);
    if (this.#early.size <= MAX_EARLY_SLOTS) return;
    const [oldest, given] = this.#early.entries().next().value!;
    this.#early.delete(oldest);
    if (given.receipt !== null) this.#counts.strayReceipts++;
    if (given.power !== null) this.#counts.strayPowers++;
  }

  #countOf(what: keyof Arrived, kind: 'duplicate' | 'late'): void {
    this.#counts[what === 'receipt' ? (`${kind}Receipts` as const) : (`${kind}Powers` as const)]++;
  }

  #settle({ entry, receipt, power }: Expected): void {
    this.#expected.delete(entry.slot);
    this.#settled.set(entry.slot, {
      receipt: receipt !== null,
      power: power !== null,
      wasMissed: receipt?.status === 'missed',
    });
    if (this.#settled.size <= MAX_SETTLED_SLOTS) return;
    const [oldest] = this.#settled.keys();
    this.#settled.delete(oldest!);
    this.#forgottenThrough = Math.max(this.#forgottenThrough, oldest!);
  }

  #outcomeOf({ entry, receipt, power }: Expected): JoinedSlot {
    const outcome = outcomeOfSlot(entry.hash, receipt, power !== null);
    this.#outcomes[outcome]++;
    return { slot: entry.slot, outcome, receipt, power } as JoinedSlot;
  }
}

/** Nothing more is waited for: both are there, or the board missed the slot and there is nothing to measure. */
function isOver({ receipt, power }: Arrived): boolean {
  return receipt !== null && (power !== null || receipt.status === 'missed');
}

/**
 * How a slot stands with what has come of it. Run, resume, replay and report all ask here, so that a slot's power means
 * the same to each: only that of a slot that is `joined` is its pilot's.
 *
 * @param hash of the codeword that was asked for.
 */
export function outcomeOfSlot(
  hash: string,
  receipt: { readonly hash: string; readonly status: string } | null,
  hasPower: boolean,
): SlotOutcome {
  if (receipt === null) return 'no-receipt';
  if (receipt.status !== 'latched') return receipt.status === 'late' ? 'late' : 'missed';
  if (receipt.hash !== hash) return 'wrong-codeword';
  return hasPower ? 'joined' : 'no-power';
}
