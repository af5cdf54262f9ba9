/** What the host knows of the board's time. */
import type { BoardTimeInterval } from '../array-board.js';
import { type ClockExchange, ClockSync } from '../link/clock-sync.js';

export interface BoardClock {
  add(exchange: ClockExchange): void;
  /** Board time at host time `hostS`; null while unknown. */
  at(hostS: number): BoardTimeInterval | null;
}

/**
 * `running`: the board's clock runs at the host's rate, but for the drift of crystals. `stepped`: it stands still unless
 * somebody moves it (virtual time), so the last reading is exact until then.
 */
export type BoardClockKind = 'running' | 'stepped';

/** Crystals of host and board together. */
const MAX_DRIFT = 100e-6;

class SteppedClock implements BoardClock {
  readonly #clockRateHz: number;
  #lastTicks: bigint | null = null;

  constructor(clockRateHz: number) {
    this.#clockRateHz = clockRateHz;
  }

  add(exchange: ClockExchange): void {
    const ticks = exchange.boardSentTicks;
    if (this.#lastTicks === null || ticks > this.#lastTicks) this.#lastTicks = ticks;
  }

  at(): BoardTimeInterval | null {
    if (this.#lastTicks === null) return null;
    const boardS = Number(this.#lastTicks) / this.#clockRateHz;
    return { loS: boardS, hiS: boardS };
  }
}

export function createBoardClock(kind: BoardClockKind, clockRateHz: number): BoardClock {
  return kind === 'running' ? new ClockSync(clockRateHz, MAX_DRIFT) : new SteppedClock(clockRateHz);
}
