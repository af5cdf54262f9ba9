/** What foretells beams of the seven slots without learning weights: beams by window and slot, best first. */
import { NUM_FRAMES, NUM_SLOTS, type WindowSet } from '../data/window-set.js';

export interface CameraBaseline {
  readonly name: string;
  readonly title: string;
  /** All beams of a slot, from 0, best first. */
  ranked(window: number, slot: number): number[];
}

/** Beams that a line goes through. */
const ON_LINE = 5;

/** @param training windows that the table counts. */
export function cameraBaselines(set: WindowSet, training: WindowSet): CameraBaseline[] {
  const table = countedTable(training);
  const past = (window: number) => set.past.subarray(window * NUM_FRAMES, (window + 1) * NUM_FRAMES);
  return [
    {
      name: 'hold',
      title: 'hold the beam of the slot before',
      ranked: (window) => nearest(past(window).at(-1)!, set.numBeams),
    },
    {
      name: 'line',
      title: 'line through the last 5 beams',
      ranked: (window, slot) => nearest(onLine(past(window), slot), set.numBeams),
    },
    {
      name: 'table',
      title: 'counts by the last beam and direction',
      ranked(window, slot) {
        const last = past(window).at(-1)!;
        const counts = table[slot]![directionOf(past(window))]![last]!;
        // What was never seen is as likely as it is near.
        const order = nearest(last, set.numBeams);
        const place = new Map(order.map((beam, k) => [beam, k]));
        return order.sort((a, b) => counts[b]! - counts[a]! || place.get(a)! - place.get(b)!);
      },
    },
  ];
}

/** Beams by their distance from a place among them, the lower one of equals first. */
function nearest(place: number, numBeams: number): number[] {
  const beams = Array.from({ length: numBeams }, (_, k) => k);
  return beams.sort((a, b) => Math.abs(a - place) - Math.abs(b - place) || a - b);
}

/** Least squares through the last beams, so many slots after the last of them and one more. */
function onLine(past: Int32Array, slot: number): number {
  const last = past.subarray(past.length - ON_LINE);
  const middle = (ON_LINE - 1) / 2;
  let [mean, slope, spread] = [0, 0, 0];
  for (const [k, beam] of last.entries()) {
    mean += beam / ON_LINE;
    slope += (k - middle) * beam;
    spread += (k - middle) ** 2;
  }
  return mean + (slope / spread) * (slot + ON_LINE - middle);
}

/** 0: down, 1: still, 2: up. */
function directionOf(past: Int32Array): number {
  return 1 + Math.sign(past.at(-1)! - past[0]!);
}

/** How often each beam came after the last one, [slots][directions][last][beams]. */
function countedTable({ numWindows, numBeams, past, future }: WindowSet): Float64Array[][][] {
  const table = Array.from({ length: NUM_SLOTS }, () =>
    Array.from({ length: 3 }, () => Array.from({ length: numBeams }, () => new Float64Array(numBeams))),
  );
  for (let w = 0; w < numWindows; w++) {
    const own = past.subarray(w * NUM_FRAMES, (w + 1) * NUM_FRAMES);
    for (let slot = 0; slot < NUM_SLOTS; slot++) {
      table[slot]![directionOf(own)]![own.at(-1)!]![future[w * NUM_SLOTS + slot]!]!++;
    }
  }
  return table;
}
