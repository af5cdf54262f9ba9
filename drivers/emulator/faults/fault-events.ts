import type { Timers } from '../timers.js';
import type { FaultAction, FaultEvent } from './fault-plan.js';

/** Fires each event of a plan once, when its byte count, slot or time is reached. */
export class FaultEvents {
  readonly #fire: (action: FaultAction) => void;
  readonly #cancel: (() => void)[];
  #waiting: FaultEvent[];
  #bytes = 0;

  constructor(events: readonly FaultEvent[], timers: Timers, fire: (action: FaultAction) => void) {
    this.#fire = fire;
    this.#waiting = events.filter(({ trigger }) => trigger.kind !== 'time');
    this.#cancel = events.flatMap(({ trigger, action }) =>
      trigger.kind === 'time' ? [timers.after(trigger.timeS, () => fire(action))] : [],
    );
  }

  /** The host sent bytes. */
  bytes(count: number): void {
    if (this.#waiting.length === 0) return;
    this.#bytes += count;
    this.#check(({ trigger }) => trigger.kind === 'bytes' && trigger.count <= this.#bytes);
  }

  /** A slot came up. */
  slot(slot: number): void {
    this.#check(({ trigger }) => trigger.kind === 'slot' && trigger.slot <= slot);
  }

  close(): void {
    for (const cancel of this.#cancel) cancel();
    this.#waiting = [];
  }

  #check(due: (event: FaultEvent) => boolean): void {
    const fired = this.#waiting.filter(due);
    if (fired.length === 0) return;
    this.#waiting = this.#waiting.filter((event) => !due(event));
    for (const { action } of fired) this.#fire(action);
  }
}
