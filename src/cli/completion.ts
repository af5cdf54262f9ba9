/** What a shell is told when a word of the command line is to be completed, and the script that has the shell ask. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import yargs from 'yargs';
import { FILE_NAME } from '../record/recording-file.js';
import type { CommandContext, Parser } from './command.js';
import { commands } from './commands/index.js';
import { shippedFiles } from './shipped-files.js';

/** As yargs' scripts ask; the words of the command line follow, the program first. */
const ASKED = '--get-yargs-completions';
const PROGRAM = 'beamloop';

export const SHELLS = ['bash', 'zsh'] as const;
type Shell = (typeof SHELLS)[number];

const TAKE_RECORDINGS: ReadonlySet<string> = new Set(['resume', 'replay', 'report', 'export', 'compare']);
/** Where runs leave their recordings. */
const RECORDINGS = 'recordings';

/** yargs' types do not know what it takes. */
interface ScriptPrinter {
  showCompletionScript(program: string, command: string): void;
}

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

/** The script of yargs for a shell; it tells the program which shell asks. */
export function completionScript(shell: Shell): string {
  const { SHELL, ZSH_NAME } = process.env;
  // yargs goes by the shell that it runs in.
  process.env.SHELL = shell;
  delete process.env.ZSH_NAME;
  const { log } = console;
  let script = '';
  console.log = (text: string) => {
    script += `${text}\n`;
  };
  try {
    (yargs([]) as unknown as ScriptPrinter).showCompletionScript(PROGRAM, `completion ${shell}`);
  } finally {
    console.log = log;
    restore('SHELL', SHELL);
    restore('ZSH_NAME', ZSH_NAME);
  }
  return script.replaceAll(`${PROGRAM} ${ASKED}`, `SHELL=${shell} ${PROGRAM} ${ASKED}`);
}

function restore(variable: 'SHELL' | 'ZSH_NAME', value: string | undefined): void {
  if (value === undefined) delete process.env[variable];
  else process.env[variable] = value;
}

function isZsh(): boolean {
  return /zsh/.test(process.env.SHELL ?? '');
}

/** What can be told without loading a command, which takes a while; none where an option or its value is asked for. */
function knownWords(words: readonly string[]): string[] {
  const [command = ''] = words;
  const current = words.at(-1) ?? '';
  if (current.startsWith('-') || words.at(-2)?.startsWith('-')) return [];
  return candidates(command, words.length).filter((value) => value.startsWith(current));
}

function candidates(command: string, numWords: number): string[] {
  if (numWords < 2) return Object.keys(commands);
  if (TAKE_RECORDINGS.has(command)) return recordings();
  return shippedFiles()
    .filter((shipped) => shipped.command === command)
    .map(({ name }) => name);
}

function recordings(): string[] {
  if (!existsSync(RECORDINGS)) return [];
  return readdirSync(RECORDINGS)
    .map((name) => path.join(RECORDINGS, name))
    .filter((folder) => existsSync(path.join(folder, FILE_NAME)))
    .sort();
}
