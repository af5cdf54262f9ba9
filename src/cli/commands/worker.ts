import { availableParallelism } from 'node:os';
import type { Bounds } from '../../core/bounds.js';
import { canSimulate } from '../../study/simulators.js';
import { STUDY_THREAD } from '../../study/study-threads.js';
import { type Command, printJson, warn } from '../command.js';
import { natsOptions, openServer } from '../nats-options.js';
import { boundedOption, wholeOption } from '../options.js';

/** A training of an epoch tells nothing for minutes. */
const STALL: Bounds = { unit: 's', least: 1, most: 7 * 86_400 };

/** `beamloop worker`: does shards of the studies and draws the data that are on a NATS server, until Ctrl-C. */
export const workerCommand: Command = (yargs, context) =>
  yargs.command(
    'worker',
    'Do shards of studies, and draw data for training, as they are on a NATS server, until Ctrl-C',
    (builder) =>
      builder
        .options({
          ...natsOptions,
          threads: {
            type: 'string',
            requiresArg: true,
            describe: 'Worker threads; one per core unless given',
          },
          name: { type: 'string', requiresArg: true, describe: 'Only the study, or the data, of this name' },
          stall: {
            type: 'string',
            default: '900 s',
            requiresArg: true,
            describe: 'A thread that tells of no progress for so long is ended, and its shard given back',
          },
        })
        .example('$0 worker --nats nats://HOST:4222', 'Studies: beamloop study FILE --nats nats://HOST:4222'),
    async (args) => {
      const { signal, stdout, stderr } = context;
      const numThreads =
        args.threads === undefined ? availableParallelism() : wholeOption('threads', args.threads, 1);
      const stallS = boundedOption('stall', args.stall, STALL);
      const { serveStudies } = await import('../../fan-out/cluster/serve-studies.js');
      const server = await openServer(args, context, 'beamloop worker');
      const numDone = new Map<string, number>();
      const say = (text: string) => {
        if (!args.json) stderr.write(`${text}\n`);
      };
      say(`Waits for studies at ${server.nats.shown}; Ctrl-C ends it`);
      try {
        const serving = serveStudies({
          ...{ server, numThreads, stallS, signal, threadModule: STUDY_THREAD, only: args.name },
          canSimulate,
          onStudy: ({ title, numShards }, name) => say(`At '${name}': ${title}, ${numShards} shards`),
          onDone: (name) => void numDone.set(name, (numDone.get(name) ?? 0) + 1),
          onNotice: (text) => warn(context, [text]),
        });
        const ended = server.nats.ended.then((error) => {
          if (error !== null) throw error;
        });
        await Promise.race([serving, ended]).catch((error) => {
          if (!signal.aborted) throw error;
        });
        await serving.catch(() => {});
      } finally {
        await server.nats.close();
      }
      if (args.json) printJson(stdout, { numShards: Object.fromEntries(numDone) });
      for (const [name, count] of numDone) say(`${count} shards of '${name}' were done here`);
    },
  );
