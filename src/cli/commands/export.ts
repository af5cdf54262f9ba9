import path from 'node:path';
import { BeamloopError } from '../../core/errors.js';
import { exportParquet } from '../../record/parquet.js';
import { Recording } from '../../record/recording.js';
import { type Command, printJson, warn } from '../command.js';

/** `beamloop export <folder> --parquet`: copies a recording's tables to files that other programs read. */
export const exportCommand: Command = (yargs, context) =>
  yargs.command(
    'export <folder>',
    'Export a recording, one file per table',
    (builder) =>
      builder
        .positional('folder', {
          type: 'string',
          demandOption: true,
          describe: 'Folder of the recording, as beamloop run printed it',
        })
        .options({
          parquet: { type: 'boolean', default: false, describe: 'As Parquet files' },
          out: {
            type: 'string',
            requiresArg: true,
            describe: 'Folder for the files; <folder>/parquet unless given',
          },
        })
        .example('$0 export recordings/first-light-20261121T120000Z --parquet', ''),
    async (args) => {
      if (!args.parquet) {
        throw new BeamloopError('BAD_ARGUMENT', {
          what: 'No format was named',
          todo: 'Add --parquet',
        });
      }
      const recording = await Recording.open(args.folder, 'read');
      try {
        warn(context, recording.warnings);
        const files = await exportParquet(recording, args.out ?? path.join(args.folder, 'parquet'));
        if (args.json) printJson(context.stdout, { files });
        else context.stdout.write(`${files.join('\n')}\n`);
      } finally {
        await recording.close();
      }
    },
  );
