/** How well networks and searches name the best fine beam from a coarse sweep, at home and abroad (Jin et al. 2026). */
import path from 'node:path';
import { BeamloopError } from '../../core/errors.js';
import { formatQuantity } from '../../core/units.js';
import { allOf } from '../../fan-out/executor.js';
import { basesOf } from '../../prediction/sweep/data/paths-sweep.js';
import type { Claim } from '../common/file-sections.js';
import { snrText } from '../common/format.js';
import type { StudyResult } from '../common/result.js';
import type { StudyContext } from '../common/study-kind.js';
import { studyResult } from '../common/study-result.js';
import type { BeamPredictionStudy } from './beam-prediction-file.js';
import { BEAM_PREDICTION_KEYS, beamPredictionRows } from './beam-prediction-rows.js';
import type { PredictionScore } from './beam-prediction-simulator.js';
import { networkTable, predictionFigures, predictionTables } from './beam-prediction-tables.js';
import { jobsOfTasks, mostUsersOf, placesOf } from './beam-prediction-tasks.js';

/** Each is home to all networks, and abroad to those of all others. */
const MOST_BASES = 8;

/**
 * Runs the study: every training is a job of the executor.
 *
 * @throws what reading a data set throws; SCENARIO_INVALID when a claim cannot be checked; BAD_ARGUMENT when traces are asked for;
 * the signal's reason when it is aborted.
 */
export async function runBeamPrediction(
  given: BeamPredictionStudy,
  context: StudyContext,
): Promise<StudyResult> {
  if (context.traced) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: "A study of kind 'beam-prediction' keeps no traces",
      where: '--trace',
      todo: 'Leave out --trace',
    });
  }
  const study = await withPlaces(given);
  const simulation = { kind: study.kind, study, traced: false };
  const jobs = jobsOfTasks(study);
  const scores = await allOf(context.executor.runJobs<PredictionScore[]>(simulation, jobs, context));
  const rows = beamPredictionRows(study, scores.flat());
  return studyResult(study, BEAM_PREDICTION_KEYS, {
    settings: settingsOf(study),
    rows,
    tables: [networkTable(study), ...predictionTables(study, rows)],
    figures: predictionFigures(study, rows),
  });
}

/** Base stations of the data set take the place of cities, whose claims are then of nobody. */
async function withPlaces(study: BeamPredictionStudy): Promise<BeamPredictionStudy> {
  const { data, paper, ...rest } = study;
  if (data === undefined) return study;
  const set = path.resolve(data);
  const bases = await basesOf(set);
  if (bases.length > MOST_BASES) {
    throw new BeamloopError('DATASET_INVALID', {
      what: `The data set has ${bases.length} base stations, and the study trains in each`,
      where: data,
      todo: `List at most ${MOST_BASES} as places in a copy of the study file: places: { one: { set: ${data}, base: ${bases[0]} } }`,
    });
  }
  const places = Object.fromEntries(bases.map((base) => [base, { set, base }]));
  const claims = paper?.claims.filter((claim) => !namesAPlace(claim)) ?? [];
  return { ...rest, places, ...(paper && { paper: { ...paper, claims } }) };
}

function namesAPlace(claim: Claim): boolean {
  if (!('column' in claim)) return false;
  const { where, above = {}, below = {} } = claim;
  return [where, above, below].some((cells) => 'trainedIn' in cells || 'testedIn' in cells);
}

function settingsOf(study: BeamPredictionStudy): [string, string][] {
  const { array, receiver, bandwidth, subcarriers, beams, snr, training } = study;
  const places = placesOf(study).map(([name, place]) => {
    const where = 'city' in place ? `synthetic city ${place.city}` : path.basename(place.set);
    return `${name} (${where}, at most ${mostUsersOf(study, place)} users)`;
  });
  return [
    [
      'Array',
      `${array.rows} × ${array.columns} elements at ${formatQuantity(array.carrier, 'Hz')}, ${formatQuantity(array.tilt, 'rad')} down, in three sectors`,
    ],
    ['Receiver', `${receiver.rows} × ${receiver.columns} antennas`],
    ['Band', `${subcarriers} subcarriers over ${formatQuantity(bandwidth, 'Hz')}`],
    [
      'Beams',
      `${beams.coarse.join(' × ')} swept; of ${beams.fine.map((fine) => fine.join(' × ')).join(', ')} one is chosen`,
    ],
    ['SNRs', `${snr.map((snrDb) => snrText(Number.isFinite(snrDb) ? snrDb : null)).join(', ')} dB`],
    ['Places', places.join('; ')],
    ['Users', '70 % for training, 15 % for validation, 15 % for tests at home; abroad all'],
    [
      'Training',
      `about ${training.steps} steps of ${training.batch} users, one cycle to ${training.rate}; the best epoch of the validation users`,
    ],
    ['Seed', String(study.seed)],
  ];
}
