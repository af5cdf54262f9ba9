/** From scores to the rows of a study of beam prediction. */
import type { MeanWithInterval } from '../../prediction/evaluation/intervals.js';
import type { StudyRow } from '../common/result.js';
import { BASELINES, type BeamPredictionStudy } from './beam-prediction-file.js';
import type { PredictionScore } from './beam-prediction-simulator.js';
import { placesOf } from './beam-prediction-tasks.js';

/** One way to choose beams at one point; the rows that `beamloop study --json` prints. */
export interface BeamPredictionRow extends StudyRow {
  /** The network's name in the file, or what needs none. */
  readonly id: string;
  /** Beams that are chosen from. */
  readonly numFine: number;
  /** Null = no noise. */
  readonly snrDb: number | null;
  readonly trainedIn: string;
  readonly testedIn: string;
  readonly isHome: boolean;
  /** Users of training, and users that are scored: at home those that were kept from it, abroad all. */
  readonly numTraining: number;
  readonly numUes: number;
  readonly numPilots: number;
  /** Share of users whose beam is the best, and is within 1 dB of it; intervals over users (bootstrap). */
  readonly top1: number;
  readonly top1Interval95: readonly [number, number];
  readonly within1Db: number;
  readonly within1DbInterval95: readonly [number, number];
  /** bit/s/Hz (docs/model.md eq. 133). */
  readonly rate: number;
  readonly rateInterval95: readonly [number, number];
}

/** Columns that say which point a row is; the others are results. */
export const BEAM_PREDICTION_KEYS = ['id', 'numFine', 'snrDb', 'trainedIn', 'testedIn', 'isHome'];

/** In the order grids, SNRs, homes, places, choosers. */
export function beamPredictionRows(
  study: BeamPredictionStudy,
  scores: readonly PredictionScore[],
): BeamPredictionRow[] {
  const names = placesOf(study).map(([name]) => name);
  const ids = idsOf(study);
  const order = (score: PredictionScore): number[] => [
    score.numFine,
    study.snr.indexOf(score.snrDb),
    names.indexOf(score.trainedIn),
    names.indexOf(score.testedIn),
    ids.indexOf(score.id),
  ];
  return scores
    .map((score) => ({ score, at: order(score) }))
    .sort((a, b) => {
      const k = a.at.findIndex((value, place) => value !== b.at[place]);
      return k < 0 ? 0 : a.at[k]! - b.at[k]!;
    })
    .map(({ score }) => rowOf(score));
}

/** Searches first, then networks in the order of the file. */
export function idsOf({ networks }: BeamPredictionStudy): string[] {
  return [...BASELINES, ...Object.keys(networks)];
}

function rowOf({ top1, within1Db, rate, ...score }: PredictionScore): BeamPredictionRow {
  const interval = ({ low, high }: MeanWithInterval) => [low, high] as const;
  return {
    ...score,
    snrDb: Number.isFinite(score.snrDb) ? score.snrDb : null,
    isHome: score.trainedIn === score.testedIn,
    ...{ top1: top1.mean, top1Interval95: interval(top1) },
    ...{ within1Db: within1Db.mean, within1DbInterval95: interval(within1Db) },
    ...{ rate: rate.mean, rateInterval95: interval(rate) },
  };
}
