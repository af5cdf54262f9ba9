import type { Probe } from './probe.js';

/** A board that never falls silent is waited for no longer. */
const MOST_WAITS = 20;

/** Resolves when nothing came for a time, and for as long again: the first may end before what waits in the system is read. */
export async function quietLine(probe: Probe, forS: number): Promise<void> {
  let quiet = 0;
  for (let waits = 0; waits < MOST_WAITS && quiet < 2; waits++) {
    const before = probe.numBytes;
    await probe.wait(forS);
    quiet = probe.numBytes === before ? quiet + 1 : 0;
  }
}
