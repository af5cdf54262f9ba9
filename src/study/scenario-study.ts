/**
 * Study files of kind `scenario`: the users of a scenario, trained on the channel model as `beamloop run` trains them on an
 * emulated board: same codewords, same slots, same noise, no processes in between.
 */
import { z } from 'zod';
import type { BoardDescription } from '../../drivers/array-board.js';
import { focalPointOf } from '../array/focal-point.js';
import { prepare } from '../campaign/plan.js';
import { planOnBoard } from '../campaign/plan-on-board.js';
import type { ScenarioFile } from '../campaign/scenario.js';
import { schemeOnBoard } from '../campaign/scheme-on-board.js';
import { lossPercent, servingRates } from '../campaign/serving-rates.js';
import { BeamloopError } from '../core/errors.js';
import { runScheme } from '../training/run-scheme.js';
import { schemeLabel } from '../training/scheme-label.js';
import { headingShape } from './file-sections.js';
import { percent } from './format.js';
import type { StudyResult, StudyRow, Table } from './result.js';
import { type RadiatedBeams, ScenarioAir } from './scenario-air.js';

export const scenarioStudySchema = z.strictObject({
  kind: z.literal('scenario'),
  ...headingShape,
  /** Scenario file, relative to the study's. */
  scenario: z.string().min(1),
});

export type ScenarioStudy = z.output<typeof scenarioStudySchema>;

/** What the study takes the place of an emulated board by. */
export interface StandInBoard {
  readonly description: BoardDescription;
  /** What the board radiates, its impairments included. */
  readonly radiate: RadiatedBeams;
}

export interface ScenarioStudyOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (numDone: number, numUsers: number) => void;
  /** Told what every slot measured; shape [numSubcarriers]. */
  readonly onSlot?: (slot: number, ue: string, powers: Float32Array) => void;
}

interface ScenarioRow extends StudyRow {
  readonly ue: string;
  readonly sinAngle: number;
  readonly ringPerM: number;
  readonly angleRad: number;
  readonly distanceM: number | null;
  readonly trueSinAngle: number;
  readonly trueRingPerM: number;
  /** bit/s/Hz. */
  readonly rate: number;
  readonly boardRate: number;
  readonly perfectRate: number;
  readonly numPilots: number;
  readonly lastSlot: number;
}

/**
 * Trains every user of the scenario.
 *
 * @throws SCENARIO_INVALID unless the scenario has a band and knows where its users are; PLAN_REFUSED and BOARD_MISMATCH as a
 * campaign; the signal's reason.
 */
export async function runScenarioStudy(
  study: ScenarioStudy,
  file: ScenarioFile,
  board: StandInBoard,
  { signal, onProgress, onSlot }: ScenarioStudyOptions = {},
): Promise<StudyResult> {
  const { scenario, calibration } = file;
  const preparation = prepare(scenario);
  const { wideband, users, polar } = preparation;
  if (wideband === null || !('estimator' in scenario.scheme || scenario.scheme.name === 'exhaustive-grid')) {
    throw notForStudy(study, `${scenario.scheme.name} does not use a band of subcarriers`);
  }
  const { beams } = planOnBoard(preparation, board.description, calibration?.table ?? null);
  const scheme = schemeOnBoard(preparation, beams);
  const air = new ScenarioAir(scenario, polar.array, wideband.band, board, beams);
  const rows: ScenarioRow[] = [];
  for (const user of users) {
    signal?.throwIfAborted();
    const { truth } = user;
    if (truth === null) throw notForStudy(study, `nobody knows where user ${user.id} is`);
    const receive = air.receiverOf(user.id, truth, onSlot);
    const { estimate, numPilots } = runScheme(scheme.start(), receive);
    const { codeword, angleRad, distanceM } = estimate;
    const found = pointOf(codeword.label);
    const place = focalPointOf(truth.positionM);
    const radiated = board.radiate(beams.quantise(codeword).settings);
    const rates = servingRates(polar.array, air.sum, user, codeword, radiated)!;
    rows.push({
      ue: user.id,
      ...found,
      angleRad,
      distanceM: Number.isFinite(distanceM) ? distanceM : null,
      trueSinAngle: place.sinAngle,
      trueRingPerM: place.ringPerM,
      ...rates,
      numPilots,
      lastSlot: air.lastSlot,
    });
    onProgress?.(rows.length, users.length);
    // So that Ctrl-C is heard.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return resultOf(study, file, rows);
}

function pointOf(label: { readonly kind: string }): { sinAngle: number; ringPerM: number } {
  const { sinAngle, ringPerM } = label as { kind: string; sinAngle: number; ringPerM: number };
  return { sinAngle, ringPerM };
}

function notForStudy({ scenario }: ScenarioStudy, why: string): BeamloopError {
  return new BeamloopError('SCENARIO_INVALID', {
    what: `The scenario cannot be studied: ${why}`,
    where: scenario,
    todo: 'Study scenarios with a scheme of the whole band whose users have positions',
  });
}

function resultOf(
  study: ScenarioStudy,
  { name, scenario }: ScenarioFile,
  rows: readonly ScenarioRow[],
): StudyResult {
  const mean = (of: (row: ScenarioRow) => number) =>
    rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
  const rate = mean((row) => row.rate);
  const boardRate = mean((row) => row.boardRate);
  const perfectRate = mean((row) => row.perfectRate);
  return {
    kind: 'scenario',
    title: study.title,
    description: study.description ?? null,
    reference: null,
    settings: [
      ['Scenario', name],
      ['Scheme', schemeLabel(scenario.scheme)],
      ['Users', String(rows.length)],
      ['Rate', `${rate.toFixed(3)} of ${perfectRate.toFixed(3)} bit/s/Hz`],
      ['Loss of rate', `${lossText(rate, perfectRate)}; by the board ${lossText(boardRate, perfectRate)}`],
      ['Seed', String(scenario.seed)],
    ],
    rows,
    tables: [userTable(rows)],
    figures: [],
    claims: [],
  };
}

function lossText(rate: number, perfectRate: number): string {
  const lost = lossPercent(rate, perfectRate);
  return lost === null ? '-' : percent(lost / 100);
}

function userTable(rows: readonly ScenarioRow[]): Table {
  const columns: { title: string; align: 'left' | 'right'; cell: (row: ScenarioRow) => string }[] = [
    { title: 'User', align: 'left', cell: ({ ue }) => ue },
    { title: 'sin(angle)', align: 'right', cell: ({ sinAngle }) => sinAngle.toFixed(5) },
    { title: 'True', align: 'right', cell: ({ trueSinAngle }) => trueSinAngle.toFixed(5) },
    { title: 'Ring (1/m)', align: 'right', cell: ({ ringPerM }) => ringPerM.toFixed(5) },
    { title: 'True', align: 'right', cell: ({ trueRingPerM }) => trueRingPerM.toFixed(5) },
    { title: 'Rate (bit/s/Hz)', align: 'right', cell: ({ rate }) => rate.toFixed(3) },
    { title: 'By the board', align: 'right', cell: ({ boardRate }) => boardRate.toFixed(3) },
    { title: 'Perfect', align: 'right', cell: ({ perfectRate }) => perfectRate.toFixed(3) },
    { title: 'Pilots', align: 'right', cell: ({ numPilots }) => String(numPilots) },
  ];
  return {
    title: 'Users',
    columns: columns.map(({ title, align }) => ({ title, align })),
    rows: rows.map((row) => columns.map(({ cell }) => cell(row))),
  };
}
