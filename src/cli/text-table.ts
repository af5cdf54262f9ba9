import { printable } from '../core/printable.js';
import type { Table } from '../study/result.js';

/** A table for a terminal, columns aligned, one line per row. */
export function formatTable({ columns, rows: texts }: Pick<Table, 'columns' | 'rows'>): string {
  const rows = texts.map((row) => row.map(printable));
  const widths = columns.map(({ title }, k) => Math.max(title.length, ...rows.map((row) => row[k]!.length)));
  const line = (cells: readonly string[]) =>
    `${cells
      .map((text, k) => (columns[k]!.align === 'right' ? text.padStart(widths[k]!) : text.padEnd(widths[k]!)))
      .join('  ')
      .trimEnd()}\n`;
  return [
    line(columns.map(({ title }) => title)),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map(line),
  ].join('');
}
