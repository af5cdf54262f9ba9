import { type Command, printJson } from '../command.js';
import { natsOptions } from '../nats-options.js';
import { formatTable } from '../text-table.js';
import { megabytes, withArchive } from './archive.js';

const COLUMNS = [
  { title: 'name', align: 'left' },
  { title: 'files', align: 'right' },
  { title: 'size', align: 'right' },
  { title: 'put (UTC)', align: 'left' },
] as const;

/** `beamloop recording list`. */
export const recordingList: Command = (yargs, context) =>
  yargs.command(
    'list',
    'List the recordings that a NATS server has',
    (builder) =>
      builder.options(natsOptions).example('$0 recording list --nats nats://lab:4222 --json', 'For a script'),
    async ({ json, ...nats }) => {
      const recordings = await withArchive(nats, false, async (archive) => (await archive?.list()) ?? []);
      if (json) printJson(context.stdout, { recordings });
      else if (recordings.length === 0) context.stdout.write('There are no recordings\n');
      else {
        const rows = recordings.map(({ name, numFiles, numBytes, putAt }) => [
          ...[name, String(numFiles), megabytes(numBytes), putAt.slice(0, 19).replace('T', ' ')],
        ]);
        context.stdout.write(formatTable({ columns: COLUMNS, rows }, context.columns));
      }
    },
  );
