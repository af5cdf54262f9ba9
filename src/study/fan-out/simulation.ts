/** Studies that draw users, which threads simulate. */
import type { AccuracyStudy } from '../accuracy/accuracy-file.js';
import { Simulator } from '../accuracy/accuracy-simulator.js';
import type { RateStudy } from '../rate/rate-file.js';
import { RateSimulator } from '../rate/rate-simulator.js';
import type { UserJob } from './user-job.js';

/** Plain data: it is sent to worker threads. */
export type Simulation =
  | { readonly kind: 'accuracy'; readonly study: AccuracyStudy; readonly traced: boolean }
  | { readonly kind: 'rate'; readonly study: RateStudy };

export function createSimulator(simulation: Simulation): { run(job: UserJob): unknown } {
  switch (simulation.kind) {
    case 'accuracy':
      return new Simulator(simulation.study, simulation.traced);
    case 'rate':
      return new RateSimulator(simulation.study);
  }
}
