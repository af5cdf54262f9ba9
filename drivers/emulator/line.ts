/**
 * One direction of a UART: bytes go in, wait their turn, and come out after their time on the wire.
 *
 * Byte k leaves when the wire is free and takes 10 bit times (start, 8 data, stop). Only departure times count, so a
 * timer that fires late delivers more bytes at once and the average rate stays the line rate.
 */
import type { Timers } from './timers.js';

export const BITS_PER_BYTE = 10;

/** What may happen to bytes before they reach the wire, e.g. noise. Returns what is really sent. */
export type ByteBehaviour = (chunk: Uint8Array) => Uint8Array;

export interface LineOptions {
  readonly timers: Timers;
  /** Bits per second; null = bytes take no time. */
  readonly baud: number | null;
  readonly deliver: (chunk: Uint8Array) => void;
  readonly behaviours?: readonly ByteBehaviour[];
  /** Cuts what is delivered into pieces; one piece when absent. */
  readonly fragment?: (chunk: Uint8Array) => Iterable<Uint8Array>;
  /** Told when more than `BACKLOG_S` worth of bytes wait, and when that is over: the sender should hold back. */
  readonly onBacklog?: (full: boolean) => void;
}

/** Enough that a timer that fires this late costs no line rate. */
const BACKLOG_S = 0.03;
const MIN_BACKLOG_BYTES = 1024;
/** Longest wait that is timed precisely: a single short message, not a stream. */
const PRECISE_S = 1e-3;
const COARSE_S = 1e-3;

export class Line {
  readonly #options: LineOptions;
  readonly #byteRate: number;
  readonly #backlogBytes: number;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** When the wire has sent everything that was delivered so far. */
  #freeAtS = Number.NEGATIVE_INFINITY;
  #stalledUntilS = Number.NEGATIVE_INFINITY;
  #full = false;
  #cancelTimer: (() => void) | undefined;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#byteRate = options.baud === null ? Number.POSITIVE_INFINITY : options.baud / BITS_PER_BYTE;
    this.#backlogBytes = Math.max(MIN_BACKLOG_BYTES, (options.baud ?? 0) * (BACKLOG_S / BITS_PER_BYTE));
  }

  /** Puts a chunk last in line, or right behind the chunk that is being sent when it is urgent. */
  push(chunk: Uint8Array, urgent = false): void {
    let bytes = chunk;
    for (const behaviour of this.#options.behaviours ?? []) bytes = behaviour(bytes);
    if (bytes.length === 0) return;
    if (this.#waitingBytes === 0) this.#freeAtS = Math.max(this.#freeAtS, this.#options.timers.nowS());
    if (urgent) this.#waiting.splice(1, 0, bytes);
    else this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#cancelTimer === undefined) this.#pump();
    this.#reportBacklog();
  }

  /** When the last bit of what waits now will have left, unless the line stalls; never before now. */
  drainedAtS(): number {
    return this.#leavesAtS(this.#waitingBytes);
  }

  /** When the first bit of an urgent chunk would leave if it were pushed now. */
  urgentAtS(): number {
    return this.#leavesAtS(this.#waiting[0]?.length ?? 0);
  }

  /** Nothing moves for `durationS`; the bytes wait. */
  stall(durationS: number): void {
    this.#stalledUntilS = Math.max(this.#stalledUntilS, this.#options.timers.nowS() + durationS);
  }

  /** Loses what is on the way, as when the cable is pulled. */
  clear(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#reportBacklog();
  }

  #leavesAtS(aheadBytes: number): number {
    const nowS = this.#options.timers.nowS();
    return aheadBytes === 0 ? nowS : Math.max(nowS, this.#freeAtS + aheadBytes / this.#byteRate);
  }

  #pump(): void {
    this.#cancelTimer = undefined;
    const nowS = this.#options.timers.nowS();
    if (nowS < this.#stalledUntilS) {
      this.#freeAtS = this.#stalledUntilS;
      this.#wait(this.#stalledUntilS - nowS, false);
      return;
    }
    const sentBytes = Math.floor((nowS - this.#freeAtS) * this.#byteRate + 1e-6);
    const due = this.#byteRate === Number.POSITIVE_INFINITY ? this.#waitingBytes : sentBytes;
    if (due > 0) this.#deliver(Math.min(due, this.#waitingBytes));
    if (this.#waitingBytes > 0 && this.#cancelTimer === undefined) {
      const remainingS = this.#freeAtS + this.#waitingBytes / this.#byteRate - nowS;
      if (remainingS <= PRECISE_S) this.#wait(remainingS, true);
      else this.#wait(COARSE_S, false);
    }
    this.#reportBacklog();
  }

  #wait(delayS: number, precise: boolean): void {
    this.#cancelTimer = this.#options.timers.after(delayS, () => this.#pump(), precise);
  }

  #deliver(count: number): void {
    const out = this.#take(count);
    this.#freeAtS += count / this.#byteRate;
    for (const piece of this.#options.fragment?.(out) ?? [out]) this.#options.deliver(piece);
  }

  #take(count: number): Uint8Array {
    this.#waitingBytes -= count;
    const first = this.#waiting[0]!;
    if (first.length === count) {
      this.#waiting.shift();
      return first;
    }
    const out = new Uint8Array(count);
    let filled = 0;
    let used = 0;
    while (filled < count) {
      const chunk = this.#waiting[used]!;
      const part = chunk.subarray(0, count - filled);
      out.set(part, filled);
      filled += part.length;
      if (part.length === chunk.length) used++;
      else this.#waiting[used] = chunk.subarray(part.length);
    }
    this.#waiting.splice(0, used);
    return out;
  }

  #reportBacklog(): void {
    const full = this.#waitingBytes > (this.#full ? this.#backlogBytes / 2 : this.#backlogBytes);
    if (full === this.#full) return;
    this.#full = full;
    this.#options.onBacklog?.(full);
  }
}
