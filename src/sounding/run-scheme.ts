import type { Estimate, PilotBatch, Powers, Scheme } from './scheme.js';

export interface Training {
  readonly estimate: Estimate;
  readonly numPilots: number;
}

/** Runs a scheme to its end where the powers of every batch can be told at once. */
export function runScheme(scheme: Scheme, measure: (pilots: PilotBatch) => Powers): Training {
  let numPilots = 0;
  let step = scheme.next();
  while (!step.done) {
    numPilots += step.value.length;
    step = scheme.next(measure(step.value));
  }
  return { estimate: step.value, numPilots };
}
