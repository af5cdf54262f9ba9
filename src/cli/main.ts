#!/usr/bin/env node
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { BeamloopError, ERROR_CATALOGUE, EXIT } from '../core/errors.js';
import { nearest } from '../core/nearest.js';
import { plural } from '../core/plural.js';
import { shellWord } from '../core/shell-word.js';
import { VERSION } from '../core/version.js';
import { commands, families } from './commands/index.js';
import { asCalled, invocationOf } from './invocation.js';
import { printableStream } from './printable-stream.js';
import { checkOptions, type OptionKinds } from './strict-options.js';

/** After Ctrl-C a command has this long to mute the array and close its files. */
const GRACE_S = 10;
/** A launcher passes a terminal's Ctrl-C on that we have had ourselves: within this time it is the same one. */
const SAME_INTERRUPT_S = 0.5;

const stdout = printableStream(process.stdout);
const stderr = printableStream(process.stderr);
/** For what moves the cursor: progress on a terminal. */
const terminal = process.stderr.isTTY ? process.stderr : null;

/** Whoever is neither a terminal nor told a width is taken for a terminal of the usual one. */
const columns = process.stdout.columns || Number(process.env.COLUMNS) || 80;

const invocation = invocationOf(process.argv[1] ?? '', process.env);
const interrupt = new AbortController();
let interruptedAtMs = 0;
function onInterrupt(code: 'INTERRUPTED' | 'HUNG_UP') {
  const exitCode = ERROR_CATALOGUE[code].exit;
  if (!interrupt.signal.aborted) {
    interruptedAtMs = performance.now();
    // The terminal shows ^C where the cursor stands, which is behind whatever was said last.
    if (process.stderr.isTTY && code === 'INTERRUPTED') process.stderr.write('\n');
    interrupt.abort(
      new BeamloopError(code, {
        what: code === 'HUNG_UP' ? 'The terminal is gone' : 'Interrupted',
        todo: 'An array that was driven is muted, and a recording that was open can be resumed',
      }),
    );
    setTimeout(
      () => leave(exitCode, `It took longer than ${GRACE_S} s to end in order`),
      GRACE_S * 1e3,
    ).unref();
    return;
  }
  // A second Ctrl-C does not wait: whoever presses it twice wants out.
  if (performance.now() - interruptedAtMs > SAME_INTERRUPT_S * 1e3) leave(exitCode, 'Ended at once');
}
function leave(exitCode: number, why: string): never {
  process.stderr.write(
    `\nbeamloop: ${why}: nobody knows whether the array was muted; its watchdog does it when it hears nothing more\n`,
  );
  process.exit(exitCode);
}
process.on('SIGINT', () => onInterrupt('INTERRUPTED'));
process.on('SIGTERM', () => onInterrupt('INTERRUPTED'));
process.on('SIGHUP', () => onInterrupt('HUNG_UP'));
// A terminal that is gone takes no more text, which must not keep the array from being muted.
process.stderr.on('error', () => {});
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (interrupt.signal.aborted) return;
  // `beamloop … | head` closes our standard output early; that is not an error.
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  const failure = new BeamloopError('FILE_UNWRITABLE', {
    what: `Standard output cannot be written: ${error.message}`,
    todo: 'Check that the disk has room',
  });
  process.exit(report(failure, false));
});

function report(error: unknown, json: boolean): number {
  const known =
    error instanceof BeamloopError
      ? error
      : new BeamloopError('INTERNAL', {
          what: error instanceof Error ? (error.stack ?? error.message) : String(error),
          todo: 'Please report this',
        });
  const called = (text: string) => asCalled(text, invocation, Object.keys(commands));
  if (json) {
    const { code, what, where, todo, recording } = known;
    const resume = recording === undefined ? undefined : `${invocation} resume ${shellWord(recording)}`;
    const document = { code, what, where, todo: todo && called(todo), recording, resume };
    stdout.write(`${JSON.stringify({ error: document })}\n`);
  } else {
    stderr.write(`beamloop: ${called(known.message)}  [${known.code}]\n`);
  }
  return known.exitCode;
}

/** yargs' complaint about the command line as one of our errors. */
function wrongArguments(message: string, options: readonly string[]): BeamloopError {
  const near = /^Did you mean (.+)\?$/.exec(message)?.[1];
  if (near !== undefined || message === `Unknown argument: ${words.at(-1)}`) {
    const family = words.slice(0, -1);
    const guess = near === undefined ? '' : `Did you mean ${[...family, near].join(' ')}? `;
    return new BeamloopError('BAD_ARGUMENT', {
      what: `There is no command '${words.join(' ')}'`,
      todo: `${guess}See ${helpOf(family)}`,
    });
  }
  const unknown = /^Unknown arguments?: ([^,]+)/.exec(message)?.[1];
  if (unknown !== undefined && argv.some((word) => word.startsWith(`--${unknown}`))) {
    const guess = nearest(unknown, options);
    return new BeamloopError('BAD_ARGUMENT', {
      what: `There is no option --${unknown}`,
      todo: `${guess === undefined ? '' : `Did you mean --${guess}? `}See ${helpOf(isKnown ? words : [])}`,
    });
  }
  const lacking = /^Not enough non-option arguments: got (\d+), need at least (\d+)$/.exec(message);
  const choice = /Argument: (\S+), Given: (.+), Choices: (.+)$/.exec(message);
  const valueless = /^Not enough arguments following: (.+)$/.exec(message)?.[1];
  const what =
    lacking !== null
      ? `beamloop ${words.join(' ')} needs ${plural(Number(lacking[2]), 'argument')} and was given ${lacking[1]}`
      : valueless !== undefined
        ? `--${valueless} was given without a value`
        : choice !== null
          ? `--${choice[1]} cannot be ${choice[2]}; it may be ${choice[3]}`
          : message.replaceAll('\n', ' ');
  return new BeamloopError('BAD_ARGUMENT', { what, todo: `See ${helpOf(isKnown ? words : [])}` });
}

/** While a command is parsed, yargs' own instance knows its options; its types do not say so. */
function optionsOfCommand() {
  return (
    parser as unknown as { getOptions(): OptionKinds & { readonly key?: Record<string, unknown> } }
  ).getOptions();
}

/** Of the command that was called, as they are written. */
function optionNames(): string[] {
  const { key = {} } = optionsOfCommand();
  return Object.keys(key).filter((name) => name.length > 1 && !/[A-Z]/.test(name));
}

function helpOf(command: readonly string[]): string {
  return ['beamloop', ...command, '--help'].join(' ');
}

/** The words that name the command: `run`, `codebook tdps`. */
function commandWords(): readonly string[] {
  const first = argv.findIndex((word) => !word.startsWith('-'));
  if (first === -1) return [];
  const [name, kind] = argv.slice(first, first + 2);
  return families.has(name!) && kind !== undefined && !kind.startsWith('-') ? [name!, kind] : [name!];
}

const argv = hideBin(process.argv);
const words = commandWords();
const named = words[0] === undefined ? undefined : commands[words[0]];
const isKnown = named !== undefined;
let parser = yargs(argv)
  // Else yargs speaks the language of the machine, and `wrongArguments` and everything around it do not.
  .detectLocale(false)
  .scriptName(invocation)
  .usage('$0 <command>\n\nNear-field beam training on phased-array boards, real or emulated.')
  .version(VERSION)
  .option('json', {
    type: 'boolean',
    default: false,
    global: true,
    describe: 'Print one JSON document for machines',
  })
  .strict()
  .demandCommand(1, 'No command was named')
  .recommendCommands()
  .check((args) => {
    checkOptions(args, argv, optionsOfCommand());
    return true;
  })
  .wrap(Math.min(110, process.stdout.columns ?? 100))
  .fail((message, error) => {
    // An option without its value comes as an error of yargs' own.
    if (error === undefined || error === null || error.name === 'YError') {
      throw wrongArguments(message ?? error.message, optionNames());
    }
    throw error;
  });
// Help and mistakes need to know all commands; a command that is called only itself.
for (const load of named === undefined ? Object.values(commands) : [named]) {
  const command = await load();
  parser = command(parser, { signal: interrupt.signal, stdout, stderr, terminal, columns });
}

try {
  await parser.parseAsync();
} catch (error) {
  const json = argv.some((word) => word === '--json' || word === '--json=true');
  process.exitCode = report(error, json);
}
