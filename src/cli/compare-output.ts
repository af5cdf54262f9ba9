/** Recordings side by side: a column each, and rows for what they are compared by. */
import path from 'node:path';
import type { ComparedRecording, SettingDifference } from '../campaign/compared-recordings.js';
import { comparisonOf, type Row } from '../campaign/comparison.js';
import type { CommandContext } from './command.js';
import { formatTable, wrapped } from './text-table.js';

/** More settings or users than this are told with --json. */
const MOST_ROWS = 40;

/** Prints what differs, for people. */
export function writeComparison(
  { stdout, columns }: Pick<CommandContext, 'stdout' | 'columns'>,
  recordings: readonly ComparedRecording[],
  settings: readonly SettingDifference[],
): void {
  const titles = titlesOf(recordings.map(({ folder }) => folder));
  const table = (what: string, rows: readonly Row[]) => {
    const heads = [what, ...titles].map((title) => ({ title, align: 'left' as const }));
    stdout.write(formatTable({ columns: heads, rows: rows.slice(0, MOST_ROWS) }, columns));
    const more = rows.length - MOST_ROWS;
    if (more > 0) stdout.write(`and ${more} more: with --json\n`);
    stdout.write('\n');
  };
  const say = (text: string) => {
    for (const line of wrapped(text, columns)) stdout.write(line);
    stdout.write('\n');
  };
  const { settings: changed, figures, users } = comparisonOf(recordings, settings);
  if (changed.length === 0) say('The settings are the same.');
  else table('setting', changed);
  table('what came of it', figures);
  if (users.length === 0) say('The estimates of all users are the same.');
  else table('estimate of', users);
}

/** Names of the folders alone where these tell them apart. */
function titlesOf(folders: readonly string[]): readonly string[] {
  const names = folders.map((folder) => path.basename(path.resolve(folder)));
  return new Set(names).size === names.length ? names : folders;
}
