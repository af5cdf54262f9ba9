/** The paper's claims beside what came out. */
import { BeamloopError } from '../core/errors.js';
import type { AccuracyStudy, CheckedClaim } from './accuracy-file.js';
import type { AccuracyRow } from './accuracy-rows.js';
import { percent } from './format.js';
import type { PaperClaim } from './result.js';

type Claims = NonNullable<AccuracyStudy['paper']>['claims'];

export function checkClaims(claims: Claims, rows: readonly AccuracyRow[]): PaperClaim[] {
  return claims.map((claim) => ('scheme' in claim ? check(claim, rows) : { ...claim, agrees: null }));
}

/**
 * Holds the point that is worst for the claim against its bound: accuracy of `scheme`, or by how much it stays below
 * `versus` at the same point.
 */
function check(claim: CheckedClaim, rows: readonly AccuracyRow[]): PaperClaim {
  const { scheme, versus, atLeast, atMost } = claim;
  const within = rows.filter((row) => fits(claim, row));
  const values = within
    .filter((row) => row.scheme === scheme)
    .map((row) => {
      if (versus === undefined) return row.accuracy;
      const other = within.find((r) => r.scheme === versus && samePoint(r, row));
      return other === undefined ? Number.NaN : other.accuracy - row.accuracy;
    });
  if (values.length === 0 || values.some(Number.isNaN)) {
    throw new BeamloopError('SCENARIO_INVALID', {
      what: `The study has no points for the claim '${claim.claim}'`,
      where: 'paper.claims',
      todo: `Schemes of this study: ${[...new Set(rows.map((row) => row.scheme))].join('; ')}`,
    });
  }
  const worst = atLeast !== undefined ? Math.min(...values) : Math.max(...values);
  const agrees = atLeast !== undefined ? worst >= atLeast : worst <= atMost!;
  const extreme = atLeast !== undefined ? 'least' : 'most';
  const where = values.length === 1 ? '' : ` over ${values.length} points of the study`;
  const ours =
    versus === undefined
      ? `${scheme}: at ${extreme} ${percent(worst)}${where}`
      : `${scheme} below ${versus} by at ${extreme} ${(100 * worst).toFixed(2)} percentage points${where}`;
  return { claim: claim.claim, paper: claim.paper, ours, agrees };
}

function fits({ where }: CheckedClaim, row: AccuracyRow): boolean {
  const snrDb = row.snrDb ?? Infinity;
  if (where.case !== undefined && row.case !== where.case) return false;
  if (where.snr !== undefined && (snrDb < where.snr[0] || snrDb > where.snr[1])) return false;
  if (where.ring === undefined) return true;
  const ring = row.ringDistanceM;
  return typeof ring === 'number' && ring >= where.ring[0] && ring <= where.ring[1];
}

function samePoint(a: AccuracyRow, b: AccuracyRow): boolean {
  const point = ({ case: label, numElements, ringDistanceM, angleRad, snrDb }: AccuracyRow) =>
    JSON.stringify([label, numElements, ringDistanceM, angleRad, snrDb]);
  return point(a) === point(b);
}
