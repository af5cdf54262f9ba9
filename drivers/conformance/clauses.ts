/** The clauses of SPEC.md, as a reader of results wants them: number, title, words. */

export interface Clause {
  readonly number: string;
  /** Its heading, or its first words. */
  readonly title: string;
  /** Its prose without tables, a paragraph or an item of a list each. */
  readonly words: readonly string[];
}

/** Clauses that no check stands for by itself, and why. Every other one has a check. */
export const NOT_JUDGED: Readonly<Record<string, string>> = {
  '1.1': 'says what the protocol is for',
  '1.2': 'explains words; where elements are, only the air tells',
  '1.3': 'is about the line, which carried the checks',
  '2.1': 'every number of every check was read so',
  '2.2': 'every payload of every check was read so',
  '2.4': 'sums up limits of other clauses',
  '4.2': 'is an example',
  '4.6': 'is an example',
  '4.8': 'is an example',
  '5.1': 'says what 5.2 to 5.7 and 9.3 go on with',
  '5.8': 'binds the host',
  '6.12': 'is the form of faults; 7.4, 8.2 and 9.2 say when they come',
  '7.1': 'says what 7.2 and 7.3 go on with',
  '9.1': 'lists codes; the clauses of requests say which',
  '10.2': 'binds later versions',
  '10.3': 'binds receivers of codes that do not exist yet',
};

const FIRST_WORDS = 8;

/** @param spec the text of SPEC.md. */
export function clausesOf(spec: string): ReadonlyMap<string, Clause> {
  const clauses = new Map<string, { number: string; title: string; lines: string[] }>();
  let current: { lines: string[] } | null = null;
  const begin = (number: string, title: string, rest: string) => {
    const clause = { number, title, lines: [rest] };
    current = clause;
    clauses.set(number, clause);
  };
  for (const line of spec.split('\n')) {
    const [, section, heading] = /^##+ (\d+(?:\.\d+)?) (.*)$/.exec(line) ?? [];
    const [, bold, title = '', rest = ''] = /^\*\*(\d+\.\d+)(?: ([^*]*))?\*\*(.*)$/.exec(line) ?? [];
    if (section !== undefined) begin(section, heading!, '');
    else if (bold !== undefined) begin(bold, title.replace(/\.$/, ''), rest);
    else if (/^#/.test(line)) (current as { lines: string[] } | null)?.lines.push('');
    else if (!line.startsWith('|')) (current as { lines: string[] } | null)?.lines.push(line);
  }
  return new Map(
    [...clauses].map(([number, { title, lines }]) => {
      const words = paragraphs(lines);
      return [number, { number, title: title || firstWords(words[0] ?? ''), words }];
    }),
  );
}

/** `5.10` after `5.9`. */
export function byNumber(a: string, b: string): number {
  const [[majorA = 0, minorA = 0], [majorB = 0, minorB = 0]] = [a, b].map((each) =>
    each.split('.').map(Number),
  ) as [number[], number[]];
  return majorA - majorB || minorA - minorB;
}

function paragraphs(lines: readonly string[]): string[] {
  return lines
    .map((line) => line.trim())
    .join('\n')
    .replace(/\n(?=- |\d\. )/g, '\n\n')
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.replaceAll('\n', ' ').replaceAll(/[*`]/g, '').trim())
    .filter((paragraph) => paragraph !== '');
}

function firstWords(text: string): string {
  const words = text.split(' ');
  return words.length <= FIRST_WORDS ? text : `${words.slice(0, FIRST_WORDS).join(' ')} …`;
}
