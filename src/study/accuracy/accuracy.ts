/** Monte-Carlo comparison of schemes: accuracy with its interval and pilots per user, by place and SNR. */
import { BeamloopError } from '../../core/errors.js';
import { jobsOf } from '../../fan-out/user-job.js';
import { createScheme } from '../../training/registry.js';
import { schemeTitle } from '../../training/scheme-label.js';
import { describeCodebook } from '../common/file-sections.js';
import { degrees, metres, percent, snrText } from '../common/format.js';
import { pointOrRange } from '../common/point-or-range.js';
import type { StudyResult, Table, UserTrace } from '../common/result.js';
import { buildArray, buildPolar } from '../common/study-array.js';
import type { StudyContext } from '../common/study-kind.js';
import { studyResult } from '../common/study-result.js';
import { accuracyFigures } from './accuracy-figures.js';
import type { AccuracyStudy } from './accuracy-file.js';
import { ACCURACY_KEYS, type AccuracyRow, AccuracySums, accuracyRows } from './accuracy-rows.js';
import type { JobResult } from './accuracy-simulator.js';
import { placesOf } from './places.js';

/** Small enough that a progress bar moves and Ctrl-C is heard at once, large enough to drown the messages' cost. */
const USERS_PER_JOB = 50;

/**
 * Runs the study.
 *
 * @throws BeamloopError SCENARIO_INVALID when a scheme cannot work with an array, or a claim cannot be checked; the
 * signal's reason when it is aborted.
 */
export async function runAccuracy(study: AccuracyStudy, context: StudyContext): Promise<StudyResult> {
  requireSchemesFit(study);
  const jobs = jobsOf(
    placesOf(study).map(({ numUsers }) => numUsers),
    USERS_PER_JOB,
  );
  const simulation = { kind: study.kind, study, traced: context.traced };
  const sums = new AccuracySums();
  const traces: UserTrace[] = [];
  for await (const result of context.executor.runJobs<JobResult>(simulation, jobs, context)) {
    sums.add(result.tallies);
    if (context.traced) traces.push(...result.traces);
  }
  const rows = accuracyRows(study, sums.all());
  return {
    ...studyResult(study, ACCURACY_KEYS, {
      settings: settingsOf(study),
      rows,
      tables: [accuracyTable(rows)],
      figures: accuracyFigures(rows),
    }),
    ...(context.traced && { traces }),
  };
}

/** Before any thread starts: errors would lose their code on the way out of one. */
function requireSchemesFit(study: AccuracyStudy): void {
  for (const numElements of new Set(placesOf(study).map((place) => place.numElements))) {
    const polar = buildPolar(buildArray(study.array, numElements), study.codebook);
    study.schemes.forEach((choice, k) => {
      try {
        createScheme(choice, polar);
      } catch (error) {
        if (!(error instanceof BeamloopError) || error.code === 'PLUGIN_INVALID') throw error;
        throw new BeamloopError('SCENARIO_INVALID', {
          what: error.what,
          where: `schemes[${k + 1}], ${numElements} elements`,
          ...(error.todo !== undefined && { todo: error.todo }),
          cause: error,
        });
      }
    });
  }
}

/** Columns that say the same in every row are left out; the settings tell them. */
function accuracyTable(rows: readonly AccuracyRow[]): Table {
  const columns: { title: string; align: 'left' | 'right'; cell: (row: AccuracyRow) => string }[] = [
    { title: 'Case', align: 'left', cell: (row) => row.case ?? '' },
    { title: 'Elements', align: 'right', cell: (row) => String(row.numElements) },
    { title: 'Ring (m)', align: 'right', cell: (row) => metres(row.ringDistanceM) },
    { title: 'Angle (deg)', align: 'right', cell: (row) => degrees(row.angleRad) },
    { title: 'SNR (dB)', align: 'right', cell: (row) => snrText(row.snrDb) },
  ];
  const varying = columns.filter(({ cell }) => new Set(rows.map(cell)).size > 1);
  const shown = [
    ...varying,
    { title: 'Scheme', align: 'left' as const, cell: (row: AccuracyRow) => schemeTitle(row.scheme) },
    { title: 'Users', align: 'right' as const, cell: (row: AccuracyRow) => String(row.numUes) },
    { title: 'Accuracy', align: 'right' as const, cell: (row: AccuracyRow) => percent(row.accuracy) },
    {
      title: '95 % interval',
      align: 'right' as const,
      cell: ({ accuracyInterval95: [low, high] }: AccuracyRow) => `${percent(low)} … ${percent(high)}`,
    },
    { title: 'Pilots', align: 'right' as const, cell: (row: AccuracyRow) => row.meanPilots.toFixed(1) },
  ];
  return {
    title: 'Accuracy',
    columns: shown.map(({ title, align }) => ({ title, align })),
    rows: rows.map((row) => shown.map(({ cell }) => cell(row))),
  };
}

function settingsOf(study: AccuracyStudy): [string, string][] {
  const places = placesOf(study);
  const distinct = (of: (place: (typeof places)[number]) => string) =>
    [...new Set(places.map(of))].join('; ');
  const { list } = study.users;
  const users: [string, string][] =
    list !== undefined
      ? [['Users', `${list.length} listed`]]
      : [
          ['Users', `${study.users.count} per point, uniform by area`],
          ['Ring distances', `${distinct(({ region }) => metres(pointOrRange(region!.ringDistanceM)))} m`],
          ['Angles', `${distinct(({ region }) => degrees(pointOrRange(region!.angleRad)))} deg`],
          [
            'Channel',
            `${study.channel?.scatterers ?? 5} scatterers, Rician factor ${study.channel?.ricianFactor ?? 13} dB`,
          ],
        ];
  return [
    ['Elements', distinct(({ numElements }) => String(numElements))],
    ...describeCodebook(study.array, study.codebook),
    ...users,
    ['Seed', String(study.seed)],
  ];
}
