/** Monte-Carlo comparison of calibrations over the air: what they leave of errors that are known, against the joint bound. */
import { BeamloopError } from '../../core/errors.js';
import { formatQuantity } from '../../core/units.js';
import { allOf } from '../../fan-out/executor.js';
import { describeArray } from '../common/file-sections.js';
import { percent, short } from '../common/format.js';
import type { StudyResult, Table } from '../common/result.js';
import type { StudyContext } from '../common/study-kind.js';
import { studyResult } from '../common/study-result.js';
import { calibrationFigures } from './calibration-figures.js';
import type { CalibrationStudy, ErrorSet } from './calibration-file.js';
import { jobsOfPoints } from './calibration-points.js';
import { CALIBRATION_KEYS, type CalibrationRow, calibrationRows } from './calibration-rows.js';
import type { ArrayScore } from './calibration-simulator.js';

/**
 * Runs the study.
 *
 * @throws BOARD_MISMATCH for boards that cannot be calibrated; SCENARIO_INVALID when a claim cannot be checked; BAD_ARGUMENT when traces
 * are asked for; the signal's reason when it is aborted.
 */
export async function runCalibrationStudy(
  study: CalibrationStudy,
  context: StudyContext,
): Promise<StudyResult> {
  if (context.traced) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: "A study of kind 'calibration' keeps no traces",
      where: '--trace',
      todo: 'Leave out --trace; beamloop calibrate records every pilot and its power',
    });
  }
  const simulation = { kind: study.kind, study, traced: false };
  const scores = await allOf(
    context.executor.runJobs<ArrayScore[]>(simulation, jobsOfPoints(study), context),
  );
  const rows = calibrationRows(study, scores.flat());
  return studyResult(study, CALIBRATION_KEYS, {
    settings: settingsOf(study),
    rows,
    tables: [leftTable(rows), judgementTable(rows)],
    figures: calibrationFigures(rows),
  });
}

interface Column {
  readonly title: string;
  /** Null where it does not apply. */
  readonly cell: (row: CalibrationRow) => string | null;
}

const POINTS: readonly Column[] = [
  { title: 'Errors', cell: ({ errors }) => errors },
  { title: 'Phase bits', cell: ({ phaseBits }) => String(phaseBits) },
  { title: 'Elements', cell: ({ numElements }) => String(numElements) },
  { title: 'Receiver', cell: ({ receiver }) => receiver },
  { title: 'Beside (m)', cell: ({ asideM }) => short(asideM) },
  { title: 'SNR (dB)', cell: ({ snrDb }) => short(snrDb) },
];

function leftTable(rows: readonly CalibrationRow[]): Table {
  return tableOf('What is left', rows, [
    { title: 'Slots', cell: ({ numSlots }) => String(numSlots) },
    { title: 'Left (deg)', cell: ({ residualDeg }) => residualDeg.toFixed(2) },
    {
      title: '95 % interval',
      cell: ({ residualInterval95: [low, high] }) => `${low.toFixed(2)} … ${high.toFixed(2)}`,
    },
    { title: 'Bound (deg)', cell: ({ boundDeg }) => boundDeg.toFixed(2) },
    { title: 'Over bound', cell: ({ overBound }) => overBound.toFixed(2) },
    { title: 'Loss before (dB)', cell: ({ lossBeforeDb }) => lossBeforeDb.toFixed(2) },
    { title: 'Loss (dB)', cell: ({ lossDb }) => lossDb.toFixed(3) },
    { title: 'Delays (ps)', cell: ({ delayResidualPs: ps }) => ps?.toFixed(3) ?? null },
    { title: 'Bound (ps)', cell: ({ delayBoundPs: ps }) => ps?.toFixed(3) ?? null },
    {
      title: 'Delay gain',
      cell: ({ delayGainResidual: share }) => (share === null ? null : percent(share, 3)),
    },
    { title: 'Codes (deg)', cell: ({ codeResidualDeg: deg }) => deg?.toFixed(2) ?? null },
  ]);
}

function judgementTable(rows: readonly CalibrationRow[]): Table {
  const share = (value: number | null) => (value === null ? null : percent(value, 1));
  return tableOf('What is said of it', rows, [
    { title: 'Phases in 95 %', cell: ({ phasesWithin }) => share(phasesWithin) },
    { title: 'Gains in 95 %', cell: ({ gainsWithin }) => share(gainsWithin) },
    { title: 'Broken, missed', cell: ({ missed }) => short(missed) },
    { title: 'Good, named', cell: ({ falselyNamed }) => short(falselyNamed) },
    { title: 'Arrays named rightly', cell: ({ rightlyNamed }) => share(rightlyNamed) },
    { title: 'Drift found', cell: ({ driftFound }) => share(driftFound) },
    { title: 'False alarms', cell: ({ falseAlarms }) => share(falseAlarms) },
    { title: 'Trend told', cell: ({ trendTold }) => share(trendTold) },
    { title: 'Seen from (m)', cell: ({ seeableM }) => seeableM?.toFixed(3) ?? null },
    { title: 'Positions told', cell: ({ positionsTold }) => share(positionsTold) },
    { title: 'Against right ones', cell: ({ againstRight }) => againstRight?.toFixed(2) ?? null },
    { title: 'At most', cell: ({ mostAgainstRight }) => mostAgainstRight?.toFixed(2) ?? null },
  ]);
}

/** Points that are the same in every row, and results that apply to none, are left out. */
function tableOf(title: string, rows: readonly CalibrationRow[], results: readonly Column[]): Table {
  const shown: Column[] = [
    ...POINTS.filter(({ cell }) => new Set(rows.map(cell)).size > 1),
    { title: 'Procedure', cell: ({ id }) => id },
    ...results.filter(({ cell }) => rows.some((row) => cell(row) !== null)),
  ];
  const words = ['Procedure', 'Errors', 'Receiver'];
  return {
    title,
    columns: shown.map((column) => ({
      title: column.title,
      align: words.includes(column.title) ? 'left' : 'right',
    })),
    rows: rows.map((row) => shown.map(({ cell }) => cell(row) ?? '-')),
  };
}

function settingsOf(study: CalibrationStudy): [string, string][] {
  const { array, board, errors, procedures, receivers, drift, users, seed } = study;
  const { bandwidth, subcarriers } = array;
  return [
    ['Elements', array.elements.join(', ')],
    ...describeArray(array),
    ...(bandwidth === undefined
      ? []
      : ([['Band', `${subcarriers} subcarriers over ${formatQuantity(bandwidth, 'Hz')}`]] as [
          string,
          string,
        ][])),
    ['Phase bits', board.phaseBits.join(', ')],
    ...(board.delayRange === undefined
      ? []
      : ([['Delays', `${board.delayBits} bits up to ${formatQuantity(board.delayRange, 's')}`]] as [
          string,
          string,
        ][])),
    ...Object.entries(errors).map(([name, set]): [string, string] => [`Errors: ${name}`, errorsText(set)]),
    ...Object.entries(procedures).map(([id, { name, passes }]): [string, string] => [
      `Procedure: ${id}`,
      `${name}, ${passes === 1 ? 'one pass' : `slots of ${passes} passes`}`,
    ]),
    ...Object.entries(receivers).map(([name, { at }]): [string, string] => [
      `Receiver: ${name}`,
      at.map(([x, y]) => `(${short(x)}, ${short(y)}) m`).join(', '),
    ]),
    ['Drift that is looked for', `${formatQuantity(drift, 'rad')} rms`],
    ['Arrays', `${users.count} a point`],
    ['Seed', String(seed)],
  ];
}

function errorsText({ phase, amplitude, code, delay, delayGain, dead, stuck }: ErrorSet): string {
  const rms = [
    phase === 'random' ? 'phases at random' : `phases ${formatQuantity(phase, 'rad')}`,
    `amplitudes ${short(amplitude)} dB`,
    ...(code > 0 ? [`codes ${formatQuantity(code, 'rad')}`] : []),
    ...(delay > 0 ? [`delays ${formatQuantity(delay, 's')}`] : []),
    ...(delayGain > 0 ? [`delay gain ${percent(delayGain, 1)}`] : []),
  ];
  const broken = [...(dead > 0 ? [`${dead} dead`] : []), ...(stuck > 0 ? [`${stuck} stuck`] : [])];
  return `${rms.join(', ')} rms${broken.length > 0 ? `; ${broken.join(', ')}` : ''}`;
}
