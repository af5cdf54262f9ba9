import { describe, expect, it } from 'vitest';
import yargs from 'yargs';
import { checkOptions, type OptionKinds } from '../../../src/cli/strict-options.js';

/** As the command line is parsed. */
async function parsed(...argv: string[]) {
  let seen: unknown;
  const parser = yargs(argv)
    .option('json', { type: 'boolean', default: false })
    .command(
      'run <file>',
      '',
      (builder) =>
        builder.positional('file', { type: 'string' }).options({
          out: { type: 'string' },
          by: { choices: ['phases', 'delays'] },
          set: { type: 'string', array: true, nargs: 1, default: [] },
          'dry-run': { type: 'boolean', default: false },
          report: { type: 'boolean', default: true },
        }),
      (args) => {
        seen = args;
      },
    )
    .exitProcess(false)
    .check((args) => {
      checkOptions(args, argv, (parser as unknown as { getOptions(): OptionKinds }).getOptions());
      return true;
    })
    .fail((message, error) => {
      throw error ?? new Error(message);
    });
  await parser.parseAsync();
  return seen;
}

describe('the command line', () => {
  it.each([
    [['--out', 'a', '--set', 'x=1', '--set', 'y=2', '--dry-run', '--no-report']],
    [['--dry-run=true', '--json=false', '--', '--dry-run=maybe']],
    [['--by', 'delays', '--out=--dry-run=maybe']],
  ])('takes %j', async (options) => {
    expect(await parsed('run', 'f', ...options)).toMatchObject({ file: 'f' });
  });

  it.each([
    [['--dry-run=maybe'], /--dry-run is a switch: 'maybe' says neither true nor false/],
    [['--dryRun=1'], /--dryRun is a switch/],
    [['--dry-run='], /--dry-run is a switch/],
    [['--no-report=x'], /--no-report is a switch/],
    [['--json=yes'], /--json is a switch/],
    [['--out', 'a', '--out', 'b'], /--out was given 2 times: a, b/],
    [['--by', 'phases', '--by', 'phases'], /--by was given 2 times/],
    [['--out', ''], /'out' was given an empty value/],
  ])('refuses %j, which nobody means', async (options, why) => {
    await expect(parsed('run', 'f', ...options)).rejects.toThrow(why);
  });

  it('refuses a positional argument that is empty', async () => {
    await expect(parsed('run', '')).rejects.toThrow(/'file' was given an empty value/);
  });
});
