import type { SensorMessage } from '../bridge/sensor-reading.js';
import type { SensorReport } from './power-source.js';

/** Reports that wait while the bridge is out of reach; of more, the older ones are lost: they are of no use any more. */
const MOST_WAITING = 1000;

/** What a UE's sensors said, in order with its power records. Each is sent once: what is lost on the way is not sent again. */
export class SensorReports {
  readonly #waiting: { readonly after: number; readonly message: SensorMessage }[] = [];
  /** The last number that was given or seen; null while reports are not wanted. */
  #last: number | null = null;

  /** @param after the last number that the bridge has; null where it wants none. */
  welcomed(after: number | null): void {
    if (after === null) this.#waiting.length = 0;
    this.#last = after === null ? null : Math.max(after, this.#last ?? 0);
  }

  /** @param after number of the last power record before it. */
  add({ sequence, ueTimeS, positionM, velocityMPerS, covariance }: SensorReport, after: number): void {
    if (this.#last === null) return;
    const number = sequence ?? this.#last + 1;
    if (number <= this.#last) return;
    this.#last = number;
    this.#waiting.push({
      after,
      message: {
        type: 'sensor',
        sequence: number,
        ueTimeS,
        positionM: [...positionM],
        ...(velocityMPerS !== null && { velocityMPerS: [...velocityMPerS] }),
        covariance: [...covariance],
      },
    });
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
  }

  /** The power record after which the next report is to be sent; Infinity where none waits. */
  get nextAfter(): number {
    return this.#waiting[0]?.after ?? Infinity;
  }

  /** Takes reports whose turn has come once the records before `sequence` are sent. */
  takeBefore(sequence: number): SensorMessage[] {
    const next = this.#waiting.findIndex(({ after }) => after >= sequence);
    return this.#waiting.splice(0, next < 0 ? this.#waiting.length : next).map(({ message }) => message);
  }

  /** Power records are numbered anew up to `last`: reports stay behind those that are there. */
  renumbered(last: number): void {
    this.#waiting.forEach(({ after, message }, k) => {
      this.#waiting[k] = { after: Math.min(after, last), message };
    });
  }
}
