import { randomUUID } from 'node:crypto';
import type { PowerRecord, UeDescription, UeStatistics } from './bridge.js';
import type { Hello, MessageFromBridge } from './messages.js';
import { type Arrival, SequenceTracker } from './sequence-tracker.js';
import type { SlotRange } from './slot-ranges.js';

/** A way to reach the UE while it is connected. */
export interface UeLink {
  send(message: MessageFromBridge): void;
  /** Sends `ack` soon; many calls in a row make one message. */
  acknowledgeSoon(): void;
}

/** A `measure` that the UE has not confirmed yet. */
interface PendingMeasure {
  readonly ranges: readonly SlotRange[];
  readonly confirmed: () => void;
}

/** What the bridge knows about one UE id, from its first hello on and across connections. */
export class UeSession {
  readonly ueId: string;
  readonly tracker: SequenceTracker;
  /** The UE shows this key when it comes back; it makes a half-open connection give way at once. */
  key: string = randomUUID();
  description: UeDescription | null = null;
  connection: UeLink | null = null;
  malformed = 0;
  throttled = 0;
  #connections = 0;
  #recordsReceived = 0;
  #duplicates = 0;
  #lastRequest = 0;
  readonly #pending = new Map<number, PendingMeasure>();
  readonly #waiting = new Set<(description: UeDescription) => void>();

  constructor(ueId: string, window: number, acknowledged: number) {
    this.ueId = ueId;
    this.tracker = new SequenceTracker(window, acknowledged);
  }

  /** Nothing would be lost if the bridge forgot this UE. */
  get isBlank(): boolean {
    return (
      this.connection === null &&
      this.tracker.highest === 0 &&
      this.#pending.size === 0 &&
      this.#waiting.size === 0
    );
  }

  /**
   * Takes over a connection and returns the sequence number that the UE must go on with. A UE that remembers this run
   * sends again what is missing; one that does not begins beyond everything seen, so that no number is used twice.
   */
  attach(connection: UeLink, hello: Hello, run: string): number {
    const remembersRun = hello.resume?.run === run;
    if (hello.resume?.session !== this.key) this.key = randomUUID();
    this.description = { ueId: this.ueId, ...hello.description };
    this.connection = connection;
    this.#connections++;
    return remembersRun ? this.tracker.firstMissing : this.tracker.highest + 1;
  }

  /** What follows the welcome: open requests again, and whoever waited for this UE is told. */
  welcomed(): void {
    for (const [request, { ranges }] of this.#pending)
      this.connection?.send({ type: 'measure', request, slots: ranges.map(([a, b]) => [a, b]) });
    for (const resolve of this.#waiting) resolve(this.description!);
    this.#waiting.clear();
  }

  detach(connection: UeLink): void {
    if (this.connection === connection) this.connection = null;
  }

  /** Counts a record; true when it is to be delivered. */
  take(record: PowerRecord): Arrival {
    const arrival = this.tracker.take(record.sequence);
    if (arrival === 'new') this.#recordsReceived++;
    else if (arrival === 'duplicate') this.#duplicates++;
    return arrival;
  }

  acknowledge(sequence: number): void {
    const before = this.tracker.acknowledged;
    this.tracker.acknowledge(sequence);
    if (this.tracker.acknowledged > before) this.connection?.acknowledgeSoon();
  }

  /** Sends a request now if it can, and again after every reconnect until `confirm`. Returns how to withdraw it. */
  request(ranges: readonly SlotRange[], confirmed: () => void): () => void {
    const request = ++this.#lastRequest;
    this.#pending.set(request, { ranges, confirmed });
    this.connection?.send({ type: 'measure', request, slots: ranges.map(([a, b]) => [a, b]) });
    return () => this.#pending.delete(request);
  }

  /** The UE confirmed a request. A confirmation that nobody waits for came again after a reconnect: ignored. */
  confirm(request: number): void {
    const pending = this.#pending.get(request);
    this.#pending.delete(request);
    pending?.confirmed();
  }

  /** Calls back at the next welcome. Returns how to stop waiting. */
  whenWelcomed(resolve: (description: UeDescription) => void): () => void {
    this.#waiting.add(resolve);
    return () => this.#waiting.delete(resolve);
  }

  statistics(): UeStatistics {
    return {
      ueId: this.ueId,
      connected: this.connection !== null,
      connections: this.#connections,
      recordsReceived: this.#recordsReceived,
      duplicates: this.#duplicates,
      gaps: this.tracker.gaps,
      malformed: this.malformed,
      throttled: this.throttled,
    };
  }
}
