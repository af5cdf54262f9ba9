import path from 'node:path';
import { BeamloopError } from '../../core/errors.js';
import { plural } from '../../core/plural.js';
import { EXPORT_FORMATS, type ExportFormat, exportRecordings } from '../../record/export/export.js';
import { Recording } from '../../record/recording.js';
import { TABLE_NAMES } from '../../record/schema.js';
import { type Command, printJson, warn } from '../command.js';

/** `beamloop export <folders..>`: copies tables of recordings to files that other programs read. */
export const exportCommand: Command = (yargs, context) =>
  yargs.command(
    'export <folders..>',
    'Export recordings as Parquet, CSV or MAT files',
    (builder) =>
      builder
        .positional('folders', {
          type: 'string',
          array: true,
          demandOption: true,
          describe:
            'Folders of recordings, as beamloop run printed them; of several, a column tells the recording',
        })
        .options({
          parquet: { type: 'boolean', default: false, describe: 'A Parquet file per table' },
          csv: { type: 'boolean', default: false, describe: 'A CSV file per table' },
          mat: { type: 'boolean', default: false, describe: 'One MAT file (level 5), a struct per table' },
          tables: {
            type: 'string',
            requiresArg: true,
            describe: `Only these tables, with commas between: ${TABLE_NAMES.join(', ')}`,
          },
          users: {
            type: 'string',
            requiresArg: true,
            describe: 'Only rows of these users, with commas between',
          },
          out: {
            type: 'string',
            requiresArg: true,
            describe: 'Folder for the files; <folder>/parquet, csv or mat unless given',
          },
        })
        .example('$0 export recordings/first-light-20261121T120000Z --parquet', '')
        .example(
          '$0 export recordings/first-light-20261121T120000Z --csv --tables slots,powers --users ue1',
          '',
        )
        .example('$0 export recordings/sweep-* --mat --out sweep', 'Several recordings in one file'),
    async ({ folders, tables, users, out, json, ...args }) => {
      const formats = EXPORT_FORMATS.filter((format) => args[format]);
      if (formats.length === 0) {
        throw new BeamloopError('BAD_ARGUMENT', {
          what: 'No format was named',
          todo: 'Add --parquet, --csv or --mat',
        });
      }
      const selection = {
        ...(tables !== undefined && { tables: tablesOption(tables) }),
        ...(users !== undefined && { users: users.split(',') }),
      };
      const recordings: Recording[] = [];
      try {
        for (const folder of new Set(folders)) recordings.push(await Recording.open(folder, 'read'));
        warn(
          context,
          recordings.flatMap(({ warnings }) => warnings),
        );
        const files: string[] = [];
        for (const format of formats) {
          files.push(
            ...(await exportRecordings(recordings, out ?? defaultFolder(folders, format), format, selection)),
          );
        }
        if (json) printJson(context.stdout, { files });
        else context.stdout.write(`${files.join('\n')}\n`);
      } finally {
        for (const recording of recordings) await recording.close();
      }
    },
  );

function defaultFolder(folders: readonly string[], format: ExportFormat): string {
  if (folders.length === 1) return path.join(folders[0]!, format);
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `${plural(folders.length, 'recording')} were named, and no folder for what is exported of all of them`,
    todo: 'Add --out <folder>',
  });
}

function tablesOption(text: string) {
  return text.split(',').map((name) => {
    const table = TABLE_NAMES.find((each) => each === name.trim());
    if (table !== undefined) return table;
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `There is no table '${name.trim()}'`,
      where: '--tables',
      todo: `Choose from ${TABLE_NAMES.join(', ')}`,
    });
  });
}
