/** What yargs takes and nobody means: an option given twice, an empty value, a switch with a value that is neither true nor false. */
import { BeamloopError } from '../core/errors.js';

/** Names of options by what yargs knows of them. */
export interface OptionKinds {
  readonly array: readonly string[];
  readonly boolean: readonly string[];
}

/**
 * @param args as yargs parsed them.
 * @param argv as they were written.
 * @throws BAD_ARGUMENT naming the option.
 */
export function checkOptions(
  args: Readonly<Record<string, unknown>>,
  argv: readonly string[],
  { array, boolean }: OptionKinds,
): void {
  for (const [name, value] of Object.entries(args)) {
    // yargs gives `dry-run` as `dryRun` too; `_` and `$0` are its own.
    if (!/^[a-z-]+$/.test(name)) continue;
    if (value === '') throw refused(`'${name}' was given an empty value`, 'Give it one, or leave it out');
    if (!Array.isArray(value) || array.includes(name)) continue;
    throw refused(`--${name} was given ${value.length} times: ${value.join(', ')}`, 'Give it once');
  }
  const end = argv.indexOf('--');
  for (const word of end < 0 ? argv : argv.slice(0, end)) {
    const [, written = '', value] = /^--([^=]+)=(.*)$/s.exec(word) ?? [];
    if (value === undefined || value === 'true' || value === 'false') continue;
    const name = written.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`).replace(/^no-/, '');
    if (!boolean.includes(name)) continue;
    throw refused(
      `--${written} is a switch: '${value}' says neither true nor false`,
      `Write --${name} or --no-${name}`,
    );
  }
}

function refused(what: string, todo: string): BeamloopError {
  return new BeamloopError('BAD_ARGUMENT', { what, todo });
}
