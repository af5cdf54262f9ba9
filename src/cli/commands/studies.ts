import { BeamloopError } from '../../core/errors.js';
import { type Command, printJson } from '../command.js';
import { natsOptions, openServer } from '../nats-options.js';
import { formatTable } from '../text-table.js';

/** `beamloop studies`: what studies are on a NATS server; takes one away. */
export const studiesCommand: Command = (yargs, context) =>
  yargs.command(
    'studies',
    'List the studies, and the data for training, on a NATS server, or take one away',
    (builder) =>
      builder
        .options({
          ...natsOptions,
          remove: { type: 'string', requiresArg: true, describe: 'Take this away, with its results' },
        })
        .example('$0 studies --nats nats://HOST:4222', '')
        .example('$0 studies --nats nats://HOST:4222 --remove beam-diverging-fig19', ''),
    async (args) => {
      const { signal, stdout, columns } = context;
      const { listStudies } = await import('../../fan-out/cluster/study-list.js');
      const { StudyStreams } = await import('../../fan-out/cluster/study-streams.js');
      const server = await openServer(args, context, 'beamloop studies');
      try {
        if (args.remove !== undefined) {
          const isRemoved = await new StudyStreams(server, args.remove, signal).remove();
          if (!isRemoved) {
            throw new BeamloopError('BAD_ARGUMENT', {
              what: `There is no study '${args.remove}' on the server`,
              where: server.nats.shown,
              todo: 'beamloop studies lists them',
            });
          }
          if (args.json) return printJson(stdout, { removed: args.remove });
          return void stdout.write(`${args.remove} was taken away from ${server.nats.shown}\n`);
        }
        const studies = await listStudies(server, signal);
        if (args.json) {
          const documents = studies.map(({ name, definition, numDone, numBytes }) => ({
            ...{ name, title: definition?.title ?? null, version: definition?.program ?? null },
            ...{ numShards: definition?.numShards ?? null, numDone, numBytes },
            started: definition === null ? null : new Date(definition.startedMs).toISOString(),
          }));
          return printJson(stdout, { studies: documents });
        }
        if (studies.length === 0) return void stdout.write(`There are no studies at ${server.nats.shown}\n`);
        const titles = ['Name', 'Study', 'Done', 'Shards', 'MB', 'beamloop'];
        const table = {
          title: `Studies at ${server.nats.shown}`,
          columns: titles.map((title, k) => ({
            title,
            align: k > 1 && k < 5 ? ('right' as const) : ('left' as const),
          })),
          rows: studies.map(({ name, definition, numDone, numBytes }) => [
            ...[name, definition?.title ?? '-', String(numDone), String(definition?.numShards ?? '-')],
            ...[(numBytes / 1e6).toFixed(1), definition?.program ?? '-'],
          ]),
        };
        return void stdout.write(formatTable(table, columns));
      } finally {
        await server.nats.close();
      }
    },
  );
