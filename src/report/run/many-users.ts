/** Runs of many users: from some number on nobody reads all names and rows; distributions and the worst users say more. */

import { focusError } from '../../campaign/focus-error.js';
import { MOST_NAMED } from '../../campaign/outcome.js';
import { largest } from '../../core/extremes.js';
import type { Row } from '../../record/schema.js';
import type { RunData } from './run-data.js';
import { foundFocus, trueFocus } from './user-focus.js';

export const NUM_WORST = 12;

export function isMany({ users }: Pick<RunData, 'users'>): boolean {
  return users.length > MOST_NAMED;
}

/** Of a user that was found and whose truth is known: |direction| and |ring| in half-widths; null else. */
export function errorHalfWidths(run: RunData, user: Row<'users'>): readonly [number, number] | null {
  const array = run.facts.polar?.array;
  const truth = trueFocus(user);
  const found = foundFocus(run, user.ue);
  if (array === undefined || truth === null || found === null) return null;
  const { sinAngleErrorHalfWidths, ringErrorHalfWidths } = focusError(array, found, truth);
  return [Math.abs(sinAngleErrorHalfWidths), Math.abs(ringErrorHalfWidths)];
}

/** Users who were not found, then by what serving them loses, or else by how far off they are. */
export function worstFirst(run: RunData): Row<'users'>[] {
  const badness = (user: Row<'users'>) => {
    const estimate = run.estimates.get(user.ue);
    if (estimate === undefined) return Number.POSITIVE_INFINITY;
    const { rate, boardRate, perfectRate } = estimate;
    const account = run.losses.get(user.ue);
    if (rate !== null && perfectRate !== null) {
      const lost = 1 - (boardRate ?? rate) / perfectRate;
      if (Number.isFinite(lost)) return lost;
    }
    const errors = errorHalfWidths(run, user);
    return account?.powerDb.total ?? (errors === null ? 0 : largest(errors));
  };
  const rated = run.users.map((user) => ({ user, bad: badness(user) }));
  // Infinity less itself is no number.
  rated.sort((a, b) => (a.bad === b.bad ? a.user.turn - b.user.turn : b.bad > a.bad ? 1 : -1));
  return rated.map(({ user }) => user);
}
