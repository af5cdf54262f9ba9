/** What a shell is told when a word of the command line is to be completed. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import yargs from 'yargs';
import { FILE_NAME } from '../record/recording-file.js';
import type { CommandContext, Parser } from './command.js';
import { commands } from './commands/index.js';
import { ASKED, PROGRAM } from './completion-script.js';
import { shippedFiles } from './shipped-files.js';

const TAKE_RECORDINGS: ReadonlySet<string> = new Set(['resume', 'replay', 'report', 'export', 'compare']);
/** Where runs leave their recordings. */
const RECORDINGS = 'recordings';

/** Whether a shell asks for completions. */
export function isAsked(argv: readonly string[]): boolean {
  return argv[0] === ASKED;
}

/** Prints what the last word may become, one a line: commands, options, names of what comes with beamloop, recordings. */
export async function printCompletions(argv: readonly string[], context: CommandContext): Promise<void> {
  const words = argv.slice(2);
  const known = knownWords(words);
  if (known.length > 0) {
    for (const word of known) context.stdout.write(`${isZsh() ? word.replaceAll(':', '\\:') : word}\n`);
    return;
  }
  const load = Object.hasOwn(commands, words[0] ?? '') ? commands[words[0]!] : undefined;
  const parser: Parser = yargs([...argv])
    .detectLocale(false)
    .scriptName(PROGRAM)
    .option('json', { type: 'boolean', default: false, describe: 'Print one JSON document for machines' })
    .exitProcess(false);
  const filled = load === undefined ? parser : (await load())(parser, context);
  await filled.parseAsync([...argv], {}, (_error: unknown, _args: unknown, output: string) => {
    if (output !== '') context.stdout.write(`${output}\n`);
  });
}

function isZsh(): boolean {
  return /zsh/.test(process.env.SHELL ?? '');
}

/** What can be told without loading a command, which takes a while; none where an option or its value is asked for. */
function knownWords(words: readonly string[]): string[] {
  const [command = ''] = words;
  const current = words.at(-1) ?? '';
  if (current.startsWith('-') || words.at(-2)?.startsWith('-')) return [];
  if (command === 'recording' && words[1] === 'put' && words.length === 3) {
    return recordings().filter((value) => value.startsWith(current));
  }
  return candidates(command, words.length).filter((value) => value.startsWith(current));
}

function candidates(command: string, numWords: number): string[] {
  if (numWords < 2) return Object.keys(commands);
  if (TAKE_RECORDINGS.has(command)) return recordings();
  const carriesOut = command === 'dashboard' ? 'run' : command;
  return shippedFiles()
    .filter((shipped) => shipped.command === carriesOut)
    .map(({ name }) => name);
}

function recordings(): string[] {
  if (!existsSync(RECORDINGS)) return [];
  return readdirSync(RECORDINGS)
    .map((name) => path.join(RECORDINGS, name))
    .filter((folder) => existsSync(path.join(folder, FILE_NAME)))
    .sort();
}
