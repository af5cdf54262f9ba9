import type { Powers } from './powers.js';
import type { PilotBatch, Sounding } from './sounding.js';

export interface Sounded<Result> {
  readonly result: Result;
  readonly numPilots: number;
}

/** Runs a sounding to its end where the powers of every batch can be told at once. */
export function runSounding<Result>(
  sounding: Sounding<Result>,
  measure: (pilots: PilotBatch) => Powers,
): Sounded<Result> {
  let numPilots = 0;
  let step = sounding.next();
  while (!step.done) {
    numPilots += step.value.length;
    step = sounding.next(measure(step.value));
  }
  return { result: step.value, numPilots };
}
