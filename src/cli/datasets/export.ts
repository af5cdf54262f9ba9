import path from 'node:path';
import { plural } from '../../core/plural.js';
import { shellWord } from '../../core/shell-word.js';
import { exportToDataset } from '../../prediction/datasets/recordings/export.js';
import { Recording } from '../../record/recording.js';
import { type CommandContext, type Parser, printJson, warn } from '../command.js';
import { interruptible } from '../interruptible.js';
import { progressBar } from '../progress-bar.js';

/** Writes recordings of one's own in the form of imported data sets. */
export function datasetExport(yargs: Parser, context: CommandContext): Parser {
  return yargs.command(
    'export <recordings..>',
    'Make a data set of recordings: powers, codewords and places of users, by epoch or batch',
    (builder) =>
      builder
        .positional('recordings', {
          type: 'string',
          array: true,
          demandOption: true,
          describe: 'Folders of recordings, as beamloop run printed them',
        })
        .options({
          out: { type: 'string', demandOption: true, requiresArg: true, describe: 'Folder for the data set' },
        })
        .example('$0 dataset export recordings/tracking-20261121T120000Z --out data/own', '')
        .example('$0 dataset export recordings/sweep-* --out data/sweep --json', ''),
    async (args) => {
      const recordings: Recording[] = [];
      const bar = progressBar(context);
      try {
        for (const folder of new Set(args.recordings)) recordings.push(await Recording.open(folder, 'read'));
        warn(
          context,
          recordings.flatMap(({ warnings }) => warnings),
        );
        const named = recordings.map((recording) => ({
          name: path.basename(path.resolve(recording.folder)),
          recording,
        }));
        const manifest = await interruptible(context, 'No data set was written', () =>
          exportToDataset(named, args.out, {
            signal: context.signal,
            onProgress: (numDone, numInAll) => bar.show('exporting', numDone, numInAll),
          }),
        );
        bar.stop();
        if (args.json) return printJson(context.stdout, { folder: args.out, ...manifest });
        context.stdout.write(
          `${plural(manifest.numRows, 'row')} of samples in ${path.join(args.out, manifest.table)}\n` +
            `What it holds: beamloop dataset info ${shellWord(args.out)}\n`,
        );
      } finally {
        bar.stop();
        for (const recording of recordings) await recording.close();
      }
    },
  );
}
