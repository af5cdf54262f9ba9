/**
 * What is known of every slot that was planned: latched (receipt), measured (power), and how it ended. Everything is
 * recorded as it comes in, once; a UE's record is acknowledged when it is on disk.
 */
import type { Receipt } from '../../drivers/array-board.js';
import type { FocalPoint } from '../array/focal-point.js';
import type { PowerRecord } from '../bridge/bridge.js';
import type { Recording } from '../record/recording.js';
import type { Row } from '../record/schema.js';
import { outcomeOfSlot, type SlotOutcome } from './slot-join.js';

export type PlannedRow = Row<'slots'>;

/**
 * How a slot ended. `lost`: the board restarted, or nobody remembers the slot of a run that was killed. `unconfirmed`,
 * `unloaded`: it was not queued, because the UE confirmed too late that it listens, or the board that it holds the codewords.
 * `untold`: nor was this one, because the UE cannot tell it from its neighbours.
 */
export type SlotEnd = SlotOutcome | 'lost' | 'unconfirmed' | 'unloaded' | 'untold';

/** No slot is latched before its time; this much is rounding. */
const EARLY_S = 1e-6;

interface Entry {
  readonly row: PlannedRow;
  receipt: Receipt | null;
  power: PowerRecord | null;
  /** Why it was given up; null while it was not. What comes later still counts. */
  givenUp: Exclude<SlotEnd, 'joined'> | null;
  /** It was measured, and the UE that kept its power has forgotten it. */
  forgotten: boolean;
}

export class SlotLedger {
  readonly #recording: Recording;
  readonly #acknowledge: (ueId: string, sequence: number) => void;
  readonly #entries = new Map<number, Entry>();
  /** Slots of each pilot, oldest first. */
  readonly #attempts = new Map<string, number[]>();
  /** Of UEs that keep their powers, by UE and batch. */
  readonly #localEstimates = new Map<string, FocalPoint>();

  constructor(recording: Recording, acknowledge: (ueId: string, sequence: number) => void) {
    this.#recording = recording;
    this.#acknowledge = acknowledge;
  }

  /** Takes over what the recording holds. Slots that have not ended there stay open. */
  async restore(): Promise<void> {
    for (const row of await this.#recording.rows('slots')) this.#enter(row);
    for (const row of await this.#recording.rows('receipts')) {
      const { codewordIndex: index, status, ...rest } = row;
      const entry = this.#entries.get(row.slot);
      if (entry) entry.receipt = { ...rest, index, status: status as Receipt['status'] };
    }
    for (const { ue: ueId, ...rest } of await this.#recording.rows('powers')) {
      const entry = this.#entries.get(rest.slot);
      if (entry) entry.power = { ...rest, ueId };
    }
    for (const { ue, batch, sinAngle, ringPerM } of await this.#recording.rows('local_estimates')) {
      this.#localEstimates.set(batchKey(ue, batch), { sinAngle, ringPerM });
    }
    for (const entry of this.#entries.values()) {
      const outcome = outcomeOf(entry);
      if (outcome !== 'no-receipt' && outcome !== 'no-power' && outcome !== 'joined') entry.givenUp = outcome;
    }
  }

  /** All planned slots, in the order in which they were planned. */
  *planned(): Iterable<PlannedRow> {
    for (const { row } of this.#entries.values()) yield row;
  }

  plan(row: PlannedRow): void {
    this.#enter(row);
    this.#recording.append('slots', row);
  }

  /** Slots that a pilot was given so far, oldest first. */
  attempts(ue: string, batch: number, position: number): readonly number[] {
    return this.#attempts.get(pilotKey(ue, batch, position)) ?? [];
  }

  row(slot: number): PlannedRow {
    return this.#entries.get(slot)!.row;
  }

  /** Null while the slot is open. A slot whose receipt and power have come is joined, whoever had given it up before. */
  end(slot: number): SlotEnd | null {
    const entry = this.#entries.get(slot)!;
    return isMeasured(entry) ? 'joined' : entry.givenUp;
  }

  /** Its pilot gets another slot, unless this one turns out to have been measured before that is. */
  giveUp(slot: number, why: Exclude<SlotEnd, 'joined'>): void {
    this.#entries.get(slot)!.givenUp = why;
  }

  /** The UE that kept the power of this slot has forgotten it: the pilot must be measured again. */
  forget(slot: number): void {
    const entry = this.#entries.get(slot)!;
    entry.forgotten = true;
    entry.givenUp = 'lost';
  }

  /** The slot in which a pilot was measured; there is never a second one. */
  measuredSlot(ue: string, batch: number, position: number): number | undefined {
    return this.attempts(ue, batch, position).find((slot) => isMeasured(this.#entries.get(slot)!));
  }

  receipt(slot: number): Receipt | null {
    return this.#entries.get(slot)!.receipt;
  }

  power(slot: number): PowerRecord | null {
    return this.#entries.get(slot)!.power;
  }

  localEstimate(ue: string, batch: number): FocalPoint | undefined {
    return this.#localEstimates.get(batchKey(ue, batch));
  }

  onLocalEstimate(ue: string, batch: number, { sinAngle, ringPerM }: FocalPoint): void {
    this.#localEstimates.set(batchKey(ue, batch), { sinAngle, ringPerM });
    this.#recording.append('local_estimates', { ue, batch, sinAngle, ringPerM });
  }

  openSlots(): number[] {
    return [...this.#entries.keys()].filter((slot) => this.end(slot) === null);
  }

  /** Records a receipt; false when it cannot be of the slot that was planned. */
  onReceipt(receipt: Receipt): boolean {
    const entry = this.#entries.get(receipt.slot);
    if (entry === undefined || receipt.boardTimeS < entry.row.plannedBoardTimeS - EARLY_S) {
      // A board remembers slots of an earlier run, which had the same numbers.
      this.#recording.event('stray receipt', receipt);
      return false;
    }
    if (entry.receipt !== null) return true;
    if (entry.power !== null && this.#isSurplus(entry)) {
      this.#recording.event('late receipt', receipt);
      return true;
    }
    entry.receipt = receipt;
    const { index: codewordIndex, slot, hash, boardTimeS, status } = receipt;
    this.#recording.append('receipts', { slot, codewordIndex, hash, boardTimeS, status });
    return true;
  }

  onPower(record: PowerRecord): void {
    const entry = this.#entries.get(record.slot);
    const isNew = entry !== undefined && entry.row.ue === record.ueId && entry.power === null;
    if (isNew && !this.#isSurplus(entry)) {
      entry.power = record;
      const { slot, ueId: ue, sequence, ueTimeS, noiseFloor, powers } = record;
      this.#recording.append('powers', { slot, ue, sequence, ueTimeS, noiseFloor, powers });
    }
    // A failing disk is told by the recording itself; nothing is acknowledged then.
    this.#recording.durable().then(
      () => this.#acknowledge(record.ueId, record.sequence),
      () => {},
    );
  }

  /**
   * Whether the pilot of this slot was measured in another one. What a scheme decided by must not change afterwards, and
   * whoever reads the recording must find the same: a second measurement is left out.
   */
  #isSurplus({ row: { ue, batch, position } }: Entry): boolean {
    return this.measuredSlot(ue, batch, position) !== undefined;
  }

  #enter(row: PlannedRow): void {
    this.#entries.set(row.slot, { row, receipt: null, power: null, givenUp: null, forgotten: false });
    const key = pilotKey(row.ue, row.batch, row.position);
    const attempts = this.#attempts.get(key);
    if (attempts === undefined) this.#attempts.set(key, [row.slot]);
    else attempts.push(row.slot);
  }
}

function outcomeOf({ row, receipt, power }: Entry): SlotOutcome {
  return outcomeOfSlot(row.hash, receipt, power !== null);
}

function isMeasured(entry: Entry): boolean {
  return !entry.forgotten && outcomeOf(entry) === 'joined';
}

function batchKey(ue: string, batch: number): string {
  return `${ue} ${batch}`;
}

function pilotKey(ue: string, batch: number, position: number): string {
  return `${batchKey(ue, batch)} ${position}`;
}
