import { noSuchRecording } from '../../record/archive/no-such-recording.js';
import { type Command, printJson } from '../command.js';
import { natsOptions } from '../nats-options.js';
import { megabytes, withArchive } from './archive.js';

/** `beamloop recording remove <name>`. */
export const recordingRemove: Command = (yargs, context) =>
  yargs.command(
    'remove <name>',
    'Remove a recording from a NATS server; folders of this machine stay',
    (builder) =>
      builder
        .positional('name', { type: 'string', demandOption: true, describe: 'As beamloop recording list prints it' })
        .options(natsOptions)
        .example('$0 recording remove first-light-20261121T120000Z --nats nats://lab:4222', ''),
    async ({ name, json, ...nats }) => {
      const removed = await withArchive(nats, false, (archive, shown) => {
        if (archive === null) throw noSuchRecording(name, shown);
        return archive.remove(name);
      });
      if (json) printJson(context.stdout, removed);
      else context.stdout.write(`${name}: ${megabytes(removed.numBytes)} removed from the NATS server\n`);
    },
  );
