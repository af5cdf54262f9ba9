/** Two tables of one board as one. */
import { type CalibrationTable, silentElements } from '../calibration-table.js';
import { meanDirection, Z95 } from '../procedures/calibration-result.js';
import { requireSameBoard } from './compare-tables.js';

/**
 * Phases and gains that both tables tell are averaged by their intervals, after the second's phases are turned to agree with the
 * first's; where an interval is missing, the second, which is the newer one, stands. What one table alone tells is taken over. An element
 * is dead or stuck if the second says so.
 *
 * @throws BOARD_MISMATCH as `compareTables`.
 */
export function mergeTables(first: CalibrationTable, second: CalibrationTable): CalibrationTable {
  requireSameBoard(first, second);
  const silent = [silentElements(first), silentElements(second)] as const;
  const counts = (n: number) => !silent[0].has(n) && !silent[1].has(n);
  const commonRad = meanDirection(
    second.phaseErrorRad.map((rad, n) => rad - first.phaseErrorRad[n]!),
    counts,
  );
  const phases = weighted(first.phaseIntervalRad, second.phaseIntervalRad);
  const phaseErrorRad = second.phaseErrorRad.map((rad, n) => {
    if (silent[1].has(n)) return 0;
    const newer = rad - commonRad;
    if (silent[0].has(n)) return newer;
    const older = first.phaseErrorRad[n]!;
    const off = Math.atan2(Math.sin(newer - older), Math.cos(newer - older));
    return older + phases.share(n) * off;
  });
  const gains = weighted(first.gainInterval, second.gainInterval);
  const gain =
    first.gain === null || second.gain === null
      ? (second.gain ?? first.gain)
      : second.gain.map((x, n) => {
          const share = silent[0].has(n) || silent[1].has(n) ? 1 : gains.share(n);
          return (1 - share) * first.gain![n]! + share * x;
        });
  return {
    file: `${first.file} and ${second.file}`,
    boardSerialNumber: first.boardSerialNumber,
    phaseErrorRad,
    delayErrorS: second.delayErrorS ?? first.delayErrorS,
    lineErrorS: second.lineErrorS ?? first.lineErrorS,
    delayGainError: second.delayGainError ?? first.delayGainError,
    codeErrorRad: second.codeErrorRad ?? first.codeErrorRad,
    gain,
    phaseIntervalRad: phases.interval(),
    gainInterval: gains.interval(),
    ...{ dead: second.dead, stuck: second.stuck },
    measured: {
      ...first.measured,
      ...second.measured,
      notes: [
        ...(first.measured.notes ?? []),
        ...(second.measured.notes ?? []),
        `merged of ${first.measured.date ?? first.file} and ${second.measured.date ?? second.file}`,
      ],
    },
  };
}

/** How much of a step from the first to the second is gone, and what interval is left. */
function weighted(first: Float64Array | null, second: Float64Array | null) {
  if (first === null || second === null) {
    return { share: () => 1, interval: () => second ?? null };
  }
  const information = (values: Float64Array, n: number) => (Z95 / Math.max(values[n]!, 1e-9)) ** 2;
  return {
    share: (n: number) => information(second, n) / (information(first, n) + information(second, n)),
    interval: () => second.map((_, n) => Z95 / Math.sqrt(information(first, n) + information(second, n))),
  };
}
