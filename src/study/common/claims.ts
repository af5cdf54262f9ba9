/** The paper's claims beside what came out. */

import { BeamloopError } from '../../core/errors.js';
import { largest, smallest } from '../../core/extremes.js';
import { schemeTitle } from '../../training/scheme-label.js';
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

/** One number that the claim is about, and where it comes from. */
interface Finding {
  readonly value: number;
  readonly row: StudyRow;
  /** What the value is a difference to. */
  readonly other: string | null;
}

/** The finding that is worst for the claim decides; how many hold is told. */
function check(claim: CheckedClaim, rows: readonly StudyRow[], keys: readonly string[]): PaperClaim {
  const chosen = rows.filter((row) => fits(row, claim.where));
  if (chosen.length === 0) throw cannotCheck(claim, `no row has ${JSON.stringify(claim.where)}`);
  const findings = chosen.flatMap((row) => findingsOf(claim, row, rows, keys));
  const of = { claim: claim.claim, paper: claim.paper, ...(claim.isOurs && { isOurs: true }) };
  if (claim.spread) {
    const values = findings.map(({ value }) => value);
    const spread = largest(values) - smallest(values);
    const ours = `${short(spread)} between least and most of ${values.length} points`;
    return { ...of, ours, agrees: holds(claim, spread) };
  }
  const worst = findings.reduce((a, b) => (badness(claim, b.value) > badness(claim, a.value) ? b : a));
  const numHolding = findings.filter(({ value }) => holds(claim, value)).length;
  const agrees = numHolding === findings.length;
  const ours = `${figureOf(claim, worst)}${pointsOf(claim, findings, worst, keys, numHolding)}`;
  return { ...of, ours, agrees };
}

function findingsOf(
  claim: CheckedClaim,
  row: StudyRow,
  rows: readonly StudyRow[],
  keys: readonly string[],
): Finding[] {
  const value = numberIn(claim, row);
  const changed = claim.above ?? claim.below;
  if (changed === undefined) return [{ value, row, other: null }];
  const sign = claim.above === undefined ? -1 : 1;
  const same = keys.filter((key) => !(key in changed));
  return eachNamed(changed).map((wanted) => {
    const counterpart = rows.find(
      (r) => fits(r, wanted) && same.every((key) => JSON.stringify(r[key]) === JSON.stringify(row[key])),
    );
    if (counterpart === undefined) {
      throw cannotCheck(claim, `no row has ${JSON.stringify(wanted)} at the same point`);
    }
    const base = numberIn(claim, counterpart);
    const difference = sign * (value - base);
    return { value: claim.relative ? difference / base : difference, row, other: nameOf(wanted) };
  });
}

type Cells = CheckedClaim['where'];

/** One set of columns for each of several names. */
function eachNamed(cells: Cells): Cells[] {
  return Object.entries(cells).reduce<Cells[]>(
    (sets, [column, wanted]) =>
      (isNames(wanted) ? wanted : [wanted]).flatMap((value) =>
        sets.map((set) => ({ ...set, [column]: value })),
      ),
    [{}],
  );
}

function isNames(wanted: Cells[string] | undefined): wanted is [string, ...string[]] {
  return Array.isArray(wanted) && typeof wanted[0] === 'string';
}

/** Names stand for themselves; numbers with what they count. */
function nameOf(wanted: Cells): string {
  return Object.entries(wanted)
    .filter(([, value]) => value !== ANY)
    .map(([column, value]) => (typeof value === 'string' ? schemeTitle(value) : `${column} ${value}`))
    .join(', ');
}

const ANY = 'any';

/** `0.05 below Polar exhaustive`. By a negative amount below is above. */
function figureOf({ above, relative }: CheckedClaim, { value, other }: Finding): string {
  if (other === null) return short(value);
  const isAbove = (above !== undefined) === value >= 0;
  const size = relative ? `${short(100 * Math.abs(value))} %` : short(Math.abs(value));
  return `${size} ${isAbove ? 'above' : 'below'} ${other}`;
}

/** Where the worst point is, and at how many of all the claim holds. */
function pointsOf(
  { where }: CheckedClaim,
  findings: readonly Finding[],
  { row }: Finding,
  keys: readonly string[],
  numHolding: number,
): string {
  if (findings.length === 1) return '';
  const varying = keys.filter(
    (key) =>
      typeof where[key] !== 'string' && new Set(findings.map((f) => JSON.stringify(f.row[key]))).size > 1,
  );
  const place = varying.map((key) => placeOf(key, row[key])).join(', ');
  const share = `holds at ${numHolding === findings.length ? 'all' : `${numHolding} of`} ${findings.length} points`;
  return `${place === '' ? '' : ` at ${place}`} (worst; ${share})`;
}

function placeOf(key: string, value: StudyRow[string] | undefined): string {
  if (typeof value === 'number') {
    return key.endsWith('Rad')
      ? `${key.slice(0, -3)} ${short((value * 180) / Math.PI)} deg`
      : `${key} ${short(value)}`;
  }
  if (Array.isArray(value)) return `${key} ${value.map(short).join(' … ')}`;
  return typeof value === 'string' ? schemeTitle(value) : `${key} ${value === null ? 'none' : String(value)}`;
}

/** How far a value is from bearing the claim out; below 0 where it does. */
function badness({ atLeast, atMost, equals, within }: CheckedClaim, value: number): number {
  if (atLeast !== undefined) return atLeast - value;
  if (atMost !== undefined) return value - atMost;
  return Math.abs(value - equals!) - within!;
}

function holds(claim: CheckedClaim, value: number): boolean {
  return badness(claim, value) <= 0;
}

function numberIn(claim: CheckedClaim, row: StudyRow): number {
  const value = row[claim.column];
  if (typeof value === 'number' || typeof value === 'boolean') return Number(value);
  throw cannotCheck(
    claim,
    `column '${claim.column}' is not a number; columns: ${Object.keys(row).join(', ')}`,
  );
}

function fits(row: StudyRow, where: Cells): boolean {
  return Object.entries(where).every(([column, wanted]) => {
    const value = row[column];
    if (wanted === ANY) return true;
    if (isNames(wanted)) return typeof value === 'string' && wanted.includes(value);
    if (!Array.isArray(wanted)) return value === wanted;
    const [least, most] = wanted as [number, number];
    return typeof value === 'number' && value >= least && value <= most;
  });
}

function cannotCheck(claim: CheckedClaim, reason: string): BeamloopError {
  return new BeamloopError('SCENARIO_INVALID', {
    what: `The claim '${claim.claim}' cannot be checked: ${reason}`,
    where: 'paper.claims',
    todo: 'Run the study with --json to see its rows',
  });
}
