/** Users on the terminal: a row each, and of many their distributions and the worst of them. */
import { decibels } from '../campaign/in-words.js';
import { MOST_NAMED, type UserOutcome } from '../campaign/outcome.js';
import { plural } from '../core/plural.js';
import type { LossAccount } from '../scenario/loss-account.js';
import { formatTable, wrapped } from './text-table.js';
import {
  BEST,
  estimated,
  NAME,
  pilotNotes,
  pilots,
  TRUE_POSITION,
  type UserColumn,
  userTable,
} from './user-columns.js';

const NUM_WORST = 10;
/** A codeword that brings so much less is nearly as good. */
const NEARLY_DB = 1;

/** @param widthColumns of the terminal; undefined = as wide as it takes. */
export function usersText(
  users: readonly UserOutcome[],
  isWideband: boolean,
  widthColumns: number | undefined,
): string {
  const table = isWideband ? widebandTable : narrowbandTable;
  if (users.length <= MOST_NAMED) return table(users, widthColumns);
  const found = users.filter(({ estimate }) => estimate !== null);
  const compared = found.filter(({ match }) => match !== null);
  const counts = [`${found.length} of ${plural(users.length, 'user')} found`];
  if (compared.length > 0) {
    const best = compared.filter(({ match }) => match === true).length;
    counts.push(`${best} of ${compared.length} with the noise-free best codeword`);
    const lost = compared.flatMap(({ losses }) => losses?.powerDb.estimation ?? []);
    const near = lost.filter((estimationDb) => estimationDb <= NEARLY_DB).length;
    if (lost.length === compared.length) counts.push(`${near} within ${NEARLY_DB} dB of it`);
  }
  return [
    ...wrapped(counts.join(', '), widthColumns),
    '\n',
    distributionTable(found, widthColumns),
    `\nThe worst ${NUM_WORST}:\n\n`,
    table(worstFirst(users).slice(0, NUM_WORST), widthColumns),
    ...wrapped(
      'All of them: with --json, or by beamloop export <recording> --csv --tables users,estimates,losses',
      widthColumns,
    ),
  ].join('');
}

/** What users are told by, the larger the worse or the better; null where it is not known. */
const FIGURES: readonly {
  readonly title: string;
  readonly of: (user: UserOutcome) => number | null;
  readonly digits: number;
}[] = [
  { title: 'off by, direction (half-widths)', of: directionError, digits: 2 },
  { title: 'off by, ring (half-widths)', of: ringError, digits: 2 },
  { title: 'rate (bit/s/Hz)', of: ({ wideband }) => wideband?.rate ?? null, digits: 3 },
  { title: 'rate by the board (bit/s/Hz)', of: ({ wideband }) => wideband?.boardRate ?? null, digits: 3 },
  {
    title: 'loss of rate by the board (%)',
    of: ({ wideband }) => wideband?.boardLossPercent ?? null,
    digits: 2,
  },
  { title: 'gain (dB)', of: ({ losses }) => gainDb(losses), digits: 2 },
  { title: 'over noise (dB)', of: ({ estimate }) => estimate?.evidence.peakOverNoiseDb ?? null, digits: 1 },
  { title: 'pilots', of: ({ estimate }) => estimate?.numPilots ?? null, digits: 0 },
  { title: 'pilots to check it', of: ({ estimate }) => estimate?.numCheckPilots ?? null, digits: 0 },
];

function directionError({ wideband }: UserOutcome): number | null {
  return wideband === null ? null : Math.abs(wideband.sinAngleErrorHalfWidths);
}

function ringError({ wideband }: UserOutcome): number | null {
  return wideband === null ? null : Math.abs(wideband.ringErrorHalfWidths);
}

const SHARES = [0, 0.1, 0.5, 0.9, 1] as const;

/** Of users that were found. */
function distributionTable(found: readonly UserOutcome[], widthColumns: number | undefined): string {
  const columns = [
    { title: 'users that were found', align: 'left' },
    ...['least', '10 %', 'median', '90 %', 'most'].map((title) => ({ title, align: 'right' }) as const),
  ] as const;
  const rows = FIGURES.flatMap(({ title, of, digits }) => {
    const values = found
      .map(of)
      .filter((value) => value !== null)
      .sort((a, b) => a - b);
    if (values.length === 0) return [];
    return [
      [
        title,
        ...SHARES.map((share) =>
          quantile(values, share)
            .toFixed(digits)
            .replace(/^-(0\.?0*)$/, '$1'),
        ),
      ],
    ];
  });
  return formatTable({ columns, rows }, widthColumns);
}

/** The smallest value that this share of them does not exceed; `sorted` ascending, not empty. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

/** Who was not found, then by what serving them loses, or how far off they are. */
function worstFirst(users: readonly UserOutcome[]): UserOutcome[] {
  const badness = (user: UserOutcome): number => {
    if (user.estimate === null) return Number.MAX_VALUE;
    const gain = gainDb(user.losses);
    return user.wideband?.boardLossPercent ?? (gain === null ? null : -gain) ?? directionError(user) ?? 0;
  };
  return users.toSorted((a, b) => badness(b) - badness(a));
}

const estimateOf = ({ estimate }: UserOutcome) => estimate;
const OVER_NOISE: UserColumn<UserOutcome> = {
  title: 'over noise',
  align: 'right',
  cell: ({ estimate }) => overNoise(estimate),
};

function narrowbandTable(users: readonly UserOutcome[], widthColumns: number | undefined): string {
  const columns: UserColumn<UserOutcome>[] = [
    NAME,
    TRUE_POSITION,
    estimated(estimateOf),
    {
      title: 'codeword',
      align: 'left',
      dropFirst: 1,
      cell: ({ estimate }) => estimate?.codewordKey ?? '-',
    },
    { ...BEST, dropFirst: 2 },
    {
      title: 'match',
      align: 'left',
      cell: ({ match }) => (match === null ? '-' : match ? 'yes' : 'NO'),
    },
    { title: 'gain', align: 'right', cell: ({ losses }) => decibels(gainDb(losses)) },
    { ...OVER_NOISE, dropFirst: 3 },
    pilots(estimateOf),
  ];
  const hasGain = users.some(({ losses }) => gainDb(losses) !== null);
  const notes = [...(hasGain ? [GAIN_NOTE] : []), ...pilotNotes(users.map(estimateOf))];
  return userTable(users, columns, notes, widthColumns);
}

const GAIN_NOTE =
  "Gain: what the board's beam brings, against a perfect one that is focused on the user's true position.";

/** Against a beam that is focused on the user's true position; null where that or the board's errors are not known. */
function gainDb(losses: LossAccount | null): number | null {
  const { total = null, focusing = null } = losses?.powerDb ?? {};
  return total === null || focusing === null ? null : focusing - total;
}

/** The strongest pilot over the noise: how sure an estimate is. */
function overNoise(estimate: UserOutcome['estimate']): string {
  const peakDb = estimate?.evidence.peakOverNoiseDb ?? null;
  return peakDb === null ? '-' : `${peakDb.toFixed(1)} dB`;
}

function widebandTable(users: readonly UserOutcome[], widthColumns: number | undefined): string {
  const rate = (title: string, of: (wideband: Wideband) => number): UserColumn<UserOutcome> => ({
    title,
    align: 'right',
    cell: ({ wideband }) => (wideband === null ? '-' : of(wideband).toFixed(3)),
  });
  const columns: UserColumn<UserOutcome>[] = [
    NAME,
    { ...TRUE_POSITION, dropFirst: 1 },
    estimated(estimateOf),
    {
      title: 'off by (half-widths)',
      align: 'left',
      cell: ({ wideband }) =>
        wideband === null
          ? '-'
          : `${wideband.sinAngleErrorHalfWidths.toFixed(2)}, ${wideband.ringErrorHalfWidths.toFixed(2)}`,
    },
    rate('rate', (wideband) => wideband.rate),
    { ...rate('by the board', (wideband) => wideband.boardRate), dropFirst: 2 },
    { ...rate('perfect', (wideband) => wideband.perfectRate), dropFirst: 3 },
    {
      title: 'loss',
      align: 'right',
      cell: ({ wideband }) => percent(wideband?.boardLossPercent ?? null),
    },
    { ...OVER_NOISE, dropFirst: 4 },
    pilots(estimateOf),
  ];
  const notes = [
    'Off by: direction, ring. Rates in bit/s/Hz. Loss: of the perfect rate, by the board.',
    ...pilotNotes(users.map(estimateOf)),
  ];
  return userTable(users, columns, notes, widthColumns);
}

type Wideband = NonNullable<UserOutcome['wideband']>;

/** Rounding can make a loss of nothing negative. */
export function percent(value: number | null): string {
  return value === null ? '-' : `${value.toFixed(2).replace(/^-0\.00$/, '0.00')} %`;
}
