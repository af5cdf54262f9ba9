/** The paper's claims beside what came out. */
import { BeamloopError } from '../core/errors.js';
import type { CheckedClaim, Claim } from './file-sections.js';
import { short } from './format.js';
import type { PaperClaim, StudyRow } from './result.js';

/**
 * Holds every claim against the rows.
 *
 * @param keys columns that say which point a row is, in contrast to its results.
 * @throws BeamloopError SCENARIO_INVALID when a claim names a column or a point that the study does not have.
 */
export function checkClaims(
  claims: readonly Claim[],
  rows: readonly StudyRow[],
  keys: readonly string[],
): PaperClaim[] {
  return claims.map((claim) => ('column' in claim ? check(claim, rows, keys) : { ...claim, agrees: null }));
}

/** The row that is worst for the claim decides. */
function check(claim: CheckedClaim, rows: readonly StudyRow[], keys: readonly string[]): PaperClaim {
  const values = rows.filter((row) => fits(row, claim.where)).map((row) => measure(claim, row, rows, keys));
  if (values.length === 0) throw cannotCheck(claim, `no row has ${JSON.stringify(claim.where)}`);
  const { worst, extreme, agrees } = judge(claim, values);
  const { below } = claim;
  // By a negative amount below is above.
  const turned = below !== undefined && worst < 0;
  const figure = short(turned ? -worst : worst);
  const other = below === undefined ? '' : ` ${turned ? 'above' : 'below'} ${counterpart(below)}`;
  const which = turned ? OPPOSITE[extreme] : extreme;
  const points = values.length === 1 ? '' : ` (${which} of ${values.length} points)`;
  return { claim: claim.claim, paper: claim.paper, ours: `${figure}${other}${points}`, agrees };
}

/** Names stand for themselves; numbers with what they count. */
function counterpart(below: NonNullable<CheckedClaim['below']>): string {
  return Object.entries(below)
    .map(([column, value]) => (typeof value === 'string' ? value : `${column} ${value}`))
    .join(', ');
}

type Extreme = 'least' | 'most' | 'furthest off';

/** What the least below is above, and so on. */
const OPPOSITE: Readonly<Record<Extreme, Extreme>> = {
  least: 'most',
  most: 'least',
  'furthest off': 'furthest off',
};

function judge(
  { atLeast, atMost, equals, within }: CheckedClaim,
  values: readonly number[],
): {
  readonly worst: number;
  readonly extreme: Extreme;
  readonly agrees: boolean;
} {
  if (atLeast !== undefined) {
    const worst = Math.min(...values);
    return { worst, extreme: 'least', agrees: worst >= atLeast };
  }
  if (atMost !== undefined) {
    const worst = Math.max(...values);
    return { worst, extreme: 'most', agrees: worst <= atMost };
  }
  const worst = values.reduce((a, b) => (Math.abs(b - equals!) > Math.abs(a - equals!) ? b : a));
  return { worst, extreme: 'furthest off', agrees: Math.abs(worst - equals!) <= within! };
}

function measure(
  claim: CheckedClaim,
  row: StudyRow,
  rows: readonly StudyRow[],
  keys: readonly string[],
): number {
  const value = numberIn(claim, row);
  if (claim.below === undefined) return value;
  const changed = claim.below;
  const same = keys.filter((key) => !(key in changed));
  const other = rows.find(
    (r) => fits(r, changed) && same.every((key) => JSON.stringify(r[key]) === JSON.stringify(row[key])),
  );
  if (other === undefined)
    throw cannotCheck(claim, `no row has ${JSON.stringify(changed)} at the same point`);
  return numberIn(claim, other) - value;
}

function numberIn(claim: CheckedClaim, row: StudyRow): number {
  const value = row[claim.column];
  if (typeof value === 'number') return value;
  throw cannotCheck(
    claim,
    `column '${claim.column}' is not a number; columns: ${Object.keys(row).join(', ')}`,
  );
}

function fits(row: StudyRow, where: CheckedClaim['where']): boolean {
  return Object.entries(where).every(([column, wanted]) => {
    const value = row[column];
    if (!Array.isArray(wanted)) return value === wanted;
    return typeof value === 'number' && value >= wanted[0] && value <= wanted[1];
  });
}

function cannotCheck(claim: CheckedClaim, reason: string): BeamloopError {
  return new BeamloopError('SCENARIO_INVALID', {
    what: `The claim '${claim.claim}' cannot be checked: ${reason}`,
    where: 'paper.claims',
    todo: 'Run the study with --json to see its rows',
  });
}
