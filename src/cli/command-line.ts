/** One call of the command line: what its words mean, what is said of wrong ones, and the exit code. */
import yargs from 'yargs';
import { BeamloopError, EXIT } from '../core/errors.js';
import { nearest } from '../core/nearest.js';
import { plural } from '../core/plural.js';
import { shellWord } from '../core/shell-word.js';
import { VERSION } from '../core/version.js';
import { type CommandContext, type Parser, warn } from './command.js';
import { commands, families } from './commands/index.js';
import { isAsked, printCompletions } from './completion.js';
import { asCalled } from './invocation.js';
import { CommandLog, LOG_LEVELS } from './log.js';
import { checkOptions, type OptionKinds } from './strict-options.js';

/** Of help, where it is wider than people read. */
const MOST_COLUMNS = 110;

/**
 * Runs a command to its end.
 *
 * @param argv without node and the program.
 * @param invocation how the user calls the program.
 * @returns the exit code; what went wrong is said.
 */
export async function runCommandLine(
  argv: readonly string[],
  context: CommandContext,
  invocation: string,
): Promise<number> {
  const log = new CommandLog((what) => warn(context, [what]));
  try {
    if (isAsked(argv)) await printCompletions(argv, context);
    else await new CommandLine(argv, { ...context, log }, invocation).run();
    log.ended(null, Number(process.exitCode ?? EXIT.ok));
    return EXIT.ok;
  } catch (error) {
    const known = asKnown(error);
    // A run that was cut short is told of.
    if (context.isUnread?.() === true && known.recording === undefined) return EXIT.ok;
    log.ended(known, known.exitCode);
    return report(known, asksForJson(argv), context, invocation);
  }
}

/** Whether what goes wrong is to be one JSON document. */
export function asksForJson(argv: readonly string[]): boolean {
  return argv.some((word) => word === '--json' || word === '--json=true');
}

/** What is none of our errors is a fault of ours. */
function asKnown(error: unknown): BeamloopError {
  if (error instanceof BeamloopError) return error;
  return new BeamloopError('INTERNAL', {
    what: error instanceof Error ? (error.stack ?? error.message) : String(error),
    todo: 'Please report this',
  });
}

/** Says what went wrong; returns the exit code. */
export function report(
  known: BeamloopError,
  json: boolean,
  { stdout, stderr }: Pick<CommandContext, 'stdout' | 'stderr'>,
  invocation: string,
): number {
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

class CommandLine {
  readonly #argv: readonly string[];
  readonly #context: CommandContext;
  readonly #invocation: string;
  /** That name the command: `run`, `codebook tdps`. */
  readonly #words: readonly string[];
  readonly #isKnown: boolean;

  constructor(argv: readonly string[], context: CommandContext, invocation: string) {
    this.#argv = argv;
    this.#context = context;
    this.#invocation = invocation;
    this.#words = commandWords(argv);
    this.#isKnown = this.#words[0] !== undefined && Object.hasOwn(commands, this.#words[0]);
  }

  async run(): Promise<void> {
    let parser: Parser = yargs([...this.#argv])
      // Else yargs speaks the language of the machine, and `#wrongArguments` and everything around it do not.
      .detectLocale(false)
      .scriptName(this.#invocation)
      .usage('$0 <command>\n\nNear-field beam training on phased-array boards, real or emulated.')
      .version(VERSION)
      .option('json', {
        type: 'boolean',
        default: false,
        global: true,
        describe: 'Print one JSON document for machines',
      })
      .option('log', {
        type: 'string',
        requiresArg: true,
        global: true,
        describe: 'Append what happens to this file, a JSON document a line (pino)',
      })
      .option('log-level', {
        choices: LOG_LEVELS,
        default: 'info' as const,
        global: true,
        describe: 'The least that --log writes; debug has every batch of pilots',
      })
      .middleware(({ log, logLevel }) => {
        if (log !== undefined) this.#context.log?.open(log, logLevel, this.#argv);
      })
      .strict()
      .demandCommand(1, 'No command was named')
      .recommendCommands()
      .check((args) => {
        checkOptions(args, this.#argv, optionsOf(parser));
        return true;
      })
      .wrap(Math.min(MOST_COLUMNS, this.#context.columns ?? MOST_COLUMNS))
      .exitProcess(false)
      .fail((message, error) => {
        // An option without its value comes as an error of yargs' own.
        if (error === undefined || error === null || error.name === 'YError') {
          throw this.#wrongArguments(message ?? error.message, optionNames(parser));
        }
        throw error;
      });
    // Help and mistakes need to know all commands; a command that is called only itself.
    for (const load of this.#isKnown ? [commands[this.#words[0]!]!] : Object.values(commands)) {
      parser = (await load())(parser, this.#context);
    }
    // Help and version, which yargs would print by itself.
    await parser.parseAsync([...this.#argv], {}, (_error: unknown, _args: unknown, output: string) => {
      if (output !== '') this.#context.stdout.write(`${output}\n`);
    });
  }

  /** yargs' complaint about the command line as one of our errors. */
  #wrongArguments(message: string, options: readonly string[]): BeamloopError {
    const words = this.#words;
    const near = /^Did you mean (.+)\?$/.exec(message)?.[1];
    if (near !== undefined || message === `Unknown argument: ${words.at(-1)}`) {
      const family = words.slice(0, -1);
      const guess = near === undefined ? '' : `Did you mean ${[...family, near].join(' ')}? `;
      return new BeamloopError('BAD_ARGUMENT', {
        what: `There is no command '${words.join(' ')}'`,
        todo: `${guess}See ${helpOf(family)}`,
      });
    }
    const help = helpOf(this.#isKnown ? words : []);
    const unknown = /^Unknown arguments?: ([^,]+)/.exec(message)?.[1];
    if (unknown !== undefined && this.#argv.some((word) => word.startsWith(`--${unknown}`))) {
      const guess = nearest(unknown, options);
      return new BeamloopError('BAD_ARGUMENT', {
        what: `There is no option --${unknown}`,
        todo: `${guess === undefined ? '' : `Did you mean --${guess}? `}See ${help}`,
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
    return new BeamloopError('BAD_ARGUMENT', { what, todo: `See ${help}` });
  }
}

/** While a command is parsed, yargs' own instance knows its options; its types do not say so. */
function optionsOf(parser: unknown) {
  return (parser as { getOptions(): OptionKinds & { readonly key?: Record<string, unknown> } }).getOptions();
}

/** Of the command that was called, as they are written. */
function optionNames(parser: unknown): string[] {
  const { key = {} } = optionsOf(parser);
  return Object.keys(key).filter((name) => name.length > 1 && !/[A-Z]/.test(name));
}

function helpOf(command: readonly string[]): string {
  return ['beamloop', ...command, '--help'].join(' ');
}

function commandWords(argv: readonly string[]): readonly string[] {
  const first = argv.findIndex((word) => !word.startsWith('-'));
  if (first === -1) return [];
  const [name, kind] = argv.slice(first, first + 2);
  return families.has(name!) && kind !== undefined && !kind.startsWith('-') ? [name!, kind] : [name!];
}
