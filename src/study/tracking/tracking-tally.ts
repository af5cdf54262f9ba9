/** Sums of one tracker at one point; the sums of several jobs add up. */

/** Of one group of users over all of its epochs. */
export interface GroupScore {
  readonly trackerIndex: number;
  readonly pointIndex: number;
  /** Mean over users and epochs. */
  readonly gain: number;
  readonly top1: number;
  readonly top3: number;
  readonly nmse: number;
  /** Summed over users, mean over epochs, bit/s/Hz (Qian et al. 2026, eq. 4). */
  readonly sumRate: number;
  /** Of a user and epoch: codewords that were probed, and pilots with which the scheme found it anew. */
  readonly probes: number;
  readonly trainingPilots: number;
  /** Share of users' epochs without a beam. */
  readonly unserved: number;
}
