/** What a study gives, under the heading that its file gives it and beside its paper's claims. */
import { checkClaims } from './claims.js';
import type { Claim } from './file-sections.js';
import type { StudyResult } from './result.js';

interface StudyHeading {
  readonly kind: StudyResult['kind'];
  readonly title: string;
  readonly description?: string | undefined;
  readonly paper?: { readonly reference: string; readonly claims: readonly Claim[] } | undefined;
}

/**
 * @param keys columns that say which point a row is, in contrast to its results.
 * @throws SCENARIO_INVALID when a claim names a column or a point that the study does not have.
 */
export function studyResult(
  { kind, title, description, paper }: StudyHeading,
  keys: readonly string[],
  { settings, rows, tables, figures }: Pick<StudyResult, 'settings' | 'rows' | 'tables' | 'figures'>,
): StudyResult {
  return {
    kind,
    title,
    description: description ?? null,
    reference: paper?.reference ?? null,
    settings,
    rows,
    tables,
    figures,
    claims: checkClaims(paper?.claims ?? [], rows, keys),
  };
}
