/** What `beamloop conformance` prints: a row for every clause, and of every failure what went over the line before. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { byNumber, type Clause, clausesOf, NOT_JUDGED } from '../../drivers/conformance/clauses.js';
import type { CheckResult, ConformanceRun } from '../../drivers/conformance/run.js';
import type { TraceEntry } from '../../drivers/conformance/trace.js';
import { hexOf, readingJson, readingText, readStretch } from '../../drivers/wire/reading.js';
import { PACKAGE_FOLDER } from '../core/package-folder.js';
import { plural } from '../core/plural.js';
import { printable } from '../core/printable.js';
import type { JunitSuite } from './junit.js';
import { formatTable, wrapped } from './text-table.js';

type ClauseOutcome = 'pass' | 'FAIL' | 'n/a' | 'not run';

export interface ClauseRow {
  readonly clause: string;
  readonly title: string;
  readonly outcome: ClauseOutcome;
  /** Of all but a pass. */
  readonly why: string;
  /** Names of the checks that stand for it. */
  readonly checks: readonly string[];
}

/** Frames of a trace that are shown of a failure. */
const MOST_FRAMES = 12;
/** Paragraphs of a clause that are shown of a failure. */
const MOST_PARAGRAPHS = 4;
const MOST_HEX_BYTES = 64;

export function readClauses(): ReadonlyMap<string, Clause> {
  return clausesOf(readFileSync(path.join(PACKAGE_FOLDER, 'firmware-protocol', 'SPEC.md'), 'utf8'));
}

/** A clause fails when a check failed against it, and passes when a check of it passed. */
export function clauseRows(
  results: readonly CheckResult[],
  clauses: ReadonlyMap<string, Clause>,
): ClauseRow[] {
  const broken = results.flatMap(({ verdict }) => (verdict.outcome === 'fails' ? [verdict.clause] : []));
  const numbers = [...new Set([...results.flatMap(({ check }) => check.clauses), ...broken])].sort(byNumber);
  return numbers.map((clause) => {
    const own = results.filter(
      ({ check, verdict }) =>
        check.clauses.includes(clause) || (verdict.outcome === 'fails' && verdict.clause === clause),
    );
    const checks = own.map(({ check }) => check.name);
    return { clause, title: clauses.get(clause)?.title ?? '', ...outcomeOf(clause, own), checks };
  });
}

function outcomeOf(clause: string, results: readonly CheckResult[]): Pick<ClauseRow, 'outcome' | 'why'> {
  const failed = results.filter(({ verdict }) => verdict.outcome === 'fails');
  for (const { verdict } of failed) {
    if (verdict.outcome === 'fails' && verdict.clause === clause)
      return { outcome: 'FAIL', why: withoutClause(verdict.why) };
  }
  if (results.some(({ verdict }) => verdict.outcome === 'conforms')) return { outcome: 'pass', why: '' };
  for (const { verdict } of failed) {
    if (verdict.outcome === 'fails')
      return { outcome: 'not run', why: `its check failed before, against ${verdict.clause}` };
  }
  const skipped = results.find(({ verdict }) => verdict.outcome === 'skipped');
  if (skipped?.verdict.outcome === 'skipped') return { outcome: 'n/a', why: skipped.verdict.why };
  const [left] = results;
  return { outcome: 'not run', why: left?.verdict.outcome === 'not run' ? left.verdict.why : '' };
}

/** A row for every clause; below, why some were not judged. Failures have a text of their own. */
export function clauseTable(rows: readonly ClauseRow[], columns: number | undefined): string {
  const table = formatTable(
    {
      columns: [
        { title: 'SPEC', align: 'left' },
        { title: 'clause', align: 'left' },
        { title: '', align: 'left' },
      ],
      rows: rows.map(({ clause, title, outcome }) => [clause, title, outcome]),
    },
    columns,
  );
  const unjudged = rows
    .filter(({ outcome }) => outcome === 'n/a' || outcome === 'not run')
    .flatMap(({ clause, outcome, why }) => wrapped(printable(`${clause} ${outcome}: ${why}`), columns));
  return `${table}${unjudged.length === 0 ? '' : '\n'}${unjudged.join('')}`;
}

/** Clauses that no check stands for, and why. */
export function notJudgedText(columns: number | undefined): string {
  const all = Object.entries(NOT_JUDGED).map(([clause, why]) => `${clause} ${why}`);
  return wrapped(`Not judged by themselves: ${all.join('; ')}.`, columns).join('');
}

/** What was wrong, what the clause wants, and what went over the line before. */
export function failureText(
  { check, verdict }: CheckResult,
  clauses: ReadonlyMap<string, Clause>,
  { columns, hex }: { readonly columns: number | undefined; readonly hex: boolean },
): string {
  if (verdict.outcome !== 'fails') return '';
  const { clause, why, trace, atS } = verdict;
  const words = clauses.get(clause)?.words ?? [];
  const cited = words.slice(0, MOST_PARAGRAPHS);
  if (words.length > cited.length) cited.push('…');
  const indent = (text: string, by: string) =>
    wrapped(printable(text), columns === undefined ? undefined : Math.max(40, columns - by.length))
      .map((line) => `${by}${line}`)
      .join('');
  return [
    indent(`✗ ${check.name}`, ''),
    indent(withoutClause(why), '  '),
    `  SPEC ${clause}${clauses.get(clause) === undefined ? '' : `, ${clauses.get(clause)!.title}`}:\n`,
    ...cited.map((paragraph) => indent(paragraph, '  | ')),
    `  The last frames before that${trace.length === 0 ? ': none' : ' (ms before; > host, < board):'}\n`,
    ...trace.slice(-MOST_FRAMES).map((entry) => traceLine(entry, atS, hex)),
  ].join('');
}

function traceLine({ atS, from, stretch }: TraceEntry, endS: number, hex: boolean): string {
  const when = ((atS - endS) * 1e3).toFixed(1).padStart(10);
  const text = `${when} ${from === 'host' ? '>' : '<'} ${printable(readingText(readStretch(stretch, from)))}\n`;
  if (!hex) return text;
  const more = stretch.length > MOST_HEX_BYTES ? ` … ${stretch.length} bytes` : '';
  return `${text}${' '.repeat(13)}00 ${hexOf(stretch.subarray(0, MOST_HEX_BYTES))}${more === '' ? ' 00' : more}\n`;
}

export function summaryText({ results, muted, ended }: ConformanceRun): string {
  const count = (outcome: string) => results.filter(({ verdict }) => verdict.outcome === outcome).length;
  const rest = [
    [count('skipped'), 'not applicable'],
    [count('not run'), 'not run'],
  ] as const;
  const parts = [`${count('conforms')} passed`, `${count('fails')} failed`];
  for (const [number, what] of rest) if (number > 0) parts.push(`${number} ${what}`);
  const end = muted
    ? 'The board is stopped and muted.'
    : `The board did not confirm that it is muted${ended === null ? '' : ', for it was gone'}: its watchdog mutes it when it hears nothing for 20 s.`;
  return `${plural(results.length, 'check')}: ${parts.join(', ')}. ${end}\n`;
}

/** The document for machines. Times of frames are seconds before the failure was seen. */
export function conformanceJson(port: string, run: ConformanceRun, rows: readonly ClauseRow[]) {
  const { board, results, muted, ended } = run;
  const count = (outcome: string) => results.filter(({ verdict }) => verdict.outcome === outcome).length;
  return {
    port,
    // A 64-bit number has no form of its own in JSON.
    board: board === null ? null : { ...board, delayRangeFs: String(board.delayRangeFs) },
    conforms: count('fails') === 0 && count('not run') === 0,
    counts: {
      passed: count('conforms'),
      failed: count('fails'),
      notApplicable: count('skipped'),
      notRun: count('not run'),
    },
    muted,
    ended: ended?.message ?? null,
    clauses: rows,
    checks: results.map(({ check, verdict, tookS }) => ({
      name: check.name,
      clauses: check.clauses,
      tookS,
      ...verdict,
      ...(verdict.outcome === 'fails' && {
        atS: undefined,
        why: withoutClause(verdict.why),
        trace: verdict.trace.map(({ atS, from, stretch }) => ({
          beforeS: verdict.atS - atS,
          from,
          ...readingJson(readStretch(stretch, from)),
          hex: hexOf(stretch),
        })),
      }),
    })),
  };
}

export function junitSuite(
  port: string,
  { board, results }: ConformanceRun,
  clauses: ReadonlyMap<string, Clause>,
): JunitSuite {
  return {
    name: 'beamloop conformance',
    properties: {
      port,
      ...(board !== null && {
        model: board.model,
        serialNumber: board.serialNumber,
        firmware: board.firmware,
        protocol: `${board.versionMajor}.${board.versionMinor}`,
      }),
    },
    cases: results.map((result) => {
      const { check, verdict, tookS } = result;
      const head = { name: check.name, group: `SPEC ${check.clauses.join(', ')}`, timeS: tookS };
      if (verdict.outcome === 'conforms') return { ...head, outcome: 'passed' };
      if (verdict.outcome !== 'fails') return { ...head, outcome: 'skipped', message: verdict.why };
      const detail = failureText(result, clauses, { columns: undefined, hex: true });
      return { ...head, outcome: 'failed', message: verdict.why, detail };
    }),
  };
}

function withoutClause(why: string): string {
  return why.replace(/^SPEC [\d.]+: /, '');
}
