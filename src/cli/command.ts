/**
 * What every command of the command line has: `--json`, an abort signal that Ctrl-C raises, and a place to print.
 * A command is one file in commands/, listed in commands/index.ts; it parses arguments, calls a room, prints.
 */
import type { Argv } from 'yargs';
import { printable } from '../core/printable.js';
import type { CommandLog } from './log.js';

export interface CommandContext {
  /** Raised by Ctrl-C and SIGTERM; a command then mutes the array, closes what it opened and throws INTERRUPTED. */
  readonly signal: AbortSignal;
  /** Results go to standard output; progress and log lines go to standard error. */
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Standard error where it is a terminal: for moving the cursor, which `stderr` lets nobody do. */
  readonly terminal?: NodeJS.WriteStream | null;
  /** Standard input where somebody sits at a terminal who can be asked; questions go to `stderr`. */
  readonly keyboard?: NodeJS.ReadableStream | null;
  /** What standard output has room for; as wide as it takes unless given. */
  readonly columns?: number;
  /** Whether whoever read standard output is gone: what a command leaves unsaid then is no error. */
  readonly isUnread?: () => boolean;
  /** What `--log` writes; nothing unless it was given. */
  readonly log?: CommandLog;
}

/** yargs with the options that every command has. */
export type Parser = Argv<{ json: boolean }>;

/**
 * Adds a command to the parser: `(yargs, context) => yargs.command(name, description, builder, handler)`, so that the
 * types of its options follow from the builder. The handler throws BeamloopError; main.ts prints it and sets the exit
 * code.
 */
export type Command = (yargs: Parser, context: CommandContext) => Parser;

export function printJson(stdout: NodeJS.WritableStream, value: unknown): void {
  stdout.write(`${JSON.stringify(value)}\n`);
}

/** What a command says beside its result, one line each. */
export function warn(
  { stderr, log }: Pick<CommandContext, 'stderr' | 'log'>,
  warnings: readonly string[],
): void {
  for (const warning of warnings) {
    log?.warn({}, warning);
    stderr.write(`beamloop: warning: ${printable(warning)}\n`);
  }
}
