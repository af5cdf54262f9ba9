/** Which beams are worth a probe, and how many an epoch may have. */
import type { Prediction } from './tracker.js';

export interface ProbingRules {
  /** Share of all slots that may be probes, over a running window. */
  readonly budget: number;
  /** Nothing is probed for a user whose first beam is at least as likely; else so many that they are it together. */
  readonly confidence: number;
  /** Of one user. */
  readonly mostPerEpoch: number;
  /** Of the running window. */
  readonly windowEpochs: number;
}

/**
 * Columns beside the one that serves: the fewest that reach the confidence with it, at most so many.
 *
 * @param served whose power is known anyway.
 */
export function candidates(
  prediction: Prediction,
  served: number,
  { confidence, mostPerEpoch }: ProbingRules,
): number[] {
  const chosen: number[] = [];
  let probability = 0;
  for (const ranked of prediction ?? []) {
    if (probability >= confidence || chosen.length === mostPerEpoch) break;
    probability += ranked.probability;
    if (ranked.column !== served) chosen.push(ranked.column);
  }
  return chosen;
}

/** Keeps probes to their share of the slots. */
export class ProbeBudget {
  readonly #rules: ProbingRules;
  /** Of the epochs in the window, oldest first. */
  readonly #epochs: { readonly numProbes: number; readonly numOthers: number }[] = [];

  constructor(rules: ProbingRules) {
    this.#rules = rules;
  }

  /** @param numOthers slots of the coming epoch that are no probes. */
  left(numOthers: number): number {
    const { budget, windowEpochs } = this.#rules;
    const before = windowEpochs === 1 ? [] : this.#epochs.slice(1 - windowEpochs);
    const sum = (of: (epoch: { numProbes: number; numOthers: number }) => number) =>
      before.reduce((total, epoch) => total + of(epoch), 0);
    const others = numOthers + sum((epoch) => epoch.numOthers);
    const probes = sum((epoch) => epoch.numProbes);
    if (budget >= 1) return Number.POSITIVE_INFINITY;
    // p <= budget (p + others).
    return Math.max(0, Math.floor((budget / (1 - budget)) * others - probes + 1e-9));
  }

  spend(numProbes: number, numOthers: number): void {
    this.#epochs.push({ numProbes, numOthers });
    if (this.#epochs.length > this.#rules.windowEpochs) this.#epochs.shift();
  }
}
