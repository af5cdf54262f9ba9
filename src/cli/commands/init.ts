import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { BeamloopError } from '../../core/errors.js';
import { shellWord } from '../../core/shell-word.js';
import { writing } from '../../core/writing.js';
import { type Command, printJson } from '../command.js';
import { askAnswers } from '../starter/ask.js';
import { checkedStarter } from '../starter/check-starter.js';
import { readAnswers } from '../starter/starter-answers.js';

/** `beamloop init [file]`: writes a scenario to start from. */
export const initCommand: Command = (yargs, context) =>
  yargs.command(
    'init [file]',
    'Write a scenario to start from: asks five questions on a terminal, or takes the options',
    (builder) =>
      builder
        .positional('file', { type: 'string', default: 'scenario.yaml', describe: 'Where to write it' })
        .options({
          scheme: {
            type: 'string',
            requiresArg: true,
            describe: 'Scheme that finds the users, e.g. dpc; docs/schemes.md has all',
          },
          elements: {
            type: 'string',
            requiresArg: true,
            describe: 'Elements in a line, or 8x8 (rows, columns) for schemes of planar arrays',
          },
          carrier: { type: 'string', requiresArg: true, describe: 'Carrier frequency, e.g. "28 GHz"' },
          bandwidth: {
            type: 'string',
            requiresArg: true,
            describe: 'Bandwidth around it, for schemes of the whole band',
          },
          port: { type: 'string', requiresArg: true, describe: 'emulated, or the port of a board' },
          users: { type: 'string', requiresArg: true, describe: 'How many users' },
          yes: {
            type: 'boolean',
            default: false,
            describe: 'Ask nothing: defaults for what the options do not say',
          },
        })
        .example('$0 init', 'Asks, and writes scenario.yaml')
        .example(
          '$0 init mine.yaml --elements 256 --carrier "28 GHz" --port emulated --scheme dpc --users 3',
          '',
        )
        .example('$0 init wide.yaml --scheme tdps --yes', 'A wideband scheme: with a bandwidth, and delays'),
    async ({ file, json, yes, scheme, elements, carrier, bandwidth, port, users }) => {
      if (existsSync(file)) throw taken(file);
      const options = { scheme, elements, carrier, bandwidth, port, users };
      const given = Object.fromEntries(
        Object.entries(options).filter(([, value]) => value !== undefined),
      ) as Partial<Record<keyof typeof options, string>>;
      readAnswers(given);
      const asks = !yes && !json && (context.keyboard ?? null) !== null;
      const text = checkedStarter(readAnswers(asks ? await askAnswers(context, given) : given), file);
      context.signal.throwIfAborted();
      // `wx`: somebody may have made it while questions were asked.
      await writeFile(file, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') throw taken(file);
        return writing('The scenario', file, () => Promise.reject(error));
      });
      const name = shellWord(file);
      const next = [`beamloop run ${name} --dry-run`, `beamloop run ${name}`];
      if (json) return printJson(context.stdout, { scenario: file, next });
      context.stdout.write(`Scenario: ${file}\n`);
      return void context.stdout.write(`The plan: ${next[0]}\nTo run it: ${next[1]}\n`);
    },
  );

function taken(file: string): BeamloopError {
  return new BeamloopError('FILE_UNWRITABLE', {
    what: 'There is a file of this name already, and it stays as it is',
    where: file,
    todo: 'Give another name: beamloop init <file>',
  });
}
