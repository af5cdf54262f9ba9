/** What came out of a campaign, read from its recording. */
import type { PlaceM } from '../array/antenna-array.js';
import { type FocalPoint, focalPointOf } from '../array/focal-point.js';
import { LinearArray } from '../array/linear-array.js';
import { PlanarArray, type SeenPlace } from '../array/planar-array.js';
import { shellWord } from '../core/shell-word.js';
import type { Recording } from '../record/recording.js';
import type { Row } from '../record/schema.js';
import { accountOf, type LossAccount, meanAccount } from '../scenario/loss-account.js';
import type { Scenario } from '../scenario/scenario-schema.js';
import { lossPercent } from '../scenario/serving.js';
import { arrayOf } from '../scenario/users.js';
import { outcomeOfSlot, type SlotOutcome } from '../slots/slot-outcome.js';
import type { Evidence } from '../training/evidence.js';
import { numCheckPilotsOf, type PilotCounts } from './check-pilots.js';
import { type FocusError, focusError, focusOf } from './focus-error.js';
import { type TrackingOutcome, trackingOutcomeOf } from './tracking/tracking-outcome.js';

/** How good a wideband estimate is; null where nobody knows where the user is. */
interface WidebandOutcome extends FocusError {
  /** bit/s/Hz, mean over the subcarriers: served by an ideal beam at the estimate, by what the board makes of it, perfectly. */
  readonly rate: number;
  readonly boardRate: number;
  readonly perfectRate: number;
  /** Share of the perfect rate that `rate` and `boardRate` lack, per cent; null without noise. */
  readonly lossPercent: number | null;
  readonly boardLossPercent: number | null;
}

/** More users than this are told of by distributions and the worst of them, on the terminal as in the report. */
export const MOST_NAMED = 30;

export interface UserOutcome {
  readonly ue: string;
  /** Null where nobody knows it. */
  readonly truePositionM: PlaceM | null;
  /** The same as a planar array sees it, in its own frame; null for linear arrays. */
  readonly trueSeen: SeenPlace | null;
  /** Null when training ended without one. */
  readonly estimate:
    | (PilotCounts & {
        readonly codewordKey: string;
        readonly angleRad: number;
        /** Of a planar array, in its own frame like the angle; null for a linear one. */
        readonly elevationRad: number | null;
        /** Null on the far-field ring. */
        readonly distanceM: number | null;
        readonly regionIndex: number | null;
        /** How well the powers bear it out; all null in recordings of versions that did not ask. */
        readonly evidence: Evidence;
      })
    | null;
  /** Why there is no estimate; null when there is one, and when the run did not come to this user. */
  readonly failure: { readonly code: string; readonly what: string } | null;
  /** The noise-free best codeword of the polar codebook; null where nobody knows it, and for schemes of the whole band. */
  readonly bestKey: string | null;
  /** Whether the estimate is the best codeword; null where there is nothing to compare. */
  readonly match: boolean | null;
  /** Null for schemes that choose from the polar codebook, and without an estimate. */
  readonly wideband: WidebandOutcome | null;
  /** Where power and rate are lost when it is served by the estimate; null without one, and in recordings of versions below 4. */
  readonly losses: LossAccount | null;
}

/** Means over the users that were found and whose truth is known. */
export interface WidebandSummary {
  readonly users: number;
  readonly meanRate: number;
  readonly meanBoardRate: number;
  readonly meanPerfectRate: number;
  /** Of the means, per cent; null without noise. */
  readonly lossPercent: number | null;
  readonly boardLossPercent: number | null;
}

export interface CampaignOutcome {
  readonly folder: string;
  readonly users: readonly UserOutcome[];
  /** Null where no user has a wideband outcome. */
  readonly wideband: WidebandSummary | null;
  /** Means over the users that were found; null where none was. */
  readonly losses: LossAccount | null;
  /** How users were tracked; null of a run that only trains. */
  readonly tracking: TrackingOutcome | null;
  /** `planned` is the sum of all others. */
  readonly slots: SlotCounts;
  /** Absent where the board told of every latch. */
  readonly evidence?: EvidenceCounts;
  /** What was repaired on the way, all sessions of the run together. */
  readonly link: LinkCounts;
}

export interface SlotCounts {
  readonly planned: number;
  /** In force in time with the right codeword as far as the board can tell, and reported by the UE. */
  readonly measured: number;
  readonly late: number;
  readonly missed: number;
  readonly wrongCodeword: number;
  /** Latched in time, but no power was recorded. */
  readonly withoutPower: number;
  /** Never queued, or lost when the board restarted. */
  readonly withoutReceipt: number;
}

/** Slots that were measured, by what their receipts say. */
export interface EvidenceCounts {
  readonly latched: number;
  readonly acknowledged: number;
  readonly sent: number;
}

export interface LinkCounts {
  readonly corruptFrames: number;
  readonly reconnects: number;
  readonly retransmissions: number;
}

export async function outcomeOf(recording: Recording): Promise<CampaignOutcome> {
  const users = await userOutcomes(recording);
  return {
    folder: recording.folder,
    users,
    wideband: summaryOf(users),
    losses: meanAccount(users.flatMap(({ losses }) => losses ?? [])),
    tracking: await trackingOutcomeOf(recording),
    ...(await slotCounts(recording)),
    link: await linkCounts(recording),
  };
}

const COUNT_OF = {
  joined: 'measured',
  late: 'late',
  missed: 'missed',
  'wrong-codeword': 'wrongCodeword',
  'no-power': 'withoutPower',
  'no-receipt': 'withoutReceipt',
} as const satisfies Record<SlotOutcome, keyof SlotCounts>;

async function slotCounts(recording: Recording): Promise<Pick<CampaignOutcome, 'slots' | 'evidence'>> {
  const groups = await recording.query(`
    SELECT receipts.status, receipts.hash = slots.hash AS same, powers.sequence IS NOT NULL AS measured, count(*) AS slots
    FROM slots LEFT JOIN receipts USING (slot) LEFT JOIN powers USING (slot, ue) GROUP BY ALL`);
  const counts = {
    planned: 0,
    measured: 0,
    late: 0,
    missed: 0,
    wrongCodeword: 0,
    withoutPower: 0,
    withoutReceipt: 0,
  };
  const evidence = { latched: 0, acknowledged: 0, sent: 0 };
  for (const { status, same, measured, slots } of groups) {
    const receipt = status === null ? null : { status: String(status), hash: same ? 'asked for' : 'another' };
    const outcome = outcomeOfSlot('asked for', receipt, measured === true);
    counts.planned += Number(slots);
    counts[COUNT_OF[outcome]] += Number(slots);
    if (outcome === 'joined') evidence[String(status) as keyof EvidenceCounts] += Number(slots);
  }
  return { slots: counts, ...(evidence.acknowledged + evidence.sent > 0 && { evidence }) };
}

/** A run that is resumed counts from zero again; here it adds up. */
async function linkCounts(recording: Recording): Promise<LinkCounts> {
  const keys = ['corruptFrames', 'reconnects', 'retransmissions'] as const;
  const columns = keys.map((key) => `CAST(statistics->>'$.link.${key}' AS BIGINT) AS ${key}`);
  const rows = await recording.query(`SELECT ${columns} FROM link_statistics ORDER BY wall_time`);
  const total = (key: keyof LinkCounts) => {
    let sum = 0;
    let before = 0;
    for (const row of rows) {
      const now = Number(row[key] ?? 0);
      sum += now < before ? now : now - before;
      before = now;
    }
    return sum;
  };
  return {
    corruptFrames: total('corruptFrames'),
    reconnects: total('reconnects'),
    retransmissions: total('retransmissions'),
  };
}

/** @param where SQL condition on table `users`; all of them unless given. Ids are plain words. */
export async function userOutcomes(recording: Recording, where = ''): Promise<UserOutcome[]> {
  const rows = await recording.rows('users', where);
  const ids = rows.map(({ ue }) => `'${ue}'`).join(', ');
  const all = rows.length === 0 ? [] : await recording.rows('estimates', `WHERE ue IN (${ids})`);
  // Of a user that is trained again and again the first counts: rows come in the order of trainings.
  const estimates = new Map(all.toReversed().map((row) => [row.ue, row]));
  const found = [...estimates.values()];
  const lost = new Map(
    (found.length === 0 ? [] : await recording.rows('losses', `WHERE epoch = 0 AND ue IN (${ids})`)).map(
      (row) => [row.ue, row],
    ),
  );
  const numCheckPilots =
    found.length === 0
      ? new Map<string, number>()
      : await numCheckPilotsOf(recording, `WHERE ue IN (${ids})`);
  const array = await recordedArray(recording);
  const foci = await estimatedFoci(recording, estimates.values(), array);
  const failures = estimates.size < rows.length ? await userFailures(recording, ids) : new Map();
  return rows.map((user) => {
    const estimate = estimates.get(user.ue);
    const failure = estimate === undefined ? (failures.get(user.ue) ?? null) : null;
    const found = estimate && { ...estimate, numCheckPilots: numCheckPilots.get(user.ue) ?? 0 };
    const outcome = userOutcome(user, found, failure, foci?.of.get(user.ue), foci?.array);
    const placeM = outcome.truePositionM;
    return {
      ...outcome,
      trueSeen: placeM !== null && array instanceof PlanarArray ? array.seen(placeM) : null,
      losses: recordedAccount(lost.get(user.ue), estimate),
    };
  });
}

/** Where the estimates are whose rates are known; null where there are none. */
async function estimatedFoci(
  recording: Recording,
  estimates: Iterable<Row<'estimates'>>,
  array: LinearArray | PlanarArray | null,
): Promise<{ readonly of: ReadonlyMap<string, FocalPoint>; readonly array: LinearArray } | null> {
  const rated = [...estimates].filter(({ rate }) => rate !== null);
  // Planar arrays find directions alone: there is no focus to compare.
  if (rated.length === 0 || !(array instanceof LinearArray)) return null;
  const keys = rated.map(({ codewordKey }) => `'${codewordKey}'`).join(', ');
  const found = await recording.rows('codewords', `WHERE key IN (${keys})`);
  const labels = new Map(found.map(({ key, label }) => [key, label]));
  const foci = rated.map((row) => [row.ue, focusOf(row, labels.get(row.codewordKey))] as const);
  return { of: new Map(foci), array };
}

/** Null where the recording does not say. */
async function recordedArray(recording: Recording): Promise<LinearArray | PlanarArray | null> {
  const [row] = await recording.query(`SELECT value->'$.array' AS array FROM run WHERE key = 'scenario'`);
  if (row === undefined || row.array === null) return null;
  return arrayOf({ array: JSON.parse(String(row.array)) as Scenario['array'] });
}

/** As users are recorded. */
export function recordedPlace({ xM, yM, zM }: Row<'users'>): PlaceM | null {
  if (xM === null || yM === null) return null;
  return zM === null ? [xM, yM] : [xM, yM, zM];
}

/** Of each of these users that could not be trained, why it was given up the last time. */
async function userFailures(recording: Recording, ids: string): Promise<Map<string, UserOutcome['failure']>> {
  const events = await recording.rows(
    'events',
    `WHERE kind = 'user failed' AND (detail->>'$.ue') IN (${ids})`,
  );
  return new Map(
    events.map(({ detail }) => {
      const { ue, code, what } = detail as { ue: string; code: string; what: string };
      return [ue, { code, what }];
    }),
  );
}

function userOutcome(
  user: Row<'users'>,
  estimate: (Row<'estimates'> & PilotCounts) | undefined,
  failure: UserOutcome['failure'],
  focus: FocalPoint | undefined,
  array: LinearArray | undefined,
): Omit<UserOutcome, 'losses' | 'trueSeen'> {
  const { ue, bestKey } = user;
  const truePositionM = recordedPlace(user);
  const judged = estimate !== undefined && focus !== undefined && array !== undefined;
  return {
    ue,
    truePositionM,
    estimate:
      estimate === undefined
        ? null
        : {
            codewordKey: estimate.codewordKey,
            angleRad: estimate.angleRad,
            elevationRad: estimate.elevationRad,
            distanceM: Number.isFinite(estimate.distanceM) ? estimate.distanceM : null,
            regionIndex: estimate.regionIndex,
            numPilots: estimate.numPilots,
            numCheckPilots: estimate.numCheckPilots,
            evidence: {
              peakOverNoiseDb: estimate.peakOverNoiseDb,
              peakOverRunnerUpDb: estimate.peakOverRunnerUpDb,
              likeness: estimate.likeness,
            },
          },
    failure,
    bestKey,
    match: estimate === undefined || bestKey === null ? null : estimate.codewordKey === bestKey,
    wideband:
      judged && truePositionM !== null
        ? widebandOutcome(array, focus, focalPointOf(truePositionM), estimate)
        : null,
  };
}

/** The account of a row of table `losses` and the user's estimate; null where either is missing. */
export function recordedAccount(
  losses: Row<'losses'> | undefined,
  estimate: Row<'estimates'> | undefined,
): LossAccount | null {
  if (losses === undefined || estimate === undefined) return null;
  const { focusingDb, codebookDb, estimationDb, quantisationDb, hardwareDb } = losses;
  const { focusedRate, bestRate, quantisedRate } = losses;
  const { rate, boardRate, perfectRate } = estimate;
  return accountOf(
    {
      ...{ focusing: focusingDb, codebook: codebookDb, estimation: estimationDb },
      ...{ quantisation: quantisationDb, hardware: hardwareDb },
    },
    { rate, boardRate, perfectRate, focusedRate, bestRate, quantisedRate },
  );
}

function widebandOutcome(
  array: LinearArray,
  found: FocalPoint,
  truth: FocalPoint,
  { rate, boardRate, perfectRate }: Row<'estimates'>,
): WidebandOutcome | null {
  if (rate === null || boardRate === null || perfectRate === null) return null;
  return {
    ...focusError(array, found, truth),
    rate,
    boardRate,
    perfectRate,
    lossPercent: lossPercent(rate, perfectRate),
    boardLossPercent: lossPercent(boardRate, perfectRate),
  };
}

function summaryOf(users: readonly UserOutcome[]): WidebandSummary | null {
  const judged = users.flatMap(({ wideband }) => wideband ?? []);
  if (judged.length === 0) return null;
  const mean = (of: (outcome: WidebandOutcome) => number) =>
    judged.reduce((sum, outcome) => sum + of(outcome), 0) / judged.length;
  const meanRate = mean(({ rate }) => rate);
  const meanBoardRate = mean(({ boardRate }) => boardRate);
  const meanPerfectRate = mean(({ perfectRate }) => perfectRate);
  return {
    users: judged.length,
    meanRate,
    meanBoardRate,
    meanPerfectRate,
    lossPercent: lossPercent(meanRate, meanPerfectRate),
    boardLossPercent: lossPercent(meanBoardRate, meanPerfectRate),
  };
}

/** Users that ended without an estimate. */
export function unfound(outcome: CampaignOutcome): string[] {
  return outcome.users.filter(({ estimate }) => estimate === null).map(({ ue }) => ue);
}

/**
 * How a run that did not find everybody goes on, as a sentence without its end. A user whose powers were no evidence is decided
 * by the same powers when the run is resumed: that helps only where others failed for another reason, or never had their turn.
 *
 * @param failures codes of those that were not found; null of one that did not get that far.
 */
export function howToGoOn(folder: string, failures: readonly (string | null)[]): string {
  return failures.every((code) => code === 'NO_EVIDENCE')
    ? 'mend what it says and measure in a new run; one that is resumed decides by the same powers'
    : `go on with: beamloop resume ${shellWord(folder)}`;
}
