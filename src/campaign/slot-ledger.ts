/**
 * What is known of every slot: planned, latched (receipt), measured (power). Everything is recorded as it comes in, once;
 * a UE's record is acknowledged when it is on disk.
 */
import type { Receipt } from '../../drivers/array-board.js';
import type { PowerRecord } from '../bridge/bridge.js';
import type { Recording } from '../record/recording.js';
import type { Row } from '../record/schema.js';

export type PlannedRow = Row<'slots'>;

/** How a slot ended; 'pending' until it has. `silent` and `lost` are the host's conclusion after waiting. */
export type SlotState = 'pending' | 'measured' | 'late' | 'missed' | 'silent' | 'lost';

interface Entry {
  readonly row: PlannedRow;
  status: Receipt['status'] | null;
  /** Mean over subcarriers, linear. */
  power: number | null;
  givenUp: 'silent' | 'lost' | null;
}

export class SlotLedger {
  readonly #recording: Recording;
  readonly #acknowledge: (ueId: string, sequence: number) => void;
  readonly #entries = new Map<number, Entry>();
  /** Slots of each pilot, oldest first. */
  readonly #attempts = new Map<string, number[]>();
  #waiter: { readonly slots: readonly number[]; readonly resolve: () => void } | undefined;
  /** Receipts and powers that came since the start; tells a waiter whether anything moves. */
  #arrivals = 0;

  constructor(recording: Recording, acknowledge: (ueId: string, sequence: number) => void) {
    this.#recording = recording;
    this.#acknowledge = acknowledge;
  }

  /** A ledger of what a recording holds. */
  static async restore(
    recording: Recording,
    acknowledge: (ueId: string, sequence: number) => void,
  ): Promise<SlotLedger> {
    const ledger = new SlotLedger(recording, acknowledge);
    for (const row of await recording.rows('slots')) ledger.#enter(row);
    for (const { slot, status } of await recording.rows('receipts')) {
      const entry = ledger.#entries.get(slot);
      if (entry !== undefined) entry.status = status as Receipt['status'];
    }
    for (const { slot, powers } of await recording.rows('powers')) {
      const entry = ledger.#entries.get(slot);
      if (entry !== undefined) entry.power = meanPower(powers);
    }
    return ledger;
  }

  get arrivals(): number {
    return this.#arrivals;
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
    return this.#attempts.get(`${ue} ${batch} ${position}`) ?? [];
  }

  state(slot: number): SlotState {
    const entry = this.#entries.get(slot)!;
    if (entry.status === 'missed' || entry.status === 'late') return entry.status;
    if (entry.status === 'latched' && entry.power !== null) return 'measured';
    return entry.givenUp ?? 'pending';
  }

  row(slot: number): PlannedRow {
    return this.#entries.get(slot)!.row;
  }

  /** Mean received power over subcarriers; only of a measured slot. */
  power(slot: number): number {
    return this.#entries.get(slot)!.power!;
  }

  hasReceipt(slot: number): boolean {
    return this.#entries.get(slot)!.status !== null;
  }

  hasPower(slot: number): boolean {
    return this.#entries.get(slot)!.power !== null;
  }

  onReceipt(receipt: Receipt): void {
    const entry = this.#entries.get(receipt.slot);
    if (entry === undefined) {
      this.#event('stray receipt', { slot: receipt.slot, status: receipt.status });
      return;
    }
    // Receipts that were asked for again come twice.
    if (entry.status !== null) return;
    entry.status = receipt.status;
    const { slot, index, hash, boardTimeS, status } = receipt;
    this.#recording.append('receipts', { slot, codewordIndex: index, hash, boardTimeS, status });
    this.#arrived();
  }

  onPower(record: PowerRecord): void {
    const entry = this.#entries.get(record.slot);
    if (entry === undefined || entry.row.ue !== record.ueId) {
      this.#event('stray power', { slot: record.slot, ue: record.ueId, sequence: record.sequence });
    } else if (entry.power === null) {
      entry.power = meanPower(record.powers);
      const { slot, ueId: ue, sequence, ueTimeS, noiseFloor, powers } = record;
      this.#recording.append('powers', { slot, ue, sequence, ueTimeS, noiseFloor, powers });
    }
    this.#arrived();
    // A failing disk is told by the recording itself; nothing is acknowledged then.
    this.#recording.durable().then(
      () => this.#acknowledge(record.ueId, record.sequence),
      () => {},
    );
  }

  /** Concludes that nothing more will come for these slots. */
  giveUp(slots: Iterable<number>, as: 'silent' | 'lost'): void {
    for (const slot of slots) {
      const entry = this.#entries.get(slot)!;
      if (this.state(slot) === 'pending') entry.givenUp = as;
    }
    this.#arrived();
  }

  pending(): number[] {
    return [...this.#entries.keys()].filter((slot) => this.state(slot) === 'pending');
  }

  /** Resolves when none of these slots is pending any more. One caller at a time. */
  settled(slots: readonly number[]): Promise<void> {
    return new Promise((resolve) => {
      this.#waiter = { slots, resolve };
      this.#checkWaiter();
    });
  }

  #enter(row: PlannedRow): void {
    this.#entries.set(row.slot, { row, status: null, power: null, givenUp: null });
    const pilot = `${row.ue} ${row.batch} ${row.position}`;
    const attempts = this.#attempts.get(pilot);
    if (attempts === undefined) this.#attempts.set(pilot, [row.slot]);
    else attempts.push(row.slot);
  }

  #arrived(): void {
    this.#arrivals++;
    this.#checkWaiter();
  }

  #checkWaiter(): void {
    const waiter = this.#waiter;
    if (waiter === undefined) return;
    // From the back: slots end in order, so the last is nearly always the one that is waited for.
    for (let k = waiter.slots.length - 1; k >= 0; k--) {
      if (this.state(waiter.slots[k]!) === 'pending') return;
    }
    this.#waiter = undefined;
    waiter.resolve();
  }

  #event(kind: string, detail: unknown): void {
    this.#recording.append('events', { wallTime: new Date(), kind, detail });
  }
}

/** The one number per pilot that schemes decide by: mean over subcarriers. */
export function meanPower(powers: Float32Array): number {
  let sum = 0;
  for (const power of powers) sum += power;
  return sum / powers.length;
}
