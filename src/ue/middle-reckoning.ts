/**
 * What a receiver measured in the middle third of each slot, for an array whose slots nothing on the air begins or ends: by its clock
 * alone, and what `measure` says of when slots are (docs/ue-protocol.md).
 */
import { BEAM_STANDS_BY, MEASURED_UNTIL } from '../core/slot-window.js';
import type { SlotTiming } from './host-clock.js';
import type { Heard } from './slot-reckoning.js';

/** A signal and the part of the window that it filled, from 0 to 1. */
export interface HeardPart<T> {
  readonly share: number;
  readonly signal: T | null;
}

export interface MeasuredSlot<T> {
  readonly slot: number;
  /** When its window began, on the UE's clock, s. */
  readonly fromS: number;
  /** All that was heard in the window, shares summing to 1. */
  readonly parts: readonly HeardPart<T>[];
}

interface Window<T> {
  readonly slot: number;
  readonly fromS: number;
  readonly untilS: number;
  readonly parts: { heardS: number; signal: T | null }[];
}

/** A window that was not heard to this part was not listened to from its beginning. */
const WHOLE = 0.999;

export class MiddleReckoning<T> {
  /** In order of time. */
  #windows: Window<T>[] = [];

  get isIdle(): boolean {
    return this.#windows.length === 0;
  }

  /** @param slots ascending; those of earlier requests that have not begun by then do not come any more. */
  listenFor(slots: readonly number[], timing: SlotTiming): void {
    const startOf = (slot: number) => timing.startS + (slot - timing.slot) * timing.slotDurationS;
    const firstS = startOf(slots[0]!);
    this.#windows = this.#windows.filter(({ fromS }) => fromS < firstS);
    for (const slot of slots) {
      const [fromS, untilS] = [BEAM_STANDS_BY, MEASURED_UNTIL].map(
        (part) => startOf(slot) + part * timing.slotDurationS,
      );
      this.#windows.push({ slot, fromS: fromS!, untilS: untilS!, parts: [] });
    }
  }

  /** What was heard, in order of time and without gaps; returns the slots whose windows are over. */
  hear({ fromS, untilS, signal }: Heard<T>): MeasuredSlot<T>[] {
    const measured: MeasuredSlot<T>[] = [];
    for (const window of this.#windows) {
      const heardS = Math.min(untilS, window.untilS) - Math.max(fromS, window.fromS);
      if (heardS > 0) add(window, heardS, signal);
      if (untilS < window.untilS) break;
      const lengthS = window.untilS - window.fromS;
      const totalS = window.parts.reduce((sum, part) => sum + part.heardS, 0);
      if (totalS < WHOLE * lengthS) continue;
      const parts = window.parts.map((part) => ({ share: part.heardS / totalS, signal: part.signal }));
      measured.push({ slot: window.slot, fromS: window.fromS, parts });
    }
    this.#windows = this.#windows.filter((window) => untilS < window.untilS);
    return measured;
  }
}

/** Whether the windows of these slots lie within the middle thirds whatever the doubt about time, give or take half of one. */
export function isMiddleTold(slots: readonly number[], timing: SlotTiming): boolean {
  const spanS = (slots.at(-1)! - slots[0]!) * timing.slotDurationS;
  const doubtS = timing.uncertaintyS + timing.maxDrift * spanS;
  return doubtS < ((MEASURED_UNTIL - BEAM_STANDS_BY) / 2) * timing.slotDurationS;
}

function add<T>({ parts }: Window<T>, heardS: number, signal: T | null): void {
  const last = parts.at(-1);
  if (last !== undefined && last.signal === signal) last.heardS += heardS;
  else parts.push({ heardS, signal });
}
