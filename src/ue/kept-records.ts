import type { UnownedPowerRecord } from '../bridge/wire.js';
import type { SlotPower } from './power-source.js';

/** Records in the order of their sequence numbers, kept until the bridge says that they are durable. */
export class KeptRecords {
  #records: UnownedPowerRecord[] = [];
  /** Records before this index are gone; they are cut off now and then, not one by one. */
  #first = 0;
  #nextSequence = 1;
  #acknowledged = 0;

  get size(): number {
    return this.#records.length - this.#first;
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  get nextSequence(): number {
    return this.#nextSequence;
  }

  append(power: SlotPower): void {
    this.#records.push({ sequence: this.#nextSequence++, ...power });
  }

  /** Drops what is durable. */
  acknowledge(through: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, Math.min(through, this.#nextSequence - 1));
    while (this.size > 0 && this.#records[this.#first]!.sequence <= this.#acknowledged) this.#first++;
    if (this.#first < 1024 && this.size > 0) return;
    this.#records = this.#records.slice(this.#first);
    this.#first = 0;
  }

  /** Another run began: nothing of the old one is wanted any more. */
  startRun(nextSequence: number, acknowledged: number): void {
    this.#records = [];
    this.#first = 0;
    this.#nextSequence = nextSequence;
    this.#acknowledged = acknowledged;
  }

  /**
   * The same run goes on. When the bridge has seen higher numbers than this UE has given, an earlier life of the UE gave
   * them: what is kept here has been taken from that life, and numbering goes on beyond it.
   */
  continueRun(nextSequence: number, acknowledged: number): void {
    if (nextSequence > this.#nextSequence) this.startRun(nextSequence, acknowledged);
    else this.acknowledge(acknowledged);
  }

  /** Kept records from `sequence` on, at most `limit`. */
  from(sequence: number, limit: number): UnownedPowerRecord[] {
    const oldest = this.#records[this.#first]?.sequence ?? this.#nextSequence;
    const start = this.#first + Math.max(0, sequence - oldest);
    return this.#records.slice(start, start + limit);
  }
}
