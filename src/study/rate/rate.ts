/** Monte-Carlo comparison of wideband schemes: rate with its interval, by SNR, distance and pilots. */
import { BeamloopError } from '../../core/errors.js';
import { jobsOf } from '../../fan-out/user-job.js';
import { schemeLabel } from '../../training/scheme-label.js';
import { describeArray } from '../common/file-sections.js';
import { degrees, metres, percent, short } from '../common/format.js';
import type { StudyResult, Table } from '../common/result.js';
import type { StudyContext } from '../common/study-kind.js';
import { studyResult } from '../common/study-result.js';
import { buildSetting } from '../common/wideband-setting.js';
import { RateBenches } from './rate-bench.js';
import { rateFigures } from './rate-figures.js';
import type { RateStudy } from './rate-file.js';
import { hardwareOf } from './rate-hardware.js';
import { RATE_KEYS, type RateRow, RateSums, rateRows } from './rate-rows.js';
import { ratePlaces, rateSchemes } from './rate-setting.js';
import type { RateTally } from './rate-simulator.js';

/** A user takes long where the estimator searches its whole dictionary at many SNRs. */
const USERS_PER_JOB = 10;

/**
 * Runs the study.
 *
 * @throws BeamloopError SCENARIO_INVALID when a scheme cannot work with the array, or a claim cannot be checked;
 * BAD_ARGUMENT when traces are asked for; the signal's reason when it is aborted.
 */
export async function runRate(study: RateStudy, context: StudyContext): Promise<StudyResult> {
  if (context.traced) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: "A study of kind 'rate' keeps no traces: a user's powers run to thousands per pilot",
      where: '--trace',
      todo: 'Leave out --trace',
    });
  }
  requireSchemesFit(study);
  const jobs = jobsOf(
    ratePlaces(study).map(({ numUsers }) => numUsers),
    USERS_PER_JOB,
  );
  const simulation = { kind: study.kind, study, traced: context.traced };
  const sums = new RateSums();
  for await (const tallies of context.executor.runJobs<RateTally[]>(simulation, jobs, context))
    sums.add(tallies);
  const rows = rateRows(study, sums.all());
  return studyResult(study, RATE_KEYS, {
    settings: settingsOf(study),
    rows,
    tables: [schemeTable(study), rateTable(rows)],
    figures: rateFigures(rows, study.array.sector.distanceM, study.panels),
  });
}

/** Before any thread starts: errors would lose their code on the way out of one. */
function requireSchemesFit(study: RateStudy): void {
  const benches = new RateBenches(study, buildSetting(study));
  const schemes = rateSchemes(study);
  for (const hardware of hardwareOf(study)) {
    for (const scheme of schemes) {
      const where = `schemes.${scheme.id}`;
      try {
        if (benches.bench(scheme, hardware).factory.band !== null) continue;
      } catch (error) {
        if (!(error instanceof BeamloopError) || error.code === 'PLUGIN_INVALID') throw error;
        const { what, todo } = error;
        const details = { what, where, ...(todo !== undefined && { todo }), cause: error };
        throw new BeamloopError('SCENARIO_INVALID', details);
      }
      throw new BeamloopError('SCENARIO_INVALID', {
        what: `${scheme.choice.name} does not use the band`,
        where,
        todo: 'Compare it in a study of kind accuracy',
      });
    }
  }
}

/** What the names stand for; options that are tried at several values are in the other table. */
function schemeTable({ schemes, pilots }: RateStudy): Table {
  return {
    title: 'Schemes',
    columns: [
      { title: 'Name', align: 'left' },
      { title: 'Scheme', align: 'left' },
      { title: 'Pilots', align: 'left' },
    ],
    rows: Object.entries(schemes).map(([id, choice]) => [
      id,
      schemeLabel(choice),
      pilots[id]?.join(', ') ?? 'all',
    ]),
  };
}

/** Columns that say the same in every row are left out; the settings tell them. */
function rateTable(rows: readonly RateRow[]): Table {
  const bits = (rate: number) => rate.toFixed(3);
  const columns: { title: string; align: 'left' | 'right'; cell: (row: RateRow) => string }[] = [
    { title: 'Board', align: 'left', cell: (row) => row.hardware ?? '' },
    { title: 'Phase bits', align: 'right', cell: (row) => String(row.phaseBits ?? '-') },
    { title: 'Delay bits', align: 'right', cell: (row) => String(row.delayBits ?? '-') },
    { title: 'Delay error (ps)', align: 'right', cell: (row) => short(1e12 * row.delayErrorS) },
    { title: 'Distance (m)', align: 'right', cell: (row) => metres(row.distanceM) },
    { title: 'SNR (dB)', align: 'right', cell: (row) => short(row.snrDb) },
    {
      title: 'Delay range (ns)',
      align: 'right',
      cell: (row) => (row.delayRangeS === null ? '-' : (1e9 * row.delayRangeS).toFixed(1)),
    },
  ];
  const shown = [
    { title: 'Scheme', align: 'left' as const, cell: (row: RateRow) => row.id },
    ...columns.filter(({ cell }) => new Set(rows.map(cell)).size > 1),
    { title: 'Pilots', align: 'right' as const, cell: (row: RateRow) => short(row.numPilots) },
    { title: 'Users', align: 'right' as const, cell: (row: RateRow) => String(row.numUes) },
    { title: 'Rate (bit/s/Hz)', align: 'right' as const, cell: (row: RateRow) => bits(row.meanRate) },
    {
      title: '95 % interval',
      align: 'right' as const,
      cell: ({ rateInterval95: [low, high] }: RateRow) => `${bits(low)} … ${bits(high)}`,
    },
    { title: 'Perfect CSI', align: 'right' as const, cell: (row: RateRow) => bits(row.perfectRate) },
    { title: 'Loss', align: 'right' as const, cell: (row: RateRow) => percent(row.loss) },
    ...(rows.some((row) => row.boardRate !== null && row.boardRate !== row.meanRate)
      ? [{ title: 'Served by the board', align: 'right' as const, cell: boardCell }]
      : []),
    { title: 'Within 3 dB', align: 'right' as const, cell: (row: RateRow) => percent(row.within3Db) },
    ...(rows.some(({ fullSearches }) => fullSearches !== null)
      ? [
          {
            title: 'Full searches',
            align: 'right' as const,
            cell: ({ fullSearches }: RateRow) => (fullSearches === null ? '-' : percent(fullSearches, 1)),
          },
        ]
      : []),
  ];
  return {
    title: 'Rate',
    columns: shown.map(({ title, align }) => ({ title, align })),
    rows: rows.map((row) => shown.map(({ cell }) => cell(row))),
  };
}

function boardCell({ boardRate, boardLoss }: RateRow): string {
  return boardRate === null ? '-' : `${boardRate.toFixed(3)} (loss ${percent(boardLoss!)})`;
}

function settingsOf(study: RateStudy): [string, string][] {
  const { array, users } = study;
  const { sector } = array;
  const places = ratePlaces(study).map(({ distanceM: [near, far] }) =>
    metres(near === far ? near : [near, far]),
  );
  return [
    ['Elements', String(array.elements)],
    ...describeArray(array),
    ['Band', `${short(array.bandwidth / 1e9)} GHz, ${array.subcarriers} subcarriers`],
    ['Sector of the codebooks', `within ${degrees(sector.maxAngleRad)} deg, ${metres(sector.distanceM)} m`],
    ['Users', `${users.count} per point at ${places.join('; ')} m, uniform in angle and distance`],
    ['Air', study.air === 'exact' ? 'line of sight, spherical wave' : 'line of sight, to second order'],
    ['Noise', 'the same for every scheme, scaled from SNR to SNR; schemes see powers only'],
    ...(study.pilotSnr === undefined
      ? []
      : [
          ['SNR of pilots', Number.isFinite(study.pilotSnr) ? `${study.pilotSnr} dB` : 'no noise'] as [
            string,
            string,
          ],
        ]),
    ['Rate', 'mean over subcarriers and users of log2(1 + SNR gain), estimate served by true delays'],
    ['Intervals', '95 %, of the mean by the normal distribution'],
    ['Seed', String(study.seed)],
  ];
}
