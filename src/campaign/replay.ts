/** Feeds the recorded powers of a run to a scheme again. The same powers give the same decisions. */

import type { BoardDescription } from '../../drivers/array-board.js';
import type { AntennaArray, PlaceM } from '../array/antenna-array.js';
import { PlanarArray, type SeenPlace } from '../array/planar-array.js';
import { BeamloopError } from '../core/errors.js';
import { shellWord } from '../core/shell-word.js';
import type { Recording } from '../record/recording.js';
import type { Row } from '../record/schema.js';
import { prepareScheme } from '../scenario/plan.js';
import { boardBeams } from '../scenario/plan-on-board.js';
import type { ScenarioFile } from '../scenario/scenario.js';
import { schemeOnBoard } from '../scenario/scheme-on-board.js';
import { listeningKey, measuredPilots } from '../slots/measured-pilots.js';
import { outcomeOfSlot } from '../slots/slot-outcome.js';
import { type MeasuredPilot, powersOfRecords } from '../sounding/pilot-powers.js';
import { runSounding } from '../sounding/run-sounding.js';
import type { SchemeChoice } from '../training/scheme-definition.js';
import { numCheckPilotsOf, type PilotCounts } from './check-pilots.js';
import { recordedPlace } from './outcome.js';

/** Its `numCheckPilots` are those of the run: a replay decides without them. */
export interface ReplayedUser extends PilotCounts {
  readonly ue: string;
  /** Key of the codeword that the run found. */
  readonly recorded: string;
  /** Key of the codeword that the replay found. */
  readonly replayed: string;
  readonly angleRad: number;
  /** Of a planar array; null for a linear one. */
  readonly elevationRad: number | null;
  /** Null on the far-field ring. */
  readonly distanceM: number | null;
  readonly regionIndex: number | null;
  readonly same: boolean;
  readonly bestKey: string | null;
  /** Null where nobody knows it. */
  readonly truePositionM: PlaceM | null;
  /** The same as a planar array sees it, in its own frame; null for linear arrays. */
  readonly trueSeen: SeenPlace | null;
}

/**
 * Replays every user that the run found. A codeword that was a pilot more than once gives its powers in that order.
 *
 * @param choice the scheme to replay; estimators that want to know are told what the run's board radiated.
 * @throws RECORDING_LACKS_PILOT when the scheme asks for a codeword that was not measured for the user.
 */
export async function replayRecording(
  recording: Recording,
  { scenario, calibration }: ScenarioFile,
  choice: SchemeChoice,
): Promise<ReplayedUser[]> {
  const board = await recordedBoard(recording);
  const beams = boardBeams(scenario, board, calibration?.table ?? null);
  const prepared = prepareScheme(scenario);
  const { array } = prepared;
  const { start } = schemeOnBoard(prepared, beams, choice);
  const measured = await measuredPowers(recording);
  // They stand for the powers that UEs kept, and only for the estimator that the UEs ran.
  const sameScheme = JSON.stringify(choice) === JSON.stringify(scenario.scheme);
  const local = new Map(
    (sameScheme ? await recording.rows('local_estimates') : []).map(({ ue, sinAngle, ringPerM }) => [
      ue,
      { sinAngle, ringPerM },
    ]),
  );
  const users = new Map((await recording.rows('users')).map((user) => [user.ue, user]));
  const numCheckPilots = await numCheckPilotsOf(recording);
  const turns = [...users.keys()];
  const estimates = await recording.rows('estimates', 'WHERE epoch = 0');
  estimates.sort((a, b) => turns.indexOf(a.ue) - turns.indexOf(b.ue));
  return estimates.map(({ ue, codewordKey: recorded }) => {
    const powers = measured.get(ue) ?? new Map<string, MeasuredPilot[]>();
    const asked = new Map<string, number>();
    const measuredOf = (key: string): MeasuredPilot => {
      const known = powers.get(key);
      if (known === undefined) throw lacksPilot(recording.folder, ue, choice.name, key);
      const times = asked.get(key) ?? 0;
      asked.set(key, times + 1);
      return known[Math.min(times, known.length - 1)]!;
    };
    const localEstimate = local.get(ue);
    const { result: estimate, numPilots } = runSounding(start(), (pilots) => ({
      ...powersOfRecords(pilots.map(({ key }) => measuredOf(key))),
      ...(localEstimate && { localEstimate }),
    }));
    const { codeword, angleRad, elevationRad, distanceM, regionIndex } = estimate;
    return {
      ue,
      recorded,
      replayed: codeword.key,
      angleRad,
      elevationRad: elevationRad ?? null,
      distanceM: Number.isFinite(distanceM) ? distanceM : null,
      regionIndex: regionIndex ?? null,
      numPilots,
      numCheckPilots: numCheckPilots.get(ue) ?? 0,
      same: codeword.key === recorded,
      bestKey: users.get(ue)?.bestKey ?? null,
      ...truePlaceOf(users.get(ue), array),
    };
  });
}

function truePlaceOf(
  user: Row<'users'> | undefined,
  array: AntennaArray,
): Pick<ReplayedUser, 'truePositionM' | 'trueSeen'> {
  const truePositionM = user === undefined ? null : recordedPlace(user);
  const isSeen = truePositionM !== null && array instanceof PlanarArray;
  return { truePositionM, trueSeen: isSeen ? array.seen(truePositionM) : null };
}

/** What the run's board said about itself. Throws RECORDING_INVALID when the run never came to that. */
async function recordedBoard(recording: Recording): Promise<BoardDescription> {
  const board = (await recording.runValue('board')) as BoardDescription | undefined;
  if (board === undefined) {
    throw new BeamloopError('RECORDING_INVALID', {
      what: 'The recording tells of no board: the run ended before it measured anything',
      where: recording.folder,
      todo: `Go on with: beamloop resume ${shellWord(recording.folder)}`,
    });
  }
  const { delayLinesS } = board;
  return { ...board, delayLinesS: delayLinesS?.map((line) => Float64Array.from(line)) ?? null };
}

/** Per user and codeword, the powers of the training's pilots that sent it, in the pilots' order. */
async function measuredPowers(recording: Recording): Promise<Map<string, Map<string, MeasuredPilot[]>>> {
  const receipts = new Map((await recording.rows('receipts')).map((row) => [row.slot, row]));
  const powers = new Map((await recording.rows('powers')).map((row) => [listeningKey(row), row]));
  const slots = new Map<string, Row<'slots'>[]>();
  for (const row of await recording.rows('slots', 'WHERE sounding = ue')) {
    const ofUser = slots.get(row.ue);
    if (ofUser === undefined) slots.set(row.ue, [row]);
    else ofUser.push(row);
  }
  const isMeasured = (row: Row<'slots'>) =>
    outcomeOfSlot(row.hash, receipts.get(row.slot) ?? null, powers.has(listeningKey(row))) === 'joined';
  const users = new Map<string, Map<string, MeasuredPilot[]>>();
  for (const [ue, planned] of slots) {
    const ofUser = new Map<string, MeasuredPilot[]>();
    users.set(ue, ofUser);
    for (const row of measuredPilots(planned, isMeasured)) {
      const measured = powers.get(listeningKey(row))!;
      const known = ofUser.get(row.codewordKey);
      if (known === undefined) ofUser.set(row.codewordKey, [measured]);
      else known.push(measured);
    }
  }
  return users;
}

function lacksPilot(folder: string, ue: string, scheme: string, key: string): BeamloopError {
  return new BeamloopError('RECORDING_LACKS_PILOT', {
    what: `Scheme ${scheme} asks for pilot ${key}, which was not measured for '${ue}'`,
    where: folder,
    todo: 'Replay a scheme whose pilots the run sent; a narrowband run with scheme exhaustive holds the whole polar codebook',
  });
}
