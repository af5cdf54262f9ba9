/** Where a user is, and where it was found, as direction and distance ring. */
import { type FocalPoint, focalPointOf } from '../../array/focal-point.js';
import { focusOf } from '../../campaign/focus-error.js';
import type { Row } from '../../record/schema.js';
import type { RunData } from './run-data.js';

/** Null where nobody knows it. */
export function trueFocus({ xM, yM }: Row<'users'>): FocalPoint | null {
  return xM === null || yM === null ? null : focalPointOf([xM, yM]);
}

/** Null without an estimate. */
export function foundFocus(run: RunData, ue: string): FocalPoint | null {
  const estimate = run.estimates.get(ue);
  if (estimate === undefined) return null;
  return focusOf(estimate, run.codewords.find(({ key }) => key === estimate.codewordKey)?.label);
}
