#!/usr/bin/env node
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { BeamloopError, EXIT } from '../core/errors.js';
import { VERSION } from '../core/version.js';
import { commands } from './commands/index.js';

/** After Ctrl-C a command has this long to mute the array and close its files. */
const GRACE_S = 10;

const interrupt = new AbortController();
function onInterrupt() {
  // A second Ctrl-C does not wait: whoever presses it twice wants out.
  if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
  interrupt.abort(
    new BeamloopError('INTERRUPTED', {
      what: 'Interrupted',
      todo: 'The array was muted and the recording was closed',
    }),
  );
  setTimeout(() => process.exit(EXIT.interrupted), GRACE_S * 1e3).unref();
}
process.on('SIGINT', onInterrupt);
process.on('SIGTERM', onInterrupt);
// `beamloop … | head` closes our standard output early; that is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
});

function report(error: unknown, json: boolean): number {
  const known =
    error instanceof BeamloopError
      ? error
      : new BeamloopError('INTERNAL', {
          what: error instanceof Error ? (error.stack ?? error.message) : String(error),
          todo: 'Please report this',
        });
  if (json) {
    const { code, what, where, todo } = known;
    process.stdout.write(`${JSON.stringify({ error: { code, what, where, todo } })}\n`);
  } else {
    process.stderr.write(`beamloop: ${known.message}  [${known.code}]\n`);
  }
  return known.exitCode;
}

/** yargs' complaint about the command line as one of our errors. */
function wrongArguments(message: string): BeamloopError {
  const lacking = /^Not enough non-option arguments: got (\d+), need at least (\d+)$/.exec(message);
  if (lacking !== null) {
    return new BeamloopError('BAD_ARGUMENT', {
      what: `beamloop ${argv[0]} needs ${lacking[2]} argument${lacking[2] === '1' ? '' : 's'} and was given ${lacking[1]}`,
      todo: `See beamloop ${argv[0]} --help`,
    });
  }
  const near = /^Did you mean (.+)\?$/.exec(message)?.[1];
  return new BeamloopError(
    'BAD_ARGUMENT',
    near === undefined
      ? {
          what: message.replaceAll('\n', ' '),
          todo: named === undefined ? 'See beamloop --help' : `See beamloop ${argv[0]} --help`,
        }
      : { what: `There is no command '${argv[0]}'`, todo: `Did you mean ${near}? See beamloop --help` },
  );
}

const argv = hideBin(process.argv);
let parser = yargs(argv)
  .scriptName('beamloop')
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
  .wrap(Math.min(110, process.stdout.columns ?? 100))
  .fail((message, error) => {
    throw error ?? wrongArguments(message);
  });
const named = argv[0] === undefined ? undefined : commands[argv[0]];
// Help and mistakes need to know all commands; a command that is called only itself.
for (const load of named === undefined ? Object.values(commands) : [named]) {
  const command = await load();
  parser = command(parser, { signal: interrupt.signal, stdout: process.stdout, stderr: process.stderr });
}

try {
  await parser.parseAsync();
} catch (error) {
  process.exitCode = report(error, argv.includes('--json'));
}
