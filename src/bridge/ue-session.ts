import { randomUUID } from 'node:crypto';
import type { Complaint, PowerRecord, UeDescription, UeStatistics } from './bridge.js';
import { complaintOfFullScale, complaintOfSlot, complaintOfSubcarriers } from './complaint.js';
import type { Answer, EstimateRequest, Hello, Measure, MessageFromBridge } from './messages.js';
import type { ReadingCount } from './reading-count.js';
import { type Arrival, SequenceTracker } from './sequence-tracker.js';
import { fromRanges } from './slot-ranges.js';

/** A way to reach the UE while it is connected. */
export interface UeLink {
  send(message: MessageFromBridge): void;
  /** Sends `ack` soon; many calls in a row make one message. */
  acknowledgeSoon(): void;
}

/** What the UE is asked, before it has a number. */
export type Request = Omit<Measure, 'request'> | Omit<EstimateRequest, 'request'>;

/** A request that the UE has not answered yet. */
interface PendingRequest {
  readonly message: Measure | EstimateRequest;
  readonly answered: (answer: Answer) => void;
}

/** What earlier bridges of the run have left. */
interface SessionMemory {
  /** The highest sequence number that is durable. */
  readonly acknowledged: number;
  /** Slots whose powers they had asked the UE to keep. */
  readonly kept: Iterable<number>;
  /** None of them had asked it for anything. */
  readonly isNew: boolean;
}

/** What the bridge knows about one UE id, from its first hello on and across connections. */
export class UeSession {
  readonly ueId: string;
  readonly tracker: SequenceTracker;
  /** Of its sensors; null where no readings are wanted. */
  readonly readings: ReadingCount | null;
  /** The UE shows this key when it comes back; it makes a half-open connection give way at once. */
  key: string = randomUUID();
  description: UeDescription | null = null;
  connection: UeLink | null = null;
  malformed = 0;
  throttled = 0;
  /** What was last wrong with what it sent. */
  complaint: Complaint | null = null;
  /** Records with a power at the UE's full scale. */
  #saturated = 0;
  readonly #remarked = new Set<string>();
  /** Records of slots that it was not asked for. */
  #notAsked = 0;
  /** No earlier bridge of the run asked it for anything. */
  readonly #isNew: boolean;
  /** Slots that it was asked for by this bridge: ranges, ascending. */
  readonly #asked: (readonly [number, number])[] = [];
  #connections = 0;
  #recordsReceived = 0;
  #duplicates = 0;
  #lastRequest = 0;
  /** Slots whose powers the UE was asked to keep. */
  readonly #kept: Set<number>;
  readonly #pending = new Map<number, PendingRequest>();
  readonly #waiting = new Set<(description: UeDescription) => void>();

  /** @param readings counts its sensor readings; null where none are wanted. */
  constructor(
    ueId: string,
    window: number,
    { acknowledged, kept, isNew }: SessionMemory,
    readings: ReadingCount | null,
  ) {
    this.ueId = ueId;
    this.readings = readings;
    this.#isNew = isNew;
    this.#kept = new Set(kept);
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
    const { localEstimates = false, ...description } = hello.description;
    this.description = { ueId: this.ueId, ...description, localEstimates };
    this.connection = connection;
    this.#connections++;
    return remembersRun ? this.tracker.firstMissing : this.tracker.highest + 1;
  }

  /** What follows the welcome: open requests again, and whoever waited for this UE is told. */
  welcomed(): void {
    for (const { message } of this.#pending.values()) this.connection?.send(message);
    for (const resolve of this.#waiting) resolve(this.description!);
    this.#waiting.clear();
  }

  /** Whether its hello said that it has sensors, and their readings are wanted. */
  get isAskedForReadings(): boolean {
    return this.readings !== null && this.description?.sensors === true;
  }

  /** Whether nothing of this kind was remarked on before. */
  isFirst(code: string): boolean {
    if (this.#remarked.has(code)) return false;
    this.#remarked.add(code);
    return true;
  }

  detach(connection: UeLink): void {
    if (this.connection === connection) this.connection = null;
  }

  /**
   * What is wrong with a record of this UE; null when nothing is. The mean alone is taken of slots that are kept, and of
   * no other: whoever decides by the powers of a slot must find all of them.
   */
  objectionTo({ sequence, slot, powers }: PowerRecord): Complaint | null {
    const { numSubcarriers } = this.description!;
    if (powers.length === numSubcarriers || (powers.length === 1 && this.#kept.has(slot))) return null;
    return complaintOfSubcarriers(powers.length, sequence, slot, numSubcarriers);
  }

  /**
   * What is odd about a record that is taken all the same; null when nothing is. Of slots before those that this bridge asked
   * for nothing is known: an earlier bridge of the run may have.
   */
  remarkOn({ slot, powers }: PowerRecord): Complaint | null {
    if (!this.#wasAsked(slot)) {
      this.#notAsked++;
      return complaintOfSlot(slot, this.#asked.at(-1) ?? null);
    }
    const { fullScale } = this.description!;
    if (fullScale === undefined || !powers.some((power) => power >= Math.fround(fullScale))) return null;
    this.#saturated++;
    return complaintOfFullScale(slot, fullScale);
  }

  #wasAsked(slot: number): boolean {
    const [first] = this.#asked;
    if (first === undefined) return true;
    if (slot < first[0]) return !this.#isNew;
    for (let k = this.#asked.length - 1; k >= 0; k--) {
      const [low, high] = this.#asked[k]!;
      if (slot >= low) return slot <= high;
    }
    return false;
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

  /** Sends a request now if it can, and again after every reconnect until `answer`. Returns how to withdraw it. */
  request(asked: Request, answered: (answer: Answer) => void): () => void {
    if (asked.type === 'measure' && asked.keep)
      for (const slot of fromRanges(asked.slots)) this.#kept.add(slot);
    if (asked.type === 'measure') this.#asked.push(...asked.slots);
    const request = ++this.#lastRequest;
    const message = { ...asked, request };
    this.#pending.set(request, { message, answered });
    this.connection?.send(message);
    return () => this.#pending.delete(request);
  }

  /**
   * The UE answered a request. An answer that nobody waits for came again after a reconnect: ignored. So is one to
   * another kind of request; that one is waited for on.
   */
  answer(answer: Answer): void {
    const pending = this.#pending.get(answer.request);
    if (pending === undefined) return;
    if (
      (pending.message.type === 'measure') !==
      (answer.type === 'measuring' || answer.type === 'cannot-tell')
    )
      return;
    this.#pending.delete(answer.request);
    pending.answered(answer);
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
      notAsked: this.#notAsked,
      saturated: this.#saturated,
      ...(this.readings !== null && { readings: this.readings.statistics() }),
    };
  }
}
