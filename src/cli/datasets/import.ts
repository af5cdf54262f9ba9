import path from 'node:path';
import { plural } from '../../core/plural.js';
import { shellWord } from '../../core/shell-word.js';
import { importSource } from '../../prediction/datasets/import.js';
import { openSource } from '../../prediction/datasets/source.js';
import { type CommandContext, type Parser, printJson, warn } from '../command.js';
import { interruptible } from '../interruptible.js';
import { progressBar } from '../progress-bar.js';
import { scenarioOptions, sourceOptions } from './source-options.js';

/** Writes a source as Parquet with a manifest. */
export function datasetImport(yargs: Parser, context: CommandContext): Parser {
  return yargs.command(
    'import <folder>',
    'Import a folder of DeepSense 6G or DeepMIMO as Parquet',
    (builder) =>
      builder
        .positional('folder', {
          type: 'string',
          demandOption: true,
          describe: 'Folder of DeepSense 6G or DeepMIMO, or its table',
        })
        .options({
          out: { type: 'string', demandOption: true, requiresArg: true, describe: 'Folder for the data set' },
          images: {
            type: 'string',
            choices: ['paths', 'bytes'],
            default: 'paths',
            requiresArg: true,
            describe: 'Whether the table names images, or holds their files, too',
          },
          ...sourceOptions,
        })
        .example('$0 dataset import scenario9 --out data/scenario9', '')
        .example('$0 dataset import scenario9 --out data/scenario9 --images bytes', 'One file to hand on')
        .example('$0 dataset import O1_3p5 --out data/o1 --json', 'Paths of DeepMIMO'),
    async (args) => {
      const bar = progressBar(context);
      const manifest = await interruptible(context, 'No data set was written', async () =>
        importSource(await openSource(args.folder, scenarioOptions(args)), args.out, {
          imageBytes: args.images === 'bytes',
          signal: context.signal,
          onProgress: (numDone, numRows) => bar.show('importing', numDone, numRows),
        }),
      ).finally(bar.stop);
      const file = path.join(args.out, manifest.table);
      if (args.json) return printJson(context.stdout, { folder: args.out, ...manifest });
      warn(
        context,
        manifest.problems.map(
          ({ what, count, where, consequence }) =>
            `${count} × ${what} (${where[0]}${count > 1 ? ', …' : ''}): ${consequence}`,
        ),
      );
      context.stdout.write(
        `${plural(manifest.numRows, 'row')} of ${manifest.kind} in ${file}\n` +
          `What it holds: beamloop dataset info ${shellWord(args.out)}\n`,
      );
    },
  );
}
