/** An exchange and a model board, joined by a line that loses, doubles, delays and damages, on virtual time. */

import type { ClockExchange } from '../../../drivers/link/clock-sync.js';
import { Exchange, type ExchangeEvents, type ExchangeOptions } from '../../../drivers/link/exchange.js';
import type { Continuity, Refusal } from '../../../drivers/link/session.js';
import { FrameDecoder } from '../../../firmware-protocol/frame.js';
import { Random } from '../../../src/core/random.js';
import { ModelBoard } from './model-board.js';

export interface LineFaults {
  /** Probabilities per frame. */
  readonly loss: number;
  readonly duplication: number;
  readonly corruption: number;
  /** Delay is uniform between these, so frames overtake each other. */
  readonly minDelayS: number;
  readonly maxDelayS: number;
}

export const CLEAN: LineFaults = {
  loss: 0,
  duplication: 0,
  corruption: 0,
  minDelayS: 0.001,
  maxDelayS: 0.001,
};

const STEP_S = 0.001;

export class SimulatedLine implements ExchangeEvents {
  readonly exchange: Exchange;
  readonly board: ModelBoard;
  faults: LineFaults;
  plugged = false;
  nowS = 0;
  /** `detail` of the faults that the exchange delivered, in order. */
  readonly received: number[] = [];
  readonly welcomes: Continuity[] = [];
  readonly refusals: Refusal[] = [];
  readonly downs: string[] = [];
  readonly readings: ClockExchange[] = [];
  readonly malformed: string[] = [];
  framesToBoard = 0;
  #underway: { dueS: number; bytes: Uint8Array; decoder: FrameDecoder }[] = [];
  readonly #random: Random;
  readonly #toBoard: FrameDecoder;
  readonly #toHost: FrameDecoder;

  constructor(seed: number, faults: LineFaults, options: Partial<ExchangeOptions> = {}) {
    this.faults = faults;
    this.#random = new Random(seed, 'line');
    const ids = new Random(seed, 'session');
    this.exchange = new Exchange(
      { random: () => ids.uint32(), watchdogS: 1, linkTimeoutS: 2, lineBytesPerS: 300_000, ...options },
      this,
    );
    this.board = new ModelBoard(1000);
    this.#toBoard = new FrameDecoder((frame) => this.#toHostAll(this.board.receive(this.nowS, frame)));
    this.#toHost = new FrameDecoder((frame) => this.exchange.receive(this.nowS, frame));
  }

  onWelcome(_welcome: unknown, continuity: Continuity): void {
    this.welcomes.push(continuity);
  }
  onRefused(refusal: Refusal): void {
    this.refusals.push(refusal);
  }
  onMessage(message: { name: string; value: object }): void {
    if (message.name === 'Fault') this.received.push((message.value as { detail: number }).detail);
  }
  onClock(exchange: ClockExchange): void {
    this.readings.push(exchange);
  }
  onMalformed(where: string): void {
    this.malformed.push(where);
  }
  onDown(reason: string): void {
    this.downs.push(reason);
  }

  plug(): void {
    this.plugged = true;
    this.exchange.lineOpened(this.nowS);
  }

  unplug(): void {
    this.plugged = false;
    this.#underway = [];
    this.exchange.lineClosed('unplugged');
  }

  /** A reliable message of the host that the board will record as `value`. */
  send(value: number): number {
    return this.exchange.send('Arm', { mode: 0, firstSlot: value, startTicks: 0n, slotTicks: 1 });
  }

  run(durationS: number, until: () => boolean = () => false): void {
    const endS = this.nowS + durationS;
    while (this.nowS < endS && !until()) this.#step();
  }

  #step(): void {
    this.nowS += STEP_S;
    const due = this.#underway.filter((each) => each.dueS <= this.nowS);
    this.#underway = this.#underway.filter((each) => each.dueS > this.nowS);
    for (const { bytes, decoder } of due.sort((a, b) => a.dueS - b.dueS)) decoder.push(bytes);
    // Asked only when it wants to be asked: a deadline that is too late would show as messages that never arrive.
    while (this.nowS >= this.exchange.deadlineS) {
      const frame = this.exchange.output(this.nowS);
      if (frame === null) continue;
      this.framesToBoard++;
      this.#put(frame, this.#toBoard);
    }
    this.#toHostAll(this.board.output(this.nowS));
  }

  #toHostAll(frames: readonly Uint8Array[]): void {
    for (const frame of frames) this.#put(frame, this.#toHost);
  }

  #put(frame: Uint8Array, decoder: FrameDecoder): void {
    const { loss, duplication, corruption, minDelayS, maxDelayS } = this.faults;
    if (!this.plugged) return;
    const copies = this.#random.uniform() < duplication ? 2 : 1;
    for (let k = 0; k < copies; k++) {
      if (this.#random.uniform() < loss) continue;
      const bytes = frame.slice();
      if (this.#random.uniform() < corruption)
        bytes[this.#random.integer(bytes.length)]! ^= 1 << this.#random.integer(8);
      const delayS = minDelayS + (maxDelayS - minDelayS) * this.#random.uniform();
      this.#underway.push({ dueS: this.nowS + delayS, bytes, decoder });
    }
  }
}
