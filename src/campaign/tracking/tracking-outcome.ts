/** What came out of tracking, read from a recording. */
import type { FrameCounts } from '../../camera/frame-feed.js';
import type { Recording } from '../../record/recording.js';
import type { Scenario } from '../../scenario/scenario-schema.js';
import { frameCounts } from './frame-account.js';
import { type NoticedTrouble, noticedTroubles } from './troubles.js';

export interface TrackedUserOutcome {
  readonly ue: string;
  /** Epochs from the one on in which it was first served. */
  readonly epochs: number;
  /** Of them, share in which its beam brought what it should. */
  readonly trackedShare: number;
  /** Received power of the serving beam against that of the best codeword, mean over them; null where nobody knows the truth. */
  readonly meanGain: number | null;
  /** Share of the epochs in which it brought within 1 dB of the best codeword; null likewise. */
  readonly within1DbShare: number | null;
  /** Share of the epochs in which the best codeword was among the first five that the tracker named; null likewise. */
  readonly amongFiveShare: number | null;
  /** Slots with beams that were tried, and with pilots of the scheme. */
  readonly probes: number;
  readonly trainingPilots: number;
  /** How often it was lost, and had back. */
  readonly losses: number;
  readonly recoveries: number;
  /** State in the last epoch. */
  readonly state: string;
  /** What was noticed of it, when, and for how long. */
  readonly troubles: readonly Omit<NoticedTrouble, 'ue'>[];
}

export interface TrackingOutcome {
  readonly tracker: string;
  readonly epochs: number;
  /** That could not be begun in time. */
  readonly leftOut: number;
  readonly users: readonly TrackedUserOutcome[];
  /** Over the users whose truth is known; null where there is none. */
  readonly meanGain: number | null;
  /** Share of all slots that serve or probe. */
  readonly probeShare: number;
  /** What became of the camera's frames; null without a camera. */
  readonly camera: FrameCounts | null;
}

/** -1 dB. */
const WITHIN_1_DB = 10 ** -0.1;

/** Null for a run that does not track. */
export async function trackingOutcomeOf(recording: Recording): Promise<TrackingOutcome | null> {
  const scenario = (await recording.runValue('scenario')) as Scenario | undefined;
  if (scenario?.tracking === undefined) return null;
  const rows = await recording.query(`
    WITH steps AS (
      SELECT *, lag(state) OVER (PARTITION BY ue ORDER BY epoch) AS before, EXISTS (
        SELECT 1 FROM predictions AS p
        WHERE p.epoch = epochs.epoch AND p.ue = epochs.ue AND p.rank <= 5 AND p.codeword_key = epochs.best_key
      ) AS five FROM epochs
    ), begun AS (
      SELECT ue, min(epoch) AS first FROM epochs WHERE served_key IS NOT NULL GROUP BY ue
    )
    SELECT ue, any_value(turn) AS turn,
      count(*) FILTER (epoch >= first) AS epochs,
      count(*) FILTER (epoch >= first AND state = 'tracked') AS tracked,
      avg(gain) FILTER (epoch >= first) AS gain,
      avg(CAST(gain >= ${WITHIN_1_DB} AS INTEGER)) FILTER (epoch >= first) AS within,
      avg(CAST(five AS INTEGER)) FILTER (epoch >= first AND steps.best_key IS NOT NULL) AS five,
      coalesce(sum(json_array_length(probes)), 0) AS probes,
      coalesce(sum(num_serving_slots), 0) AS serving,
      coalesce(sum(num_training_pilots), 0) AS training,
      count(*) FILTER (state = 'lost' AND before = 'tracked') AS losses,
      count(*) FILTER (state = 'tracked' AND before IN ('lost', 'given up')) AS recoveries,
      arg_max(state, epoch) AS state
    FROM users LEFT JOIN steps USING (ue) LEFT JOIN begun USING (ue) GROUP BY ue ORDER BY turn`);
  const troubles = await noticedTroubles(recording);
  const users = rows.map((row): TrackedUserOutcome => {
    const epochs = Number(row.epochs);
    return {
      ue: String(row.ue),
      epochs,
      trackedShare: epochs === 0 ? 0 : Number(row.tracked) / epochs,
      meanGain: numberOrNull(row.gain),
      within1DbShare: numberOrNull(row.within),
      amongFiveShare: numberOrNull(row.five),
      probes: Number(row.probes),
      trainingPilots: Number(row.training),
      losses: Number(row.losses),
      recoveries: Number(row.recoveries),
      state: row.state === null ? 'sought' : String(row.state),
      troubles: troubles.filter(({ ue }) => ue === row.ue).map(({ ue: _, ...trouble }) => trouble),
    };
  });
  const gains = users.flatMap(({ meanGain }) => meanGain ?? []);
  const probes = users.reduce((sum, user) => sum + user.probes, 0);
  const serving = rows.reduce((sum, row) => sum + Number(row.serving), 0);
  const [count] = await recording.query(
    'SELECT count(DISTINCT epoch) AS epochs, coalesce(max(epoch) - min(epoch) + 1, 0) AS begun FROM epochs',
  );
  return {
    tracker: scenario.tracking.tracker.name,
    epochs: Number(count!.epochs),
    leftOut: Number(count!.begun) - Number(count!.epochs),
    users,
    meanGain: gains.length === 0 ? null : gains.reduce((sum, gain) => sum + gain / gains.length, 0),
    probeShare: probes === 0 ? 0 : probes / (probes + serving),
    camera: await frameCounts(recording),
  };
}

function numberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
