/**
 * Reliable messages over a line that loses, damages and repeats frames: the board's side of SPEC 5. Each direction is
 * numbered on its own; the receiver delivers in order, exactly once. The line never reorders frames.
 */
import type { PayloadOf } from '../../../firmware-protocol/registry.js';
import type { Timers } from '../timers.js';

export const WINDOW = 32;
const ACK_DELAY_S = 5e-3;
const ACK_EVERY = 8;
const RTO_FIRST_S = 0.1;
const RTO_MIN_S = 0.02;
const RTO_MAX_S = 0.5;
/** Doubling goes no further. */
const RTO_BACKED_OFF_MAX_S = 0.1;

type Ack = PayloadOf<'Ack'>;

export interface ReliableDeliveryOptions {
  readonly timers: Timers;
  /** Puts a reliable frame on the line; returns when its last bit will have left. */
  readonly sendFrame: (type: number, sequence: number, payload: Uint8Array) => number;
  readonly sendAck: (ack: Ack) => void;
  readonly deliver: (type: number, sequence: number, payload: Uint8Array) => void;
  /** False while there is no room for another message; frames are then left for the sender to repeat. */
  readonly hasRoom: () => boolean;
}

interface Message {
  readonly type: number;
  readonly payload: Uint8Array;
  readonly onSafe: (() => void) | undefined;
}

interface Sent extends Message {
  /** When its last bit left. */
  leftAtS: number;
  transmissions: number;
}

/** Steps from sequence `a` forward to `b`, 0..65535. */
function distance(a: number, b: number): number {
  return (b - a) & 0xffff;
}

export class ReliableDelivery {
  readonly #options: ReliableDeliveryOptions;
  #peerWindow = 0;
  #nextSend = 1;
  #unsent: Message[] = [];
  /** Sent and not acknowledged, by sequence, oldest first. */
  readonly #flight = new Map<number, Sent>();
  #rtoS = RTO_FIRST_S;
  #backoff = 1;
  #smoothedS: number | null = null;
  #variationS = 0;
  /** When something new was last acknowledged. */
  #progressAtS = Number.NEGATIVE_INFINITY;
  #cancelRetransmit: (() => void) | undefined;

  #nextReceive = 1;
  readonly #held = new Map<number, { readonly type: number; readonly payload: Uint8Array }>();
  #unacknowledged = 0;
  #cancelAck: (() => void) | undefined;

  constructor(options: ReliableDeliveryOptions) {
    this.#options = options;
  }

  /** A new session: counters start again, what was not sent is dropped. */
  start(): void {
    this.stop();
    this.#nextSend = 1;
    this.#nextReceive = 1;
    this.#rtoS = RTO_FIRST_S;
    this.#smoothedS = null;
    this.#backoff = 1;
    this.#progressAtS = Number.NEGATIVE_INFINITY;
  }

  /** Frames that the host has room for. */
  setPeerWindow(frames: number): void {
    this.#peerWindow = frames;
  }

  /** The same session goes on after a silence. SPEC 5.10. */
  resume(): void {
    this.#backoff = 1;
    this.#acknowledge();
    this.#sendAllAgain();
  }

  /** Nothing is sent any more until a peer's window is known again. */
  stop(): void {
    this.#peerWindow = 0;
    this.#cancelRetransmit?.();
    this.#cancelAck?.();
    this.#cancelAck = undefined;
    this.#unacknowledged = 0;
    this.#unsent = [];
    this.#flight.clear();
    this.#held.clear();
  }

  /** Queues a reliable message; it goes out as soon as the window allows. `onSafe` hears of its acknowledgement. */
  post(type: number, payload: Uint8Array, onSafe?: () => void): void {
    this.#unsent.push({ type, payload, onSafe });
    this.#fillWindow();
  }

  /** A reliable frame arrived. */
  receive(type: number, sequence: number, payload: Uint8Array): void {
    const ahead = distance(this.#nextReceive, sequence);
    const gap = this.#held.size > 0;
    const expected = ahead === 0 && this.#options.hasRoom();
    if (ahead > 0 && ahead < WINDOW) this.#held.set(sequence, { type, payload });
    if (expected) this.#accept(type, sequence, payload);
    for (;;) {
      const next = this.#held.get(this.#nextReceive);
      if (next === undefined || !this.#options.hasRoom()) break;
      this.#accept(next.type, this.#nextReceive, next.payload);
    }
    this.#unacknowledged++;
    if (!expected || gap || this.#unacknowledged >= ACK_EVERY) this.#acknowledge();
    else this.#cancelAck ??= this.#options.timers.after(ACK_DELAY_S, () => this.#acknowledge());
  }

  /** An Ack arrived. */
  acknowledged({ next, bitmap }: Ack): void {
    const oldest = this.#flight.keys().next().value ?? this.#nextSend;
    // An acknowledgement from before the window, or of frames never sent, says nothing.
    if (distance(oldest, next) > distance(oldest, this.#nextSend)) return;
    const nowS = this.#options.timers.nowS();
    const safe: Sent[] = [];
    /** Frames from `oldest` up to the newest that is known to have arrived. */
    let span = 0;
    for (const [sequence, sent] of this.#flight) {
      const beyond = distance(next, sequence);
      const arrived =
        beyond >= 0x8000 || (beyond > 0 && beyond <= 32 && ((bitmap >>> (beyond - 1)) & 1) === 1);
      if (!arrived) continue;
      this.#flight.delete(sequence);
      safe.push(sent);
      span = distance(oldest, sequence);
      if (sent.transmissions === 1) this.#measured(nowS - sent.leftAtS);
    }
    if (safe.length > 0) {
      this.#backoff = 1;
      this.#progressAtS = nowS;
    }
    for (const [sequence, sent] of this.#flight) {
      const missing = distance(oldest, sequence) < span;
      if (missing && nowS - sent.leftAtS >= (this.#smoothedS ?? 0)) this.#transmit(sequence, sent);
    }
    this.#fillWindow();
    this.#scheduleRetransmit();
    for (const { onSafe } of safe) onSafe?.();
  }

  #accept(type: number, sequence: number, payload: Uint8Array): void {
    this.#nextReceive = (sequence + 1) & 0xffff;
    // One that was kept, and comes again because there was no room to deliver it.
    this.#held.delete(sequence);
    this.#options.deliver(type, sequence, payload);
  }

  #acknowledge(): void {
    this.#cancelAck?.();
    this.#cancelAck = undefined;
    this.#unacknowledged = 0;
    let bitmap = 0;
    for (const sequence of this.#held.keys()) {
      const beyond = distance(this.#nextReceive, sequence);
      if (beyond > 0 && beyond <= 32) bitmap |= 1 << (beyond - 1);
    }
    this.#options.sendAck({ next: this.#nextReceive, bitmap: bitmap >>> 0 });
  }

  #fillWindow(): void {
    while (this.#unsent.length > 0) {
      const oldest = this.#flight.keys().next().value ?? this.#nextSend;
      if (distance(oldest, this.#nextSend) >= this.#peerWindow) return;
      const sent: Sent = { ...this.#unsent.shift()!, leftAtS: 0, transmissions: 0 };
      const sequence = this.#nextSend;
      this.#nextSend = (sequence + 1) & 0xffff;
      this.#flight.set(sequence, sent);
      this.#transmit(sequence, sent);
      if (this.#flight.size === 1) this.#scheduleRetransmit();
    }
  }

  #transmit(sequence: number, sent: Sent): void {
    sent.transmissions++;
    sent.leftAtS = this.#options.sendFrame(sent.type, sequence, sent.payload);
  }

  #scheduleRetransmit(): void {
    this.#cancelRetransmit?.();
    this.#cancelRetransmit = undefined;
    const oldest = this.#flight.values().next().value;
    if (oldest === undefined) return;
    const waitS = Math.max(this.#rtoS, Math.min(RTO_BACKED_OFF_MAX_S, this.#rtoS * this.#backoff));
    const delayS = Math.max(oldest.leftAtS, this.#progressAtS) + waitS - this.#options.timers.nowS();
    this.#cancelRetransmit = this.#options.timers.after(delayS, () => this.#timeOut());
  }

  #timeOut(): void {
    this.#backoff = Math.min(2 * this.#backoff, RTO_BACKED_OFF_MAX_S / RTO_MIN_S);
    this.#sendAllAgain();
  }

  #sendAllAgain(): void {
    for (const [sequence, sent] of this.#flight) this.#transmit(sequence, sent);
    this.#scheduleRetransmit();
  }

  /** Smoothed round trip as in RFC 6298. */
  #measured(roundTripS: number): void {
    const rttS = Math.max(0, roundTripS);
    if (this.#smoothedS === null) {
      this.#smoothedS = rttS;
      this.#variationS = rttS / 2;
    } else {
      this.#variationS += (Math.abs(rttS - this.#smoothedS) - this.#variationS) / 4;
      this.#smoothedS += (rttS - this.#smoothedS) / 8;
    }
    this.#rtoS = Math.min(RTO_MAX_S, Math.max(RTO_MIN_S, this.#smoothedS + 4 * this.#variationS));
  }
}
