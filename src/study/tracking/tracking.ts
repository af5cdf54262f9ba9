/** Monte-Carlo comparison of trackers: gain, hits, sum rate and what they cost in pilots. */
import { BeamloopError } from '../../core/errors.js';
import { allOf } from '../../fan-out/executor.js';
import type { UserJob } from '../../fan-out/user-job.js';
import type { TrackerChoice } from '../../tracking/tracker-definition.js';
import { describeArray } from '../common/file-sections.js';
import { degrees, percent, short, snrText } from '../common/format.js';
import type { StudyResult, Table } from '../common/result.js';
import type { StudyContext } from '../common/study-kind.js';
import { studyResult } from '../common/study-result.js';
import { trackingFigures } from './tracking-figures.js';
import type { TrackingStudy } from './tracking-file.js';
import { numGroups, pointsOf } from './tracking-points.js';
import { TRACKING_KEYS, type TrackingRow, trackingRows } from './tracking-rows.js';
import { TrackingSimulator } from './tracking-simulator.js';
import type { GroupScore } from './tracking-tally.js';

/** A group of ten takes some 20 ms an epoch for all trackers together. */
const GROUPS_PER_JOB = 2;

/** Whole groups of users. */
function groupJobs(study: TrackingStudy): UserJob[] {
  return pointsOf(study).flatMap((point, placeIndex) => {
    const { numTogether } = point;
    const total = numGroups(study, point);
    return Array.from({ length: Math.ceil(total / GROUPS_PER_JOB) }, (_, k) => ({
      placeIndex,
      firstUser: 1 + k * GROUPS_PER_JOB * numTogether,
      numUsers: Math.min(GROUPS_PER_JOB, total - k * GROUPS_PER_JOB) * numTogether,
    }));
  });
}

/**
 * Runs the study.
 *
 * @throws SCENARIO_INVALID when a tracker cannot work with the array, or a claim cannot be checked; what reading a model
 * throws; BAD_ARGUMENT when traces are asked for; the signal's reason when it is aborted.
 */
export async function runTracking(study: TrackingStudy, context: StudyContext): Promise<StudyResult> {
  if (context.traced) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: "A study of kind 'tracking' keeps no traces",
      where: '--trace',
      todo: 'Leave out --trace; a campaign with the same tracker records every epoch',
    });
  }
  // Before any thread starts: a model that does not fit is told of once.
  await new TrackingSimulator(study).getReady();
  const jobs = groupJobs(study);
  const simulation = { kind: study.kind, study, traced: false };
  const scores = await allOf(context.executor.runJobs<GroupScore[]>(simulation, jobs, context));
  const rows = trackingRows(study, scores.flat());
  return studyResult(study, TRACKING_KEYS, {
    settings: settingsOf(study),
    rows,
    tables: [trackerTable(study), scoreTable(rows)],
    figures: trackingFigures(rows),
  });
}

function trackerTable({ trackers }: TrackingStudy): Table {
  return {
    title: 'Trackers',
    columns: [
      { title: 'Name', align: 'left' },
      { title: 'Tracker', align: 'left' },
    ],
    rows: Object.entries(trackers).map(([id, choice]) => [id, trackerText(choice)]),
  };
}

/** `hold (epochs: 8)`. */
function trackerText({ name, ...options }: TrackerChoice): string {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return given.length === 0
    ? name
    : `${name} (${given.map(([key, value]) => `${key}: ${value}`).join(', ')})`;
}

/** Columns that say the same in every row are left out; the settings tell them. */
function scoreTable(rows: readonly TrackingRow[]): Table {
  const points: { title: string; cell: (row: TrackingRow) => string }[] = [
    { title: 'SNR (dB)', cell: ({ snrDb }) => snrText(snrDb) },
    { title: 'Epoch (ms)', cell: ({ epochS }) => short(1e3 * epochS) },
    { title: 'Speed (m/s)', cell: ({ speedMPerS }) => short(speedMPerS) },
    { title: 'Sensed to (m)', cell: ({ sensorPositionM: m }) => (m === null ? '-' : short(m)) },
    { title: 'Together', cell: ({ numTogether }) => String(numTogether) },
  ];
  const results: typeof points = [
    { title: 'Users', cell: ({ numUes }) => String(numUes) },
    { title: 'Gain', cell: ({ gain }) => gain.toFixed(4) },
    {
      title: '95 % interval',
      cell: ({ gainInterval95: [low, high] }) => `${low.toFixed(4)} … ${high.toFixed(4)}`,
    },
    { title: 'Best', cell: ({ top1 }) => percent(top1, 1) },
    { title: 'In first 3', cell: ({ top3 }) => percent(top3, 1) },
    { title: 'NMSE', cell: ({ nmse }) => nmse.toFixed(4) },
    { title: 'Sum rate', cell: ({ sumRate }) => sumRate.toFixed(2) },
    { title: 'Probes', cell: ({ probes }) => probes.toFixed(2) },
    { title: 'Training', cell: ({ trainingPilots }) => trainingPilots.toFixed(2) },
    { title: 'Without beam', cell: ({ unserved }) => percent(unserved, 2) },
  ];
  const shown = [
    ...points.filter(({ cell }) => new Set(rows.map(cell)).size > 1),
    { title: 'Tracker', cell: ({ id }: TrackingRow) => id },
    ...results,
  ];
  return {
    title: 'Gain against the best codeword, and pilots of a user and epoch',
    columns: shown.map(({ title }) => ({ title, align: title === 'Tracker' ? 'left' : 'right' })),
    rows: rows.map((row) => shown.map(({ cell }) => cell(row))),
  };
}

function settingsOf(study: TrackingStudy): [string, string][] {
  const { array, codebook, users, motion, sensors, channel, epochs } = study;
  const values = (list: readonly number[], unit: string) => `${list.map(short).join(', ')} ${unit}`;
  const [nearM, farM] = users.between;
  return [
    ['Elements', String(array.elements)],
    ...describeArray(array),
    ['Codebook', `${codebook.directions} directions on ${codebook.rings} rings, none at infinity`],
    [
      'Users',
      `${users.count} a point, ${users.together.join(', ')} together, uniform by area from ${short(nearM)} m to ` +
        `${short(farM)} m within ${degrees(users.within)} deg`,
    ],
    [
      'Epochs',
      `${epochs} of ${values(
        study.epoch.map((epochS) => 1e3 * epochS),
        'ms',
      )}`,
    ],
    [
      'Motion',
      `${values(motion.speed, 'm/s')}, heading ` +
        (motion.heading === 'independent'
          ? 'drawn anew for every epoch'
          : `turning by ${degrees(motion.turn)} deg rms an epoch`),
    ],
    [
      'Sensors',
      sensors === undefined
        ? 'none'
        : `${values(sensors.position, 'm')} a coordinate` +
          (sensors.speed === undefined
            ? ''
            : `, ${short(sensors.speed)} m/s, ${short(sensors.heading!)} rad`),
    ],
    [
      'Path gains',
      `circular normal, variances ${channel.gainVariances.join(', ')}; phases ${channel.phases}`,
    ],
    ['Seed', String(study.seed)],
  ];
}
