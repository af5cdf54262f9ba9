/**
 * What is known of every slot that was planned: latched (receipt), measured (power of each UE that listens), and how it
 * ended. Receipts and powers are joined here and nowhere else. Nothing is guessed: a slot whose receipt or power does not
 * come is reported as such, and what comes twice, too late or unasked is counted and left out. Everything is recorded as
 * it comes in, once; a UE's record is acknowledged when it is on disk.
 */
import type { Receipt } from '../../drivers/array-board.js';
import type { FocalPoint } from '../array/focal-point.js';
import type { PowerRecord } from '../bridge/bridge.js';
import type { Clock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
import type { StopSignal } from '../core/stop-signal.js';
import type { Recording } from '../record/recording.js';
import { Arrivals } from './arrivals.js';
import type { PilotPlace, PlannedSlot } from './planned-slot.js';
import { restoredSlots } from './restored-slots.js';
import { type Entry, isMeasured, isOver, type Listening, listeningOf, outcomeOf } from './slot-entry.js';
import type { SlotEnd, SlotOutcome, SlotStatistics } from './slot-outcome.js';

/** What a recording must do for a ledger. */
export type LedgerStore = Pick<Recording, 'append' | 'event' | 'durable'>;

/** No slot is latched before its time; this much is rounding. */
const EARLY_S = 1e-6;
/** Slots of soundings that have gone on are remembered, so many of them, to tell duplicates from late arrivals. */
const MAX_REMEMBERED = 16_384;

export class SlotLedger {
  readonly #recording: LedgerStore;
  readonly #acknowledge: (ueId: string, sequence: number) => void;
  readonly #clock: Clock;
  readonly #entries = new Map<number, Entry>();
  /** Slots of each pilot, oldest first. */
  readonly #attempts = new Map<string, number[]>();
  /** Of UEs that keep their powers, by sounding, batch and UE. */
  readonly #localEstimates = new Map<string, FocalPoint>();
  readonly #released: number[] = [];
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

  constructor(recording: LedgerStore, acknowledge: (ueId: string, sequence: number) => void, clock: Clock) {
    this.#recording = recording;
    this.#acknowledge = acknowledge;
    this.#clock = clock;
  }

  /** Takes over what the recording holds. Slots that have not ended there stay open. */
  async restore(recording: Recording): Promise<void> {
    const { slots, receipts, powers, localEstimates } = await restoredSlots(recording);
    for (const planned of slots) this.#enter(planned);
    for (const receipt of receipts) {
      const entry = this.#entries.get(receipt.slot);
      if (entry !== undefined) Object.assign(entry, { receipt, isReceived: true });
    }
    for (const power of powers) {
      const entry = this.#entries.get(power.slot);
      const listening = entry && listeningOf(entry, power.ueId);
      if (listening !== undefined) Object.assign(listening, { power, isHeard: true });
    }
    for (const { sounding, batch, ue, point } of localEstimates) {
      this.#localEstimates.set(estimateKey(sounding, batch, ue), point);
    }
    for (const entry of this.#entries.values()) {
      const outcome = outcomeOf(entry);
      if (outcome !== 'no-receipt' && outcome !== 'no-power' && outcome !== 'joined') entry.givenUp = outcome;
    }
  }

  /** All planned slots, in the order in which they were planned. */
  *planned(): Iterable<PlannedSlot> {
    for (const { planned } of this.#entries.values()) yield planned;
  }

  plan(planned: PlannedSlot): void {
    this.#enter(planned);
    // Written out: to leave a key away and to spread the others takes longer than all the rest of a plan.
    const { slot, sounding, batch, position, attempt, codewordKey, hash, plannedBoardTimeS } = planned;
    for (const ue of planned.ues) {
      const of = { slot, ue, sounding, batch, position, attempt, codewordKey, hash, plannedBoardTimeS };
      this.#recording.append('slots', of);
    }
  }

  /** Slots that a pilot was given so far, oldest first. */
  attempts(pilot: PilotPlace): readonly number[] {
    return this.#attempts.get(pilotKey(pilot)) ?? [];
  }

  slot(slot: number): PlannedSlot {
    return this.#entry(slot).planned;
  }

  /** Null while the slot is open. A slot whose receipt and powers have come is joined, whoever had given it up before. */
  end(slot: number): SlotEnd | null {
    const entry = this.#entry(slot);
    return entry.listening.every((each) => isMeasured(entry, each)) ? 'joined' : entry.givenUp;
  }

  /** Its pilot gets another slot, unless this one turns out to have been measured before that is. */
  giveUp(slot: number, why: Exclude<SlotEnd, 'joined'>): void {
    this.#entry(slot).givenUp = why;
  }

  /** The UEs that kept the power of this slot have forgotten it: the pilot must be measured again. */
  forget(slot: number): void {
    const entry = this.#entry(slot);
    for (const listening of entry.listening) listening.isForgotten = true;
    entry.givenUp = 'lost';
  }

  /** What a UE measured of a pilot; null as long as it has not. There is never a second one. */
  measured(pilot: PilotPlace, ue: string): PowerRecord | null {
    return this.measuredIn(this.attempts(pilot), ue);
  }

  /** The same of the slots that a pilot was given. */
  measuredIn(attempts: readonly number[], ue: string): PowerRecord | null {
    for (const slot of attempts) {
      const entry = this.#entry(slot);
      const listening = listeningOf(entry, ue);
      if (listening !== undefined && isMeasured(entry, listening)) return listening.power;
    }
    return null;
  }

  hasReceipt(slot: number): boolean {
    return this.#entry(slot).receipt !== null;
  }

  /** UEs that listen in this slot and have not reported it. */
  unheard(slot: number): string[] {
    const { listening } = this.#entry(slot);
    return listening.filter(({ power }) => power === null).map(({ ue }) => ue);
  }

  localEstimate(sounding: string, batch: number, ue: string): FocalPoint | undefined {
    return this.#localEstimates.get(estimateKey(sounding, batch, ue));
  }

  onLocalEstimate(sounding: string, batch: number, ue: string, { sinAngle, ringPerM }: FocalPoint): void {
    this.#localEstimates.set(estimateKey(sounding, batch, ue), { sinAngle, ringPerM });
    this.#recording.append('local_estimates', { ue, batch, sinAngle, ringPerM, sounding });
  }

  openSlots(): number[] {
    return [...this.#entries.keys()].filter((slot) => this.end(slot) === null);
  }

  /**
   * Resolves when each slot has its receipt and its powers (a missed slot: its receipt), or when nothing more has come of any
   * of them for `patienceS`; those that are not joined are given up then. Call it before the slots are queued on the board;
   * a slot is waited for once.
   *
   * @param enough raised when nothing is waited for any longer.
   * @throws the signal's reason when it is raised, BAD_ARGUMENT for a slot that was waited for before.
   */
  async settle(
    slots: readonly number[],
    patienceS: number,
    signal: StopSignal,
    enough?: StopSignal,
  ): Promise<void> {
    const entries = slots.map((slot) => this.#entry(slot));
    const twice = entries.find(({ isSettled, arrivals }) => isSettled || arrivals !== null);
    if (twice !== undefined || new Set(slots).size < slots.length) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: 'A slot can be waited for once',
        where: `slot ${twice?.planned.slot ?? slots.join(', ')}`,
      });
    }
    const arrivals = new Arrivals(this.#clock, entries.filter((entry) => !isOver(entry)).length);
    for (const entry of entries) entry.arrivals = arrivals;
    try {
      await arrivals.completeOrQuiet(patienceS, signal, enough);
    } finally {
      for (const entry of entries) {
        entry.arrivals = null;
        entry.isSettled = true;
      }
    }
    for (const entry of entries) {
      const outcome = outcomeOf(entry);
      this.#outcomes[outcome]++;
      if (outcome !== 'joined') entry.givenUp = outcome;
    }
  }

  /** Records a receipt, unless it cannot be of the slot that was planned. */
  onReceipt(receipt: Receipt): void {
    const entry = this.#entries.get(receipt.slot);
    if (entry === undefined || receipt.boardTimeS < entry.planned.plannedBoardTimeS - EARLY_S) {
      // A board remembers slots of an earlier run, which had the same numbers.
      this.#recording.event('stray receipt', receipt);
      this.#counts.strayReceipts++;
      return;
    }
    if (entry.isReceived) {
      this.#counts.duplicateReceipts++;
      return;
    }
    const wasOver = isOver(entry);
    entry.isReceived = true;
    if (entry.isSettled) this.#counts.lateReceipts++;
    if (this.#isReceiptSurplus(entry)) {
      this.#recording.event('late receipt', receipt);
      return;
    }
    entry.receipt = receipt;
    const { index: codewordIndex, slot, hash, boardTimeS, status } = receipt;
    this.#recording.append('receipts', { slot, board: 0, codewordIndex, hash, boardTimeS, status });
    this.#arrived(entry, wasOver);
  }

  onPower(record: PowerRecord): void {
    const entry = this.#entries.get(record.slot);
    const listening = entry && listeningOf(entry, record.ueId);
    if (entry === undefined || listening === undefined) this.#counts.strayPowers++;
    else if (listening.isHeard) this.#counts.duplicatePowers++;
    else this.#hear(entry, listening, record);
    // A failing disk is told by the recording itself; nothing is acknowledged then.
    this.#recording.durable().then(
      () => this.#acknowledge(record.ueId, record.sequence),
      () => {},
    );
  }

  /** Whether the slot was planned, by this process or an earlier one. */
  has(slot: number): boolean {
    return this.#entries.has(slot);
  }

  /** What a UE measured in this slot, if that is of its pilot; null where it is not, or has not come. */
  powerIn(slot: number, ue: string): PowerRecord | null {
    const entry = this.#entries.get(slot);
    const listening = entry && listeningOf(entry, ue);
    return listening !== undefined && isMeasured(entry!, listening) ? listening.power : null;
  }

  /** The power of this UE is not waited for in these slots: it is away, or was not asked. */
  excuse(slots: readonly number[], ue: string): void {
    for (const slot of slots) {
      const entry = this.#entry(slot);
      const listening = listeningOf(entry, ue);
      if (listening === undefined || listening.isExcused) continue;
      const wasOver = isOver(entry);
      listening.isExcused = true;
      if (!wasOver && isOver(entry)) this.#arrived(entry, wasOver);
    }
  }

  /** The sounding has gone on with the powers of this batch: they are not kept any longer. */
  release(sounding: string, batch: number, numPilots: number): void {
    for (let position = 0; position < numPilots; position++) {
      this.releaseSlots([...this.attempts({ sounding, batch, position })]);
    }
  }

  /** The same slot by slot: what comes of them from now on is too late. */
  releaseSlots(slots: readonly number[]): void {
    for (const slot of slots) {
      const entry = this.#entry(slot);
      entry.isReleased = true;
      for (const listening of entry.listening) listening.power = null;
      this.#released.push(slot);
      // In place, for its pilot's other slots share the list.
      const at = entry.attempts.indexOf(slot);
      if (at >= 0) entry.attempts.splice(at, 1);
      if (entry.attempts.length === 0) this.#attempts.delete(pilotKey(entry.planned));
    }
    const numTooMany = this.#released.length - MAX_REMEMBERED;
    // Now and then, for it moves all that stay.
    if (numTooMany < MAX_REMEMBERED / 8) return;
    for (const slot of this.#released.splice(0, numTooMany)) this.#entries.delete(slot);
  }

  statistics(): SlotStatistics {
    return { ...this.#counts, outcomes: { ...this.#outcomes } };
  }

  #hear(entry: Entry, listening: Listening, record: PowerRecord): void {
    const wasOver = isOver(entry);
    listening.isHeard = true;
    if (entry.isSettled) {
      if (entry.receipt?.status === 'missed') this.#counts.unusedPowers++;
      else this.#counts.latePowers++;
    }
    if (this.#isSurplus(entry, record.ueId)) return;
    listening.power = record;
    const { slot, ueId: ue, sequence, ueTimeS, noiseFloor, powers } = record;
    this.#recording.append('powers', { slot, ue, sequence, ueTimeS, noiseFloor, powers });
    this.#arrived(entry, wasOver);
  }

  /**
   * Whether a UE measured the pilot of this slot in another one. What a sounding decided by must not change afterwards, and
   * whoever reads the recording must find the same: a second measurement is left out.
   */
  #isSurplus({ attempts, isReleased }: Entry, ue: string): boolean {
    return isReleased || this.measuredIn(attempts, ue) !== null;
  }

  #isReceiptSurplus(entry: Entry): boolean {
    if (entry.isReleased) return true;
    const heard = entry.listening.filter(({ power }) => power !== null);
    return heard.length > 0 && heard.every(({ ue }) => this.#isSurplus(entry, ue));
  }

  #arrived(entry: Entry, wasOver: boolean): void {
    entry.arrivals?.arrived(!wasOver && isOver(entry));
  }

  #enter(planned: PlannedSlot): void {
    const key = pilotKey(planned);
    const attempts = this.#attempts.get(key) ?? [];
    attempts.push(planned.slot);
    this.#attempts.set(key, attempts);
    this.#entries.set(planned.slot, {
      planned,
      listening: planned.ues.map((ue) => ({
        ue,
        isHeard: false,
        power: null,
        isForgotten: false,
        isExcused: false,
      })),
      attempts,
      isReceived: false,
      receipt: null,
      givenUp: null,
      isSettled: false,
      isReleased: false,
      arrivals: null,
    });
  }

  #entry(slot: number): Entry {
    return this.#entries.get(slot)!;
  }
}

function batchKey(sounding: string, batch: number): string {
  return `${sounding} ${batch}`;
}

function estimateKey(sounding: string, batch: number, ue: string): string {
  return `${batchKey(sounding, batch)} ${ue}`;
}

function pilotKey({ sounding, batch, position }: PilotPlace): string {
  return `${batchKey(sounding, batch)} ${position}`;
}
