import path from 'node:path';
import { BeamloopError } from '../../core/errors.js';
import { familyOfModel } from '../../prediction/families.js';
import type { Evaluation, Family } from '../../prediction/family.js';
import { modelFolder } from '../../prediction/model/shipped-model.js';
import { type Command, type CommandContext, printJson } from '../command.js';
import { interruptible } from '../interruptible.js';
import { MAX_SEED, wholeOption } from '../options.js';
import { progressBar } from '../progress-bar.js';
import { dataOptions, openDataRun } from '../studies/data-run.js';
import { formatTable } from '../text-table.js';

const MAX_WINDOWS = 1_000_000;

/** `beamloop evaluate <folder>…`: scores of trained models on fresh windows, beside what needs no training. */
export const evaluateCommand: Command = (yargs, context) =>
  yargs.command(
    'evaluate <folder..>',
    'Score trained models on windows that they have not seen, beside trackers that learn nothing',
    (builder) =>
      builder
        .positional('folder', {
          type: 'string',
          array: true,
          demandOption: true,
          describe: 'Folders of `beamloop train`; windows are drawn as the first one was trained for',
        })
        .options({
          windows: {
            type: 'string',
            default: '500',
            requiresArg: true,
            describe: 'Windows; each has the users of the model file',
          },
          data: {
            type: 'string',
            requiresArg: true,
            describe:
              'Folder of a data set to score on, in place of what is drawn (camera and sweep networks)',
          },
          base: {
            type: 'string',
            requiresArg: true,
            describe: 'Base station of --data, where it has several',
          },
          seed: { type: 'string', default: '1', requiresArg: true, describe: 'Seed of the windows' },
          ...dataOptions,
        })
        .example('$0 evaluate scenarios/models/stgcn --windows 500', '')
        .example('$0 evaluate my-sweep-model --data data/o1 --base BS3', '')
        .example('$0 evaluate my-model --windows 100000 --nats nats://HOST:4222', 'Windows drawn by workers'),
    async (args) => {
      const folders = args.folder.map((written) => modelFolder(String(written)));
      const family = familyOfModel(folders[0]!);
      const numExamples = wholeOption('windows', args.windows, 2, MAX_WINDOWS);
      const seed = wholeOption('seed', args.seed, 0, MAX_SEED);
      const data = dataOption(args, family);
      const run = await openDataRun(context, args, {
        ...{ command: 'evaluate', of: path.basename(folders[0]!) },
      });
      try {
        const bar = progressBar(context);
        const left = ['No scores were computed', run.left].filter((part) => part !== '').join('; ');
        const evaluation = await interruptible(context, left, () =>
          family.evaluate(folders, {
            numExamples,
            seed,
            executor: run.executor,
            data,
            signal: context.signal,
            onProgress: bar.show,
          }),
        ).finally(bar.stop);
        await run.finish();
        if (args.json) printJson(context.stdout, evaluation.result);
        else print(context, evaluation);
      } finally {
        await run.close();
      }
    },
  );

function dataOption(
  { data, base }: { readonly data?: string | undefined; readonly base?: string | undefined },
  { networks, evaluatesData }: Family,
) {
  const refuse = (what: string, where: string, todo: string) =>
    new BeamloopError('BAD_ARGUMENT', { what, where, todo });
  if (data === undefined && base !== undefined) {
    throw refuse('A base station is one of a data set', '--base', 'Give --data, or leave out --base');
  }
  if (data === undefined) return undefined;
  if (evaluatesData !== true) {
    throw refuse(`A network '${networks[0]}' is evaluated on no data set`, '--data', 'Leave out --data');
  }
  return { set: data, base };
}

function print({ stdout, columns: width }: CommandContext, evaluation: Evaluation): void {
  const { heading, columns, rows, notes } = evaluation;
  const table = {
    columns: columns.map((title, k) => ({ title, align: k === 0 ? ('left' as const) : ('right' as const) })),
    rows,
  };
  stdout.write(`${heading}\n\n${formatTable(table, width)}\n${notes.map((note) => `${note}\n`).join('')}`);
}
