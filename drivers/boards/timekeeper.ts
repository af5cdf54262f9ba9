/** Keeps the board's time: collects readings, lets callers wait for one. */
import type { Clock } from '../../src/core/clock.js';
import { BeamloopError } from '../../src/core/errors.js';
import type { BoardTimeInterval } from '../array-board.js';
import { type ClockExchange, ClockSync } from '../link/clock-sync.js';

/** Crystals of host and board together. */
const MAX_DRIFT = 100e-6;
/** After this long a reading counts as lost and is asked for again. */
const READING_TIMEOUT_S = 0.1;

interface Waiter {
  readonly wants: (token: number, numReadings: number) => boolean;
  readonly settle: (error: Error | null) => void;
}

export class Timekeeper {
  readonly #clockRateHz: number;
  readonly #clock: Clock;
  #boardClock: ClockSync;
  #numReadings = 0;
  #waiters: Waiter[] = [];

  constructor(clockRateHz: number, clock: Clock) {
    this.#clockRateHz = clockRateHz;
    this.#clock = clock;
    this.#boardClock = new ClockSync(clockRateHz, MAX_DRIFT);
  }

  /** The board's clock is new: nothing is known of it. */
  restart(): void {
    this.#boardClock = new ClockSync(this.#clockRateHz, MAX_DRIFT);
    this.#numReadings = 0;
  }

  add(exchange: ClockExchange, token: number): void {
    this.#boardClock.add(exchange);
    this.#numReadings++;
    this.#settle((waiter) => waiter.wants(token, this.#numReadings), null);
  }

  /** Throws BOARD_SILENT while nothing is known. */
  now(): BoardTimeInterval {
    const interval = this.#boardClock.at(this.#clock.nowS());
    if (interval !== null) return interval;
    throw new BeamloopError('BOARD_SILENT', {
      what: "The board's time is not known yet",
      todo: "Wait until the link is 'up'",
    });
  }

  /** Latest time that the board has surely reached, s; 0 while nothing is known. */
  get latestS(): number {
    return this.#boardClock.at(this.#clock.nowS())?.loS ?? 0;
  }

  /** Resolves when so many readings have come since the start. */
  async known(numReadings: number): Promise<void> {
    if (this.#numReadings < numReadings) await this.#wait((_token, count) => count >= numReadings);
  }

  /** Asks (`ask` sends the question and returns its token) until an answer comes. */
  async read(ask: () => Promise<number>): Promise<BoardTimeInterval> {
    let answered: Promise<void> | undefined;
    for (;;) {
      const token = await ask();
      // Any answer since the first question will do: where each takes long, the newest question never has one in time.
      answered ??= this.#wait((answer) => (answer - token) >>> 0 < 2 ** 31);
      const timeout = new AbortController();
      const lost = this.#clock.sleep(READING_TIMEOUT_S, timeout.signal).then(
        () => false,
        () => false,
      );
      if (await Promise.race([answered.then(() => true), lost])) {
        timeout.abort();
        return this.now();
      }
    }
  }

  /** No more readings will come. */
  end(error: Error): void {
    this.#settle(() => true, error);
  }

  #wait(wants: Waiter['wants']): Promise<void> {
    const waiting = new Promise<void>((resolve, reject) => {
      this.#waiters.push({ wants, settle: (error) => (error === null ? resolve() : reject(error)) });
    });
    waiting.catch(() => {});
    return waiting;
  }

  #settle(concerns: (waiter: Waiter) => boolean, error: Error | null): void {
    const settled = this.#waiters.filter(concerns);
    if (settled.length === 0) return;
    this.#waiters = this.#waiters.filter((waiter) => !settled.includes(waiter));
    for (const waiter of settled) waiter.settle(error);
  }
}
