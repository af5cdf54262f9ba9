/** Results of checks as JUnit XML, which continuous integration reads. */
import { printableLines } from '../core/printable.js';

interface JunitCase {
  readonly name: string;
  /** What CI groups cases by. */
  readonly group: string;
  readonly timeS: number;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** One line: why it failed or was skipped. */
  readonly message?: string;
  /** More lines of a failure. */
  readonly detail?: string;
}

export interface JunitSuite {
  readonly name: string;
  readonly properties: Readonly<Record<string, string | number>>;
  readonly cases: readonly JunitCase[];
}

/** The text of the file: one suite. */
export function junitXml({ name, properties, cases }: JunitSuite): string {
  const count = (outcome: JunitCase['outcome']) => cases.filter((each) => each.outcome === outcome).length;
  const timeS = cases.reduce((sum, each) => sum + each.timeS, 0);
  const counts =
    `tests="${cases.length}" failures="${count('failed')}" errors="0" skipped="${count('skipped')}" ` +
    `time="${timeS.toFixed(3)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escaped(name)}" ${counts}>`,
    `  <testsuite name="${escaped(name)}" ${counts}>`,
    '    <properties>',
    ...Object.entries(properties).map(
      ([key, value]) => `      <property name="${escaped(key)}" value="${escaped(String(value))}"/>`,
    ),
    '    </properties>',
    ...cases.map(caseXml),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function caseXml({ name, group, timeS, outcome, message = '', detail = '' }: JunitCase): string {
  const head = `    <testcase name="${escaped(name)}" classname="${escaped(group)}" time="${timeS.toFixed(3)}"`;
  if (outcome === 'passed') return `${head}/>`;
  const body =
    outcome === 'skipped'
      ? `<skipped message="${escaped(message)}"/>`
      : `<failure type="nonconforming" message="${escaped(message)}">${escaped(detail)}</failure>`;
  return `${head}>\n      ${body}\n    </testcase>`;
}

/** XML 1.0 has no form for control characters, not even escaped: they are spelt out, as on a terminal. */
function escaped(text: string): string {
  return printableLines(text)
    .replaceAll(/[\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#9;');
}
