/** Where data that trackers learn from are drawn: in threads of this process, or by workers of a NATS server. */
import { nameOfFile, studyNames } from '../../fan-out/cluster/study-names.js';
import type { CommandContext } from '../command.js';
import type { NatsArguments } from '../nats-identity.js';
import { openServer } from '../nats-options.js';
import { ackWaitOf, clusterOptions, numThreadsOf, requireOptionsFor } from './cluster-options.js';
import type { StudyRun } from './study-run.js';

export const dataOptions = {
  threads: {
    type: 'string',
    requiresArg: true,
    describe: 'Threads that draw the data; one per core unless given. Results do not depend on it',
  },
  ...clusterOptions,
  fresh: {
    type: 'boolean',
    default: false,
    describe: 'Remove what is under that name on the NATS server first',
  },
} as const;

/** As yargs parses them. */
interface DataArguments extends NatsArguments {
  readonly threads: string | undefined;
  readonly name: string | undefined;
  readonly keep: boolean;
  readonly redeliver: string | undefined;
  readonly fresh: boolean;
}

/** What is left when it is interrupted is empty where nothing is. */
export interface DataRun extends StudyRun {
  close(): Promise<void>;
}

const TITLES = { train: 'learns from', evaluate: 'is scored on' } as const;

/**
 * @param of what file or folder: the name on the server is made of it.
 * @throws BAD_ARGUMENT for options that contradict each other; what `openServer` throws.
 */
export async function openDataRun(
  context: CommandContext,
  args: DataArguments,
  { command, of }: { readonly command: keyof typeof TITLES; readonly of: string },
): Promise<DataRun> {
  const { nats, threads, name = nameOfFile(`${command}-${of}`), keep, redeliver, fresh } = args;
  requireOptionsFor(nats !== undefined, 'data', threads, { name: args.name, keep, redeliver, fresh });
  if (nats === undefined) {
    const numThreads = numThreadsOf(threads);
    const { studyThreads } = await import('../../study/study-threads.js');
    return { executor: studyThreads(numThreads), left: '', finish: async () => {}, close: async () => {} };
  }
  // Said before a folder is made.
  studyNames(name);
  const cluster = { name, isFresh: fresh, isKept: keep, ...ackWaitOf(redeliver) };
  const { drawInCluster } = await import('./cluster-run.js');
  const server = await openServer(args, context, `beamloop ${command}`);
  return {
    ...drawInCluster(context, `Data that ${of} ${TITLES[command]}`, { server, ...cluster }),
    close: () => server.nats.close(),
  };
}
