import type { Codeword } from '../codebook/codeword.js';
import { type Estimate, powersOf, type Scheme } from './scheme.js';

export interface Training {
  readonly estimate: Estimate;
  readonly numPilots: number;
}

/** Runs a scheme to its end where every pilot's power can be told at once. */
export function runScheme(scheme: Scheme, receivedPower: (pilot: Codeword) => number): Training {
  let numPilots = 0;
  let step = scheme.next();
  while (!step.done) {
    const pilots = step.value;
    numPilots += pilots.length;
    step = scheme.next(powersOf(Float64Array.from(pilots, receivedPower), 1));
  }
  return { estimate: step.value, numPilots };
}
