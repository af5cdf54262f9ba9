import path from 'node:path';
import { noSuchRecording } from '../../record/archive/no-such-recording.js';
import { type Command, printJson } from '../command.js';
import { natsOptions } from '../nats-options.js';
import { withArchive, withProgress } from './archive.js';

/** Where runs leave their recordings. */
const RECORDINGS = 'recordings';

/** `beamloop recording get <name>`. */
export const recordingGet: Command = (yargs, context) =>
  yargs.command(
    'get <name>',
    'Get a recording: whole, or not at all; nothing is written over',
    (builder) =>
      builder
        .positional('name', { type: 'string', demandOption: true, describe: 'As beamloop recording list prints it' })
        .options({
          out: { type: 'string', requiresArg: true, describe: 'Folder for it; recordings/<name> unless given' },
          ...natsOptions,
        })
        .example('$0 recording get first-light-20261121T120000Z --nats nats://lab:4222', ''),
    async ({ name, out, json, ...nats }) => {
      const folder = out ?? path.join(RECORDINGS, name);
      const got = await withArchive(nats, false, (archive, shown) => {
        if (archive === null) throw noSuchRecording(name, shown);
        return withProgress(context, name, (progress) => archive.get(name, folder, context.signal, progress));
      });
      if (json) printJson(context.stdout, { ...got, folder });
      else context.stdout.write(`${folder}\n`);
    },
  );
