/**
 * The sending half of reliable delivery (SPEC 5): numbers messages, keeps a window of them underway, sends again what the
 * acknowledgements show missing. A pure state machine: the caller brings the time and the line.
 */
import { encodeFrame } from '../../firmware-protocol/frame.js';
import type { LineModel } from './line-model.js';
import type { RoundTrip } from './round-trip.js';
import { nextSequence, sequenceDistance } from './sequence.js';

/** Sent messages are cut off the front of the queue in batches, so that taking one costs constant time. */
const COMPACT_EVERY = 1024;

interface Underway {
  readonly bytes: Uint8Array;
  /** Place of its first and last transmission among all transmissions. */
  readonly firstOrder: number;
  order: number;
  /** When its last byte left, by the line model. */
  departedS: number;
  transmissions: number;
  /** The peer has it, but not yet everything before it. */
  received: boolean;
  lost: boolean;
}

interface Message {
  readonly sequence: number;
  readonly type: number;
  readonly payload: Uint8Array;
}

export class ReliableSender {
  readonly #session: number;
  readonly #roundTrip: RoundTrip;
  /** Frames that the peer is willing to hold. */
  window: number;
  #nextSequence = 1;
  /** Sequence of `#underway[0]`, or of the next message to be sent. */
  #base = 1;
  #underway: Underway[] = [];
  #waiting: Message[] = [];
  #waitingFrom = 0;
  #order = 0;
  /** Latest transmission that is known to have arrived: on a line, everything sent before it arrived earlier or is lost. */
  #deliveredOrder = -1;
  #timerFromS = 0;
  #retransmissions = 0;

  constructor(session: number, window: number, roundTrip: RoundTrip) {
    this.#session = session & 0xffff;
    this.window = window;
    this.#roundTrip = roundTrip;
  }

  /** Takes a message; returns its sequence number. */
  enqueue(type: number, payload: Uint8Array): number {
    const sequence = this.#nextSequence;
    this.#nextSequence = nextSequence(sequence);
    this.#waiting.push({ sequence, type, payload });
    return sequence;
  }

  /** Forgets the messages that have never been sent; the next one gets the number of the first of them. */
  dropWaiting(): void {
    const first = this.#waiting[this.#waitingFrom];
    if (first !== undefined) this.#nextSequence = first.sequence;
    this.#waiting = [];
    this.#waitingFrom = 0;
  }

  /** The next frame to write at `nowS`, or null when nothing is due. */
  take(nowS: number, line: LineModel): Uint8Array | null {
    this.#expire(nowS);
    const frame = this.#takeLost() ?? this.#takeNew();
    if (frame === null) return null;
    frame.departedS = line.occupy(nowS, frame.bytes.length);
    if (frame === this.#oldest()) this.#timerFromS = frame.departedS;
    return frame.bytes;
  }

  acknowledge(nowS: number, next: number, bitmap: number): void {
    const advance = sequenceDistance(this.#base, next);
    // An acknowledgement that was overtaken, or of frames that were never sent.
    if (advance > this.#underway.length) return;
    const fresh: Underway[] = [];
    for (const frame of this.#underway.splice(0, advance)) if (!frame.received) fresh.push(frame);
    this.#base = next;
    for (let k = 1; k < this.#underway.length && k <= 32; k++) {
      const frame = this.#underway[k]!;
      if (frame.received || ((bitmap >>> (k - 1)) & 1) === 0) continue;
      frame.received = true;
      frame.lost = false;
      fresh.push(frame);
    }
    if (fresh.length === 0) return;
    this.#learnFrom(nowS, fresh);
    for (const frame of this.#underway) {
      if (!frame.received && frame.order < this.#deliveredOrder) frame.lost = true;
    }
    this.#timerFromS = Math.max(nowS, this.#oldest()?.departedS ?? nowS);
  }

  /** Sends everything underway again: the line was down and nobody knows what got through. */
  resend(): void {
    for (const frame of this.#underway) frame.lost = !frame.received;
  }

  /** When `take` will have something to send; -Infinity: now; Infinity: not before an acknowledgement or a message. */
  get dueS(): number {
    if (this.#underway.some((frame) => frame.lost)) return Number.NEGATIVE_INFINITY;
    if (this.#numWaiting > 0 && this.#underway.length < this.window) return Number.NEGATIVE_INFINITY;
    if (this.#underway.length === 0) return Number.POSITIVE_INFINITY;
    return this.#timerFromS + this.#roundTrip.timeoutS;
  }

  get retransmissions(): number {
    return this.#retransmissions;
  }

  /** Messages that the peer has not confirmed. */
  get numUnconfirmed(): number {
    return this.#underway.length + this.#numWaiting;
  }

  get #numWaiting(): number {
    return this.#waiting.length - this.#waitingFrom;
  }

  #oldest(): Underway | undefined {
    return this.#underway[0];
  }

  #expire(nowS: number): void {
    const oldest = this.#oldest();
    if (oldest === undefined || oldest.lost || nowS < this.#timerFromS + this.#roundTrip.timeoutS) return;
    // Only the oldest goes again; once it is confirmed, its order shows which of the others were lost too.
    oldest.lost = true;
    this.#roundTrip.backOff();
  }

  #takeLost(): Underway | null {
    const frame = this.#underway.find((each) => each.lost);
    if (frame === undefined) return null;
    frame.lost = false;
    frame.order = this.#order++;
    frame.transmissions++;
    this.#retransmissions++;
    return frame;
  }

  #takeNew(): Underway | null {
    const message = this.#waiting[this.#waitingFrom];
    if (message === undefined || this.#underway.length >= this.window) return null;
    this.#waitingFrom++;
    if (this.#waitingFrom === COMPACT_EVERY) {
      this.#waiting = this.#waiting.slice(COMPACT_EVERY);
      this.#waitingFrom = 0;
    }
    const order = this.#order++;
    const bytes = encodeFrame({ ...message, session: this.#session });
    const frame = {
      bytes,
      firstOrder: order,
      order,
      departedS: 0,
      transmissions: 1,
      received: false,
      lost: false,
    };
    this.#underway.push(frame);
    return frame;
  }

  #learnFrom(nowS: number, fresh: readonly Underway[]): void {
    for (const frame of fresh) {
      const elapsedS = nowS - frame.departedS;
      const once = frame.transmissions === 1;
      // Too early for an answer to the last transmission: it answers the first.
      const answersFirst = !once && elapsedS < this.#roundTrip.shortestS;
      this.#deliveredOrder = Math.max(this.#deliveredOrder, answersFirst ? frame.firstOrder : frame.order);
      if (once) this.#roundTrip.sample(Math.max(0, elapsedS));
    }
    this.#roundTrip.progress();
  }
}
