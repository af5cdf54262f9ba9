/** What a beam-split study finds: numbers per count of pilots, and the map behind them. */
import type { StudyRow } from '../common/result.js';

export interface BeamSplitRow extends StudyRow {
  readonly numPilots: number;
  /** Pilots that leave no hole between the rings, and the ratio that is rounded up to it; null where rings do not drift. */
  readonly minPilots: number | null;
  readonly pilotRatio: number | null;
  /** Slope over what neighbouring subcarriers allow; above 1 directions are missed. */
  readonly coverageRatio: number;
  readonly missedShare: number;
  /** Share of the subcarriers, of all pilots, that have a focus in front of the array. */
  readonly visibleShare: number;
  /** Share of the sector in direction and ring where a subcarrier of a pilot reaches half power. */
  readonly coveredShare: number;
  /** Of the strongest subcarrier, at the worst point of the grid and where 95 % of it are better, dB. */
  readonly leastGainDb: number;
  readonly gainDbOf95Percent: number;
}

/** Power gain of the strongest subcarrier of all pilots over the sector, dB. */
export interface GainMap {
  readonly sinAngles: readonly number[];
  readonly ringsPerM: readonly number[];
  /** Shape [rings, sinAngles]. */
  readonly gainDb: readonly (readonly number[])[];
}
