/**
 * Studies of kind `scenario`: the users of a scenario, trained on the channel model as `beamloop run` trains them on an
 * emulated board: same codewords, same slots, same noise, no processes in between.
 */
import { focalPointOf } from '../../array/focal-point.js';
import { pilotsText } from '../../campaign/check-pilots.js';
import { evidenceJudge } from '../../campaign/evidence.js';
import { type JudgedTraining, judgedTraining } from '../../campaign/judged-training.js';
import { BeamloopError } from '../../core/errors.js';
import type { JobOptions } from '../../fan-out/executor.js';
import { prepare } from '../../scenario/plan.js';
import { planOnBoard } from '../../scenario/plan-on-board.js';
import type { ScenarioFile } from '../../scenario/scenario.js';
import { schemeOnBoard } from '../../scenario/scheme-on-board.js';
import { lossPercent, ServedUsers } from '../../scenario/serving.js';
import type { Powers } from '../../sounding/powers.js';
import type { PilotBatch } from '../../sounding/sounding.js';
import { pointOfEstimate } from '../../training/evidence-gains.js';
import { schemeLabel } from '../../training/scheme-label.js';
import { percent } from '../common/format.js';
import type { StudyResult, StudyRow, Table } from '../common/result.js';
import type { StandInBoard } from '../common/studied-scenario.js';
import { ScenarioAir } from './scenario-air.js';
import type { ScenarioStudy } from './scenario-study-file.js';

export interface ScenarioStudyOptions extends JobOptions {
  /** Told what every slot measured; shape [numSubcarriers]. */
  readonly onSlot?: (slot: number, ue: string, powers: Float32Array) => void;
}

interface UserRow extends StudyRow {
  readonly ue: string;
  readonly angleRad: number;
  readonly distanceM: number | null;
  /** Of the scheme, and of the checks of its estimate. */
  readonly numPilots: number;
  readonly numCheckPilots: number;
  readonly lastSlot: number;
}

/** Of a scheme that chooses from the polar codebook. */
interface CodewordRow extends UserRow {
  readonly codewordKey: string;
  /** The noise-free best codeword. */
  readonly bestKey: string;
  readonly match: boolean;
}

/** Of a scheme of the whole band. */
interface RateRow extends UserRow {
  readonly sinAngle: number;
  readonly ringPerM: number;
  readonly trueSinAngle: number;
  readonly trueRingPerM: number;
  /** bit/s/Hz. */
  readonly rate: number;
  readonly boardRate: number;
  readonly perfectRate: number;
}

/**
 * Trains every user of the scenario.
 *
 * @throws SCENARIO_INVALID unless the scenario is of an emulated board, which knows where its users are; PLAN_REFUSED and
 * BOARD_MISMATCH as a campaign; the signal's reason.
 */
export async function runScenarioStudy(
  study: ScenarioStudy,
  file: ScenarioFile,
  board: StandInBoard,
  { signal, onProgress, onSlot }: ScenarioStudyOptions = {},
): Promise<StudyResult> {
  const { scenario, calibration } = file;
  const preparation = prepare(scenario);
  const { band, users, array } = preparation;
  const { beams } = planOnBoard(preparation, board.description, calibration?.table ?? null);
  const scheme = schemeOnBoard(preparation, beams);
  const air = new ScenarioAir(scenario, array, band, board, beams);
  const served = air.sum && new ServedUsers(preparation, beams, board.radiate, air.sum);
  const judge = evidenceJudge(preparation, beams);
  const rates: RateRow[] = [];
  const codewords: CodewordRow[] = [];
  for (const [turn, user] of users.entries()) {
    signal?.throwIfAborted();
    const { truth } = user;
    if (truth === null) throw notForStudy(study, `nobody knows where user ${user.id} is`);
    const receive = air.receiverOf(user.id, truth, onSlot);
    const training = train(judgedTraining(scheme.start(), user, judge), receive);
    onProgress?.(turn + 1, users.length);
    // So that Ctrl-C is heard.
    await new Promise((resolve) => setImmediate(resolve));
    if (training === null) continue;
    const { numPilots, numCheckPilots } = training;
    const { codeword, angleRad, distanceM } = training.estimate;
    const row = {
      ue: user.id,
      angleRad,
      distanceM: Number.isFinite(distanceM) ? distanceM : null,
      numPilots,
      numCheckPilots,
      lastSlot: air.lastSlot,
    };
    if (scheme.band !== null && served !== null) {
      const place = focalPointOf(truth.positionM);
      const { rate, boardRate, perfectRate } = served.servingOf(truth, turn, codeword);
      rates.push({
        ...row,
        ...pointOfEstimate(training.estimate),
        trueSinAngle: place.sinAngle,
        trueRingPerM: place.ringPerM,
        ...{ rate, boardRate, perfectRate },
      });
    } else {
      const bestKey = preparation.best()[turn]!.codeword.key;
      codewords.push({ ...row, codewordKey: codeword.key, bestKey, match: codeword.key === bestKey });
    }
  }
  const found: StudyResult['settings'] = [
    ['Found', `${rates.length + codewords.length} of ${users.length} users`],
  ];
  if (rates.length + codewords.length === 0) return resultOf(study, file, [], found);
  return codewords.length > 0
    ? codewordResult(study, file, codewords, found)
    : rateResult(study, file, rates, found);
}

/** As a campaign trains a user; null where what it measured is no evidence. */
function train(
  training: ReturnType<typeof judgedTraining>,
  receive: (batch: PilotBatch) => Powers,
): JudgedTraining | null {
  try {
    let step = training.next();
    while (!step.done)
      step = training.next({ pilots: step.value, powers: receive(step.value), numSaturated: 0 });
    return step.value;
  } catch (error) {
    if (!(error instanceof BeamloopError) || error.code !== 'NO_EVIDENCE') throw error;
    return null;
  }
}

function notForStudy({ scenario }: ScenarioStudy, why: string): BeamloopError {
  return new BeamloopError('SCENARIO_INVALID', {
    what: `The scenario cannot be studied: ${why}`,
    where: scenario,
    todo: "Study scenarios with 'port: emulated', whose users have channels",
  });
}

function codewordResult(
  study: ScenarioStudy,
  file: ScenarioFile,
  rows: readonly CodewordRow[],
  found: StudyResult['settings'],
): StudyResult {
  const matches = rows.filter(({ match }) => match).length;
  return {
    ...resultOf(study, file, rows, [
      ...found,
      ['Best codeword found', `${matches} of ${rows.length} users (${percent(matches / rows.length)})`],
    ]),
    tables: [codewordTable(rows)],
  };
}

function rateResult(
  study: ScenarioStudy,
  file: ScenarioFile,
  rows: readonly RateRow[],
  found: StudyResult['settings'],
): StudyResult {
  const mean = (of: (row: RateRow) => number) => rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
  const rate = mean((row) => row.rate);
  const boardRate = mean((row) => row.boardRate);
  const perfectRate = mean((row) => row.perfectRate);
  return {
    ...resultOf(study, file, rows, [
      ...found,
      ['Rate', `${rate.toFixed(3)} of ${perfectRate.toFixed(3)} bit/s/Hz`],
      ['Loss of rate', `${lossText(rate, perfectRate)}; by the board ${lossText(boardRate, perfectRate)}`],
    ]),
    tables: [rateTable(rows)],
  };
}

function resultOf(
  study: ScenarioStudy,
  { name, scenario }: ScenarioFile,
  rows: readonly UserRow[],
  outcome: StudyResult['settings'],
): StudyResult {
  return {
    kind: 'scenario',
    title: study.title,
    description: study.description ?? null,
    reference: null,
    settings: [
      ['Scenario', name],
      ['Scheme', schemeLabel(scenario.scheme)],
      ['Users', String(rows.length)],
      ...outcome,
      ['Seed', String(scenario.seed)],
    ],
    rows,
    tables: [],
    figures: [],
    claims: [],
  };
}

function lossText(rate: number, perfectRate: number): string {
  const lost = lossPercent(rate, perfectRate);
  return lost === null ? '-' : percent(lost / 100);
}

interface ShownColumn<Row> {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cell: (row: Row) => string;
}

function codewordTable(rows: readonly CodewordRow[]): Table {
  return userTable(rows, [
    { title: 'User', align: 'left', cell: ({ ue }) => ue },
    { title: 'Codeword', align: 'left', cell: ({ codewordKey }) => codewordKey },
    { title: 'Noise-free best', align: 'left', cell: ({ bestKey }) => bestKey },
    { title: 'Match', align: 'left', cell: ({ match }) => (match ? 'yes' : 'NO') },
    { title: 'Pilots + checks', align: 'right', cell: (row) => pilotsText(row) },
  ]);
}

function rateTable(rows: readonly RateRow[]): Table {
  return userTable(rows, [
    { title: 'User', align: 'left', cell: ({ ue }) => ue },
    { title: 'sin(angle)', align: 'right', cell: ({ sinAngle }) => sinAngle.toFixed(5) },
    { title: 'True', align: 'right', cell: ({ trueSinAngle }) => trueSinAngle.toFixed(5) },
    { title: 'Ring (1/m)', align: 'right', cell: ({ ringPerM }) => ringPerM.toFixed(5) },
    { title: 'True', align: 'right', cell: ({ trueRingPerM }) => trueRingPerM.toFixed(5) },
    { title: 'Rate (bit/s/Hz)', align: 'right', cell: ({ rate }) => rate.toFixed(3) },
    { title: 'By the board', align: 'right', cell: ({ boardRate }) => boardRate.toFixed(3) },
    { title: 'Perfect', align: 'right', cell: ({ perfectRate }) => perfectRate.toFixed(3) },
    { title: 'Pilots + checks', align: 'right', cell: (row) => pilotsText(row) },
  ]);
}

function userTable<Row>(rows: readonly Row[], columns: readonly ShownColumn<Row>[]): Table {
  return {
    title: 'Users',
    columns: columns.map(({ title, align }) => ({ title, align })),
    rows: rows.map((row) => columns.map(({ cell }) => cell(row))),
  };
}
