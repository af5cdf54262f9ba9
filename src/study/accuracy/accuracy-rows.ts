/** From counts to the rows of an accuracy study. */
import { schemeLabel } from '../../training/scheme-label.js';
import { pointOrRange } from '../common/point-or-range.js';
import type { StudyRow } from '../common/result.js';
import { wilsonInterval95 } from '../common/wilson.js';
import type { AccuracyStudy } from './accuracy-file.js';
import type { Tally } from './accuracy-simulator.js';
import { placesOf } from './places.js';

/** One scheme at one SNR of one place; the rows that `beamloop study --json` prints. */
export interface AccuracyRow extends StudyRow {
  readonly scheme: string;
  readonly case: string | null;
  readonly numElements: number;
  /** One ring, or the smallest and largest ring distance; null when users are listed. */
  readonly ringDistanceM: number | readonly number[] | null;
  /** One angle, or the smallest and largest one; null when users are listed. */
  readonly angleRad: number | readonly number[] | null;
  /** Null = no noise. */
  readonly snrDb: number | null;
  readonly numUes: number;
  /** Fraction of users whose estimate is the noise-free best codeword of the polar codebook. */
  readonly accuracy: number;
  readonly accuracyInterval95: readonly [number, number];
  readonly meanPilots: number;
}

/** Columns that say which point a row is; the others are results. */
export const ACCURACY_KEYS = ['scheme', 'case', 'numElements', 'ringDistanceM', 'angleRad', 'snrDb'];

/** Adds up the tallies of jobs as they come. */
export class AccuracySums {
  readonly #sums = new Map<string, Tally>();

  add(tallies: readonly Tally[]): void {
    for (const tally of tallies) {
      const key = `${tally.placeIndex}/${tally.snrDb}/${tally.schemeIndex}`;
      const sum = this.#sums.get(key);
      if (sum === undefined) {
        this.#sums.set(key, { ...tally });
        continue;
      }
      sum.numUsers += tally.numUsers;
      sum.numCorrect += tally.numCorrect;
      sum.numPilots += tally.numPilots;
    }
  }

  all(): Tally[] {
    return [...this.#sums.values()];
  }
}

/** One of each sum, in the order places, SNRs, schemes. */
export function accuracyRows(study: AccuracyStudy, sums: readonly Tally[]): AccuracyRow[] {
  const places = placesOf(study);
  const inOrder = [...sums].sort(
    (a, b) =>
      a.placeIndex - b.placeIndex ||
      (a.snrDb === b.snrDb ? a.schemeIndex - b.schemeIndex : a.snrDb - b.snrDb),
  );
  return inOrder.map((sum) => {
    const { caseLabel, numElements, region } = places[sum.placeIndex]!;
    return {
      scheme: schemeLabel(study.schemes[sum.schemeIndex]!),
      case: caseLabel,
      numElements,
      ringDistanceM: region && pointOrRange(region.ringDistanceM),
      angleRad: region && pointOrRange(region.angleRad),
      snrDb: Number.isFinite(sum.snrDb) ? sum.snrDb : null,
      numUes: sum.numUsers,
      accuracy: sum.numCorrect / sum.numUsers,
      accuracyInterval95: wilsonInterval95(sum.numCorrect, sum.numUsers),
      meanPilots: sum.numPilots / sum.numUsers,
    };
  });
}
