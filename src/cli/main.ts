#!/usr/bin/env node
import { hideBin } from 'yargs/helpers';
import { BeamloopError, ERROR_CATALOGUE, EXIT } from '../core/errors.js';
import { asksForJson, report, runCommandLine } from './command-line.js';
import { invocationOf } from './invocation.js';
import { printableStream } from './printable-stream.js';

/** After Ctrl-C a command has this long to mute the array and close its files. */
const GRACE_S = 10;
/** A launcher passes a terminal's Ctrl-C on that we have had ourselves: within this time it is the same one. */
const SAME_INTERRUPT_S = 0.5;

// While a plugin loads, what it finds as process.exit does not end the program.
const exit: (code: number) => never = process.exit.bind(process);
const stdout = printableStream(process.stdout);
const stderr = printableStream(process.stderr);
/** For what moves the cursor: progress on a terminal. */
const terminal = process.stderr.isTTY ? process.stderr : null;
/** Who sees the questions can answer them. */
const keyboard = process.stdin.isTTY && terminal !== null ? process.stdin : null;

/** Whoever is neither a terminal nor told a width is taken for a terminal of the usual one. */
const columns = process.stdout.columns || Number(process.env.COLUMNS) || 80;

const invocation = invocationOf(process.argv[1] ?? '', process.env);
const interrupt = new AbortController();
let interruptedAtMs = 0;
let isUnread = false;
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
  exit(exitCode);
}
process.on('SIGINT', () => onInterrupt('INTERRUPTED'));
process.on('SIGTERM', () => onInterrupt('INTERRUPTED'));
process.on('SIGHUP', () => onInterrupt('HUNG_UP'));
// A terminal that is gone takes no more text, which must not keep the array from being muted.
process.stderr.on('error', () => {});
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (interrupt.signal.aborted) return;
  if (error.code === 'EPIPE') {
    // `beamloop … | head` closes our standard output early. That is no error, but an array that is driven has to be muted first.
    isUnread = true;
    interrupt.abort(new BeamloopError('HUNG_UP', { what: 'Whoever read standard output is gone' }));
    setTimeout(() => exit(EXIT.ok), GRACE_S * 1e3).unref();
    return;
  }
  const failure = new BeamloopError('FILE_UNWRITABLE', {
    what: `Standard output cannot be written: ${error.message}`,
    todo: 'Check that the disk has room',
  });
  exit(report(failure, false, { stdout, stderr }, invocation));
});

const words = hideBin(process.argv);
let hasEnded = false;
// Node would leave without a word.
process.once('beforeExit', () => {
  if (hasEnded) return;
  const failure = new BeamloopError('INTERNAL', {
    what: 'The command waits for something, and nothing is left that could make it go on',
    todo: 'Where a file of your own runs in it (--plugin), see that it awaits nothing for ever; else please report this',
  });
  process.exitCode = report(failure, asksForJson(words), { stdout, stderr }, invocation);
});
process.exitCode = await runCommandLine(
  words,
  { signal: interrupt.signal, stdout, stderr, terminal, keyboard, columns, isUnread: () => isUnread },
  invocation,
);
hasEnded = true;
