import path from 'node:path';
import { plural } from '../../core/plural.js';
import { type Command, printJson } from '../command.js';
import { natsOptions } from '../nats-options.js';
import { megabytes, withArchive, withProgress } from './archive.js';

/** `beamloop recording put <folder>`. */
export const recordingPut: Command = (yargs, context) =>
  yargs.command(
    'put <folder>',
    'Put a recording there, with all files of its folder',
    (builder) =>
      builder
        .positional('folder', { type: 'string', demandOption: true, describe: 'Folder of the recording' })
        .options({
          name: { type: 'string', requiresArg: true, describe: 'Its name there; that of the folder unless given' },
          ...natsOptions,
        })
        .example('$0 recording put recordings/first-light-20261121T120000Z --nats nats://lab:4222', ''),
    async ({ folder, name, json, ...nats }) => {
      const given = name ?? path.basename(path.resolve(folder));
      const put = await withArchive(nats, true, (archive) =>
        withProgress(context, given, (progress) => archive!.put(folder, given, context.signal, progress)),
      );
      if (json) printJson(context.stdout, put);
      else
        context.stdout.write(
          `${put.name}: ${plural(put.numFiles, 'file')}, ${megabytes(put.numBytes)}, on the NATS server\n`,
        );
    },
  );
