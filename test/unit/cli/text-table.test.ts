import { expect, it } from 'vitest';
import { remainingTime } from '../../../src/cli/campaign-output.js';
import { formatTable, wrapped } from '../../../src/cli/text-table.js';
import { shellWord } from '../../../src/core/shell-word.js';

const columns = [
  { title: 'user', align: 'left' },
  { title: 'estimated', align: 'left' },
  { title: 'codeword', align: 'left', dropFirst: 1 },
  { title: 'noise-free best', align: 'left', dropFirst: 2 },
  { title: 'pilots', align: 'right' },
] as const;
const rows = [
  ['ada', '8.45 m at -38.0 deg', 'polar/1/99', 'polar/1/99', '78'],
  ['bela', '14.82 m at 20.9 deg', 'polar/2/348', 'polar/2/348', '78'],
];
const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

it('a table is as wide as the terminal lets it be: columns are left out, the least needed first, and named', () => {
  expect(widest(formatTable({ columns, rows }))).toBeGreaterThan(60);
  expect(formatTable({ columns, rows }, 200)).toBe(formatTable({ columns, rows }));
  const narrower = formatTable({ columns, rows }, 60);
  expect(widest(narrower)).toBeLessThanOrEqual(60);
  expect(narrower).toContain('polar/2/348');
  expect(narrower).toContain('(no room for noise-free best: see');
  const narrow = formatTable({ columns, rows }, 44);
  expect(widest(narrow)).toBeLessThanOrEqual(44);
  expect(narrow).toContain('14.82 m at 20.9 deg');
  expect(narrow.replaceAll('\n', ' ')).toContain('(no room for codeword, noise-free best: see');
});

it('where even that is too wide, a row is a list, with nothing left out', () => {
  const stacked = formatTable({ columns, rows }, 32);
  expect(widest(stacked)).toBeLessThanOrEqual(37); // 'noise-free best' and its value
  expect(stacked).toMatch(/^ada\n {2}estimated(: | +)8\.45 m at -38\.0 deg\n/);
  for (const cell of rows.flat()) expect(stacked).toContain(cell);
});

it('wraps at words, and keeps what is too long for a line', () => {
  expect(wrapped('one two three', 7)).toEqual(['one two\n', 'three\n']);
  expect(wrapped('unbreakable', 4)).toEqual(['unbreakable\n']);
  expect(wrapped('as it is')).toEqual(['as it is\n']);
});

it('the time left follows the pace so far, and is not told before there is one', () => {
  let now = 100;
  const left = remainingTime(() => now);
  expect(left(0.5)).toBeNull(); // a resumed run: half was done before
  now += 1;
  expect(left(0.501)).toBeNull();
  now += 9;
  expect(left(0.75)).toBe('10 s');
  now += 3590;
  expect(left(0.875)).toBe('20 min');
});

it.each([
  ['recordings/first-light-20261121T120000Z', 'recordings/first-light-20261121T120000Z'],
  ['recordings/does it work_-1', "'recordings/does it work_-1'"],
  ["ada's", String.raw`'ada'\''s'`],
  ['größe/x', 'größe/x'],
  ['$HOME/*', "'$HOME/*'"],
  ['~x', "'~x'"],
  ['-x', './-x'],
  ['', "''"],
])('%s is typed %s', (text, typed) => {
  expect(shellWord(text)).toBe(typed);
});
