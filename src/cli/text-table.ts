import { largest } from '../core/extremes.js';
import { printable } from '../core/printable.js';
import type { Table } from '../study/common/result.js';
import type { CommandContext } from './command.js';

export interface TextColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Left out where there is no room for all columns: the highest number first. Without one it stays. */
  readonly dropFirst?: number;
}

export interface TextTable {
  readonly columns: readonly TextColumn[];
  readonly rows: Table['rows'];
}

const GAP = '  ';

/**
 * A table for a terminal: columns aligned, one line per row. Where it is wider than the terminal, columns that can be done without
 * are left out, and named below; where that does not help, each row is written as a list.
 *
 * @param widthColumns of the terminal; undefined = as wide as it takes.
 */
export function formatTable(table: TextTable, widthColumns = Number.POSITIVE_INFINITY): string {
  const rows = table.rows.map((row) => row.map(printable));
  const widths = table.columns.map(({ title }, k) =>
    Math.max(title.length, ...rows.map((row) => row[k]!.length)),
  );
  let kept = [...table.columns.keys()];
  const isTooWide = () =>
    kept.reduce((sum, k) => sum + widths[k]!, GAP.length * (kept.length - 1)) > widthColumns;
  const droppable = kept
    .filter((k) => table.columns[k]!.dropFirst !== undefined)
    .sort((a, b) => table.columns[b]!.dropFirst! - table.columns[a]!.dropFirst!);
  const dropped: number[] = [];
  while (isTooWide() && droppable.length > 0) {
    dropped.push(droppable.shift()!);
    kept = kept.filter((k) => !dropped.includes(k));
  }
  if (isTooWide()) return stacked(table.columns, rows, widthColumns);
  const line = (cells: readonly string[]) =>
    `${kept
      .map((k) =>
        table.columns[k]!.align === 'right' ? cells[k]!.padStart(widths[k]!) : cells[k]!.padEnd(widths[k]!),
      )
      .join(GAP)
      .trimEnd()}\n`;
  return [
    line(table.columns.map(({ title }) => title)),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map(line),
    ...(dropped.length === 0 ? [] : leftOut(table.columns, dropped, widthColumns)),
  ].join('');
}

function leftOut(columns: readonly TextColumn[], dropped: readonly number[], widthColumns: number): string[] {
  const titles = dropped.toSorted((a, b) => a - b).map((k) => columns[k]!.title);
  return wrapped(`(no room for ${titles.join(', ')}: see a wider terminal or --json)`, widthColumns);
}

/** A block per row: the first cell, then a line per further column, `title  cell`. */
function stacked(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  widthColumns: number,
): string {
  const widest = largest(columns.map(({ title }) => title.length));
  const indented = GAP.length + widest + GAP.length + largest(rows.flat().map((cell) => cell.length));
  const field = (title: string, cell: string) =>
    indented <= widthColumns ? `${GAP}${title.padEnd(widest)}${GAP}${cell}\n` : `${GAP}${title}: ${cell}\n`;
  return rows
    .map(
      (row) =>
        `${row[0]}\n${row
          .slice(1)
          .map((cell, k) => field(columns[k + 1]!.title, cell))
          .join('')}`,
    )
    .join('');
}

/** Lines of words, none longer than the terminal is wide, unless a word is. */
export function wrapped(text: string, widthColumns = Number.POSITIVE_INFINITY): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= widthColumns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => `${line}\n`);
}

/** What something is, and the words, whose later lines are indented; one after another. */
export function writeHeaded(
  { stdout, columns }: Pick<CommandContext, 'stdout' | 'columns'>,
  lines: readonly (readonly [what: string, text: string])[],
  headColumns: number,
): void {
  for (const [what, text] of lines) {
    const [first = '', ...more] = wrapped(text, (columns ?? Number.POSITIVE_INFINITY) - headColumns - 2);
    stdout.write(what.padEnd(headColumns) + first);
    for (const line of more) stdout.write(' '.repeat(headColumns + 2) + line);
  }
}
