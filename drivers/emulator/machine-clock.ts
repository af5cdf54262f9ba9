/**
 * How far the machine's monotonic clock, which all of its processes share, is ahead of this process's, which counts from its start, s.
 * Both are read together, again and again: a busy machine may let any time pass between two readings.
 */
export const MACHINE_CLOCK_AHEAD_S = (() => {
  let best = { aheadS: 0, withinS: Number.POSITIVE_INFINITY };
  for (let k = 0; k < 20; k++) {
    const beforeS = performance.now() / 1e3;
    const machineS = Number(process.hrtime.bigint()) / 1e9;
    const afterS = performance.now() / 1e3;
    const withinS = afterS - beforeS;
    if (withinS < best.withinS) best = { aheadS: machineS - (beforeS + afterS) / 2, withinS };
  }
  return best.aheadS;
})();
