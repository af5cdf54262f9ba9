import type { Probe } from './probe.js';

/** Resolves when nothing came for a time, and for as long again: the first may end before what waits in the system is read. */
export async function quietLine(probe: Probe, forS: number): Promise<void> {
  for (let times = 0; times < 2; times++) {
    const before = probe.numBytes;
    await probe.wait(forS);
    if (probe.numBytes !== before) times = -1;
  }
}
