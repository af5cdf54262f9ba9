import type { SlotTiming } from './host-clock.js';

/** One slot as a UE measured it. */
export interface SlotPower {
  readonly slot: number;
  /** The UE's clock, s. */
  readonly ueTimeS: number;
  /** Noise power per subcarrier, linear, same unit as `powers`. */
  readonly noiseFloor: number;
  /** Received power, linear, shape [numSubcarriers]. */
  readonly powers: Float32Array;
}

/** What a UE's own sensors say of where it is. */
export interface SensorReport {
  /** Rises by one per report; the agent numbers those without. Reports up to the number that the bridge has are left out. */
  readonly sequence?: number;
  /** When it was measured, on the clock of the powers, s. */
  readonly ueTimeS: number;
  /** [x, y], the array being on the y axis, m. */
  readonly positionM: readonly [number, number];
  /** m/s along x and y; null where it is not known. */
  readonly velocityMPerS: readonly [number, number] | null;
  /** Of [x, y] (2 x 2), or with a velocity of [x, y, vx, vy] (4 x 4), row-major, m and m/s. */
  readonly covariance: readonly number[];
}

export function isSensorReport(item: SlotPower | SensorReport): item is SensorReport {
  return 'positionM' in item;
}

/** Which slot is which cannot be told; the message says why, in so many words as fit into a control message. */
export class UntoldSlots extends Error {}

/** Where a UE's powers come from: a radio, or an emulation of one. */
export interface PowerSource {
  /**
   * Told which slots (strictly ascending) are wanted. Resolves once the source listens for them: only then does the
   * controller have them latched. Called once per request, in order. A source that cannot tell these slots from each other or
   * from their neighbours throws UntoldSlots; the controller then plans others.
   *
   * @param timing when the first of them begins, and so all; null where the bridge does not say.
   */
  listenFor(slots: readonly number[], timing: SlotTiming | null): Promise<void> | void;
  /**
   * The powers, in the order in which they were measured, and among them what the UE's sensors say. Called once. It is read only as fast as the bridge
   * acknowledges. The agent says bye when it ends; an error ends the agent. It must end soon after `signal` is raised.
   */
  powers(signal: AbortSignal): AsyncIterable<SlotPower | SensorReport>;
}

/** A first-in first-out queue that is written synchronously and read as `PowerSource.powers` wants it. */
export class PowerQueue<T = SlotPower> {
  readonly #waiting: T[] = [];
  #wake: (() => void) | null = null;
  #ended = false;

  push(item: T): void {
    this.#waiting.push(item);
    this.#wake?.();
  }

  /** What was pushed before is still read. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *read(signal: AbortSignal): AsyncGenerator<T, void, void> {
    const onAbort = () => this.#wake?.();
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted) {
        // Taken in one go: shifting one by one is quadratic for long queues.
        for (const item of this.#waiting.splice(0)) {
          yield item;
          if (signal.aborted) return;
        }
        if (this.#waiting.length > 0) continue;
        if (this.#ended) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = null;
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
}
