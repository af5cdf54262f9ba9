/** A table of users on the terminal, of a run as of a replay: columns that say their title and their cell. */
import type { PlaceM } from '../array/antenna-array.js';
import type { SeenPlace } from '../array/planar-array.js';
import { PILOTS_NOTE, type PilotCounts, pilotsText } from '../campaign/check-pilots.js';
import { place } from '../campaign/in-words.js';
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
  /** Of planar arrays. */
  readonly elevationRad?: number | null;
}

/** Where it was found; `-` where it was not. */
export function estimated<User>(foundOf: (user: User) => Found | null): UserColumn<User> {
  return {
    title: 'estimated',
    align: 'left',
    cell: (user) => {
      const found = foundOf(user);
      return found === null ? '-' : place(found.distanceM, found.angleRad, found.elevationRad);
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
export const TRUE_POSITION: UserColumn<{
  readonly truePositionM: PlaceM | null;
  readonly trueSeen: SeenPlace | null;
}> = {
  title: 'true position',
  align: 'left',
  cell: ({ truePositionM, trueSeen }) => {
    if (truePositionM === null) return '-';
    if (trueSeen !== null) return place(trueSeen.distanceM, trueSeen.azimuthRad, trueSeen.elevationRad);
    const [xM, yM] = truePositionM;
    return place(Math.hypot(xM, yM), Math.atan2(yM, xM));
  },
};

export const BEST: UserColumn<{ readonly bestKey: string | null }> = {
  title: 'noise-free best',
  align: 'left',
  cell: ({ bestKey }) => bestKey ?? '-',
};
