/** The file that says how a scenario's own board is spoken to. */
import path from 'node:path';
import { readTextFile } from '../core/text-file.js';
import type { Scenario } from './scenario-schema.js';

/**
 * The scenario with the text of its board's template, and that text by the name that the scenario gives it.
 *
 * @param known texts that are already there (in a recording).
 * @throws FILE_NOT_FOUND, FILE_UNREADABLE.
 */
export function withBoardFile<E>(
  scenario: Scenario<E>,
  file: string,
  known: Readonly<Record<string, string>> = {},
): { readonly scenario: Scenario<E>; readonly texts: Readonly<Record<string, string>> } {
  const { board } = scenario;
  if (board.file === undefined) return { scenario, texts: {} };
  const fileText =
    known[board.file] ?? readTextFile(path.resolve(path.dirname(file), board.file), 'board template');
  return { scenario: { ...scenario, board: { ...board, fileText } }, texts: { [board.file]: fileText } };
}
