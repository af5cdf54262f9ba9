/** By how much two tables of one board differ, modulo a phase common to all elements, which is no error. */
import { BeamloopError } from '../../src/core/errors.js';
import { type CalibrationTable, silentElements } from '../calibration-table.js';
import { meanDirection, Z95 } from '../procedures/calibration-result.js';

export interface TableDifference {
  /** Common to all elements, rad: second less first. */
  readonly commonRad: number;
  /** Of each element beyond that, rad, shape [numElements]; NaN where either table names it dead or stuck. */
  readonly restRad: Float64Array;
  readonly rmsRad: number;
  readonly worstRad: number;
  /** Index of the worst element, from 0. */
  readonly worstElement: number;
  /** What the tables' own intervals explain, rad rms; null where one of them states none. */
  readonly explainedRad: number | null;
  /** Elements that differ by more than their 95 % intervals allow; null as above. Of n elements without change, n/20 do. */
  readonly outsideIntervals: number | null;
  /** Gains, dB rms of the differences; null unless both tables have them. */
  readonly gainRmsDb: number | null;
  /** Delays beyond a common one, s rms; null as above. */
  readonly delayRmsS: number | null;
  /** Indices that are dead or stuck in one table and not in the other. */
  readonly newlySilent: readonly number[];
  readonly revived: readonly number[];
}

/** @throws BOARD_MISMATCH for tables of different boards or numbers of elements. */
export function compareTables(first: CalibrationTable, second: CalibrationTable): TableDifference {
  requireSameBoard(first, second);
  const numElements = first.phaseErrorRad.length;
  const silent = [first, second].map(silentElements) as [ReadonlySet<number>, ReadonlySet<number>];
  const counts = (n: number) => !silent.some((each) => each.has(n));
  const raw = second.phaseErrorRad.map((rad, n) => rad - first.phaseErrorRad[n]!);
  const commonRad = meanDirection(raw, counts);
  const restRad = raw.map((rad, n) =>
    counts(n) ? Math.atan2(Math.sin(rad - commonRad), Math.cos(rad - commonRad)) : Number.NaN,
  );
  const counted = Array.from({ length: numElements }, (_, n) => n).filter(counts);
  const worstElement = counted.reduce(
    (a, b) => (Math.abs(restRad[b]!) > Math.abs(restRad[a]!) ? b : a),
    counted[0] ?? 0,
  );
  const [a, b] = [first.phaseIntervalRad, second.phaseIntervalRad];
  const limit = a === null || b === null ? null : a.map((x, n) => Math.hypot(x, b[n]!));
  return {
    ...{ commonRad, restRad, worstElement, worstRad: Math.abs(restRad[worstElement]!) },
    rmsRad: rootMean(counted, (n) => restRad[n]!),
    explainedRad: limit && rootMean(counted, (n) => limit[n]! / Z95),
    outsideIntervals: limit && counted.filter((n) => Math.abs(restRad[n]!) > limit[n]!).length,
    gainRmsDb:
      first.gain &&
      second.gain &&
      rootMean(counted, (n) => 20 * Math.log10(second.gain![n]! / first.gain![n]!)),
    delayRmsS:
      first.delayErrorS && second.delayErrorS && beyondCommon(counted, first.delayErrorS, second.delayErrorS),
    newlySilent: [...silent[1]].filter((n) => !silent[0].has(n)).sort((x, y) => x - y),
    revived: [...silent[0]].filter((n) => !silent[1].has(n)).sort((x, y) => x - y),
  };
}

/** @throws BOARD_MISMATCH */
export function requireSameBoard(first: CalibrationTable, second: CalibrationTable): void {
  const refuse = (what: string) => {
    throw new BeamloopError('BOARD_MISMATCH', {
      what,
      where: `${first.file}, ${second.file}`,
      todo: 'Give two tables of one board',
    });
  };
  if (first.boardSerialNumber !== second.boardSerialNumber) {
    refuse(
      `One table is of board ${first.boardSerialNumber}, the other of board ${second.boardSerialNumber}`,
    );
  }
  const [a, b] = [first.phaseErrorRad.length, second.phaseErrorRad.length];
  if (a !== b) refuse(`One table lists ${a} elements, the other ${b}`);
}

function rootMean(elements: readonly number[], of: (n: number) => number): number {
  return Math.sqrt(elements.reduce((sum, n) => sum + of(n) ** 2, 0) / Math.max(1, elements.length));
}

function beyondCommon(elements: readonly number[], first: Float64Array, second: Float64Array): number {
  const common = elements.reduce((sum, n) => sum + second[n]! - first[n]!, 0) / Math.max(1, elements.length);
  return rootMean(elements, (n) => second[n]! - first[n]! - common);
}
