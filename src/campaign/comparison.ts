/** Recordings side by side: a column each, and rows for what they are compared by. */
import type { ComparedRecording, SettingDifference } from './compared-recordings.js';
import { decibels, place } from './in-words.js';
import type { CampaignOutcome, UserOutcome } from './outcome.js';

/** What it is about, and a cell for each recording; `-` where one has no such thing. */
export type Row = readonly string[];

export interface Comparison {
  readonly settings: readonly Row[];
  readonly figures: readonly Row[];
  /** Users whom not all recordings place alike. */
  readonly users: readonly Row[];
}

export function comparisonOf(
  recordings: readonly ComparedRecording[],
  settings: readonly SettingDifference[],
): Comparison {
  return {
    settings: settings.map(({ key, values }) => [key, ...values.map(settingText)]),
    figures: FIGURES.map(([title, of]) => [title, ...recordings.map(of)]).filter(([, ...cells]) =>
      cells.some((cell) => cell !== '-'),
    ),
    users: userDifferences(recordings),
  };
}

function settingText(value: SettingDifference['values'][number]): string {
  return value === undefined ? '-' : String(value);
}

const ofSome = <T>(values: readonly T[], text: (values: readonly T[]) => string) =>
  values.length === 0 ? '-' : text(values);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value / values.length, 0);
const found = ({ outcome }: ComparedRecording) => outcome.users.flatMap(({ estimate }) => estimate ?? []);

/** `-` where a recording has no such figure. */
const FIGURES: readonly (readonly [title: string, of: (recording: ComparedRecording) => string])[] = [
  ['users found', (recording) => `${found(recording).length} of ${recording.outcome.users.length}`],
  [
    'noise-free best codeword',
    ({ outcome }) =>
      ofSome(
        outcome.users.flatMap(({ match }) => match ?? []),
        (matches) => `${matches.filter(Boolean).length} of ${matches.length}`,
      ),
  ],
  [
    'gain, mean',
    ({ outcome }) => {
      const { total = null, focusing = null } = outcome.losses?.powerDb ?? {};
      return decibels(total === null || focusing === null ? null : focusing - total);
    },
  ],
  ['power lost, mean', ({ outcome }) => decibels(outcome.losses?.powerDb.total ?? null)],
  ['rate (bit/s/Hz), mean', ({ outcome }) => outcome.wideband?.meanRate.toFixed(3) ?? '-'],
  ['rate by the board, mean', ({ outcome }) => outcome.wideband?.meanBoardRate.toFixed(3) ?? '-'],
  [
    'pilots a user, mean',
    (recording) =>
      ofSome(found(recording), (all) =>
        mean(all.map(({ numPilots, numCheckPilots }) => numPilots + numCheckPilots)).toFixed(1),
      ),
  ],
  ['slots measured', ({ outcome }) => `${outcome.slots.measured} of ${outcome.slots.planned}`],
  ['slots by evidence', ({ outcome }) => evidenceWord(outcome)],
  ['slots late, missed', ({ outcome }) => `${outcome.slots.late}, ${outcome.slots.missed}`],
  ['retransmissions', ({ outcome }) => String(outcome.link.retransmissions)],
  ['tracked gain, mean', ({ outcome }) => outcome.tracking?.meanGain?.toFixed(3) ?? '-'],
  [
    'epochs tracked',
    ({ outcome }) =>
      ofSome(
        outcome.tracking?.users ?? [],
        (users) => `${(100 * mean(users.map(({ trackedShare }) => trackedShare))).toFixed(1)} %`,
      ),
  ],
  ['calibration table', ({ calibration }) => calibration ?? '-'],
  ['board', ({ board }) => board?.serialNumber ?? '-'],
  ['firmware', ({ board }) => board?.firmware ?? '-'],
  ['beamloop', ({ versions }) => versions.beamloop ?? '-'],
  ['Node.js', ({ versions }) => versions.node ?? '-'],
];

/** Users whom not all recordings place alike. */
function userDifferences(recordings: readonly ComparedRecording[]): Row[] {
  const ids = new Set(recordings.flatMap(({ outcome }) => outcome.users.map(({ ue }) => ue)));
  const byId = recordings.map(({ outcome }) => new Map(outcome.users.map((user) => [user.ue, user])));
  return [...ids].flatMap((id) => {
    const cells = byId.map((users) => estimateText(users.get(id)));
    return new Set(cells).size === 1 ? [] : [[id, ...cells]];
  });
}

function estimateText(user: UserOutcome | undefined): string {
  if (user === undefined) return '-';
  const { estimate, failure } = user;
  if (estimate === null) return failure === null ? 'not found' : `not found: ${failure.code}`;
  const { distanceM, angleRad, elevationRad, codewordKey } = estimate;
  return `${place(distanceM, angleRad, elevationRad)}, ${codewordKey}`;
}

/** What receipts of measured slots say; nothing of a board that tells of every latch. */
function evidenceWord({ evidence }: CampaignOutcome): string {
  if (evidence === undefined) return '-';
  const { latched, acknowledged, sent } = evidence;
  const counts = [`${latched} latched`, `${acknowledged} acknowledged`, `${sent} sent`];
  return counts.filter((each) => !each.startsWith('0 ')).join(', ');
}
