/** How claims are headed: a study of one's own has no paper. */
import type { PaperClaim } from './result.js';

export interface ClaimWords {
  readonly heading: string;
  /** Of what is claimed. */
  readonly source: string;
}

export function claimWords(claims: readonly PaperClaim[]): ClaimWords {
  return areAllOurs(claims)
    ? { heading: 'What was expected, and what came of it', source: 'Expected' }
    : { heading: 'The paper and this study', source: 'Paper' };
}

export function areAllOurs(claims: readonly PaperClaim[]): boolean {
  return claims.every(({ isOurs }) => isOurs === true);
}
