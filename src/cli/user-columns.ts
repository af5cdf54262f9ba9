/** A table of users on the terminal, of a run as of a replay: columns that say their title and their cell. */
import { PILOTS_NOTE, type PilotCounts, pilotsText } from '../campaign/check-pilots.js';
import { formatTable, type TextColumn, wrapped } from './text-table.js';

export interface UserColumn<User> extends TextColumn {
  readonly cell: (user: User) => string;
}

/** @param notes what the columns mean, below the table. */
export function userTable<User>(
  users: readonly User[],
  columns: readonly UserColumn<User>[],
  notes: readonly string[],
  widthColumns: number | undefined,
): string {
  const rows = users.map((user) => columns.map(({ cell }) => cell(user)));
  const table = formatTable({ columns, rows }, widthColumns);
  return [table, ...notes.flatMap((note) => wrapped(note, widthColumns))].join('');
}

export const NAME: UserColumn<{ readonly ue: string }> = {
  title: 'user',
  align: 'left',
  cell: ({ ue }) => ue,
};

interface Found extends PilotCounts {
  /** Null on the far-field ring. */
  readonly distanceM: number | null;
  readonly angleRad: number;
}

/** Where it was found; `-` where it was not. */
export function estimated<User>(foundOf: (user: User) => Found | null): UserColumn<User> {
  return {
    title: 'estimated',
    align: 'left',
    cell: (user) => {
      const found = foundOf(user);
      return found === null ? '-' : place(found.distanceM, found.angleRad);
    },
  };
}

export function pilots<User>(foundOf: (user: User) => Found | null): UserColumn<User> {
  return {
    title: 'pilots',
    align: 'right',
    cell: (user) => {
      const found = foundOf(user);
      return found === null ? '-' : pilotsText(found);
    },
  };
}

/** What the pilots' column means where some were sent to check an estimate. */
export function pilotNotes(found: readonly (PilotCounts | null)[]): string[] {
  return found.some((each) => (each?.numCheckPilots ?? 0) > 0) ? [PILOTS_NOTE] : [];
}

/** Of where a user is; `-` where nobody knows it. */
export const TRUE_POSITION: UserColumn<{ readonly truePositionM: readonly [number, number] | null }> = {
  title: 'true position',
  align: 'left',
  cell: ({ truePositionM }) =>
    truePositionM === null
      ? '-'
      : place(Math.hypot(...truePositionM), Math.atan2(truePositionM[1], truePositionM[0])),
};

export const BEST: UserColumn<{ readonly bestKey: string | null }> = {
  title: 'noise-free best',
  align: 'left',
  cell: ({ bestKey }) => bestKey ?? '-',
};

/** `21.30 m at -14.2 deg`; without a distance the user is in the far field. */
export function place(distanceM: number | null, angleRad: number): string {
  const distance = distanceM === null ? 'far field' : `${distanceM.toFixed(2)} m`;
  return `${distance} at ${((angleRad * 180) / Math.PI).toFixed(1)} deg`;
}
