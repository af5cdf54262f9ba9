/** What came out of a campaign, read from its recording. */
import type { Recording } from '../record/recording.js';
import type { Row } from '../record/schema.js';

export interface UserOutcome {
  readonly ue: string;
  /** Null where nobody knows it. */
  readonly truePositionM: readonly [number, number] | null;
  /** Null when training ended without one. */
  readonly estimate: {
    readonly codewordKey: string;
    readonly angleRad: number;
    /** Null on the far-field ring. */
    readonly distanceM: number | null;
    readonly regionIndex: number | null;
    readonly numPilots: number;
  } | null;
  /** The noise-free best codeword; null where nobody knows it. */
  readonly bestKey: string | null;
  /** Whether the estimate is the best codeword; null where there is nothing to compare. */
  readonly match: boolean | null;
}

export interface CampaignOutcome {
  readonly folder: string;
  readonly users: readonly UserOutcome[];
  readonly slots: {
    readonly planned: number;
    readonly latched: number;
    readonly late: number;
    readonly missed: number;
    readonly measured: number;
  };
}

export async function outcomeOf(recording: Recording): Promise<CampaignOutcome> {
  const estimates = new Map((await recording.rows('estimates')).map((row) => [row.ue, row]));
  const users = (await recording.rows('users')).map((user) => userOutcome(user, estimates.get(user.ue)));
  const [counts] = await recording.query(`
    SELECT (SELECT count(*) FROM slots) AS planned,
           (SELECT count(*) FROM receipts WHERE status = 'latched') AS latched,
           (SELECT count(*) FROM receipts WHERE status = 'late') AS late,
           (SELECT count(*) FROM receipts WHERE status = 'missed') AS missed,
           (SELECT count(*) FROM powers) AS measured`);
  const count = (key: keyof CampaignOutcome['slots']) => Number(counts![key]);
  return {
    folder: recording.folder,
    users,
    slots: {
      planned: count('planned'),
      latched: count('latched'),
      late: count('late'),
      missed: count('missed'),
      measured: count('measured'),
    },
  };
}

function userOutcome(user: Row<'users'>, estimate: Row<'estimates'> | undefined): UserOutcome {
  const { ue, xM, yM, bestKey } = user;
  return {
    ue,
    truePositionM: xM === null || yM === null ? null : [xM, yM],
    estimate:
      estimate === undefined
        ? null
        : {
            codewordKey: estimate.codewordKey,
            angleRad: estimate.angleRad,
            distanceM: Number.isFinite(estimate.distanceM) ? estimate.distanceM : null,
            regionIndex: estimate.regionIndex,
            numPilots: estimate.numPilots,
          },
    bestKey,
    match: estimate === undefined || bestKey === null ? null : estimate.codewordKey === bestKey,
  };
}

/** Users that ended without an estimate. */
export function unfound(outcome: CampaignOutcome): string[] {
  return outcome.users.filter(({ estimate }) => estimate === null).map(({ ue }) => ue);
}
