/**
 * What every command of the command line has: `--json`, an abort signal that Ctrl-C raises, and a place to print.
 * A command is one file in commands/, listed in commands/index.ts; it parses arguments, calls a room, prints.
 */
import type { CommandModule } from 'yargs';

export interface CommandContext {
  /** Raised by Ctrl-C and SIGTERM; a command then mutes the array, closes what it opened and throws INTERRUPTED. */
  readonly signal: AbortSignal;
  /** Results go to standard output; progress and log lines go to standard error. */
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

/** A yargs module built around a context. The handler throws BeamloopError; main.ts prints it and sets the exit code. */
// biome-ignore lint/complexity/noBannedTypes: yargs' own default for "no options yet"
export type Command = (context: CommandContext) => CommandModule<{}, never>;

export function printJson(stdout: NodeJS.WritableStream, value: unknown): void {
  stdout.write(`${JSON.stringify(value)}\n`);
}
