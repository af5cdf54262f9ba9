import { place } from '../../campaign/in-words.js';
import { BeamloopError } from '../../core/errors.js';
import type { LiveMessage, RunHello } from '../../live/messages.js';
import type { RemoteWatch } from '../../live/remote/remote-watch.js';
import { runSockets } from '../../live/run-sockets.js';
import { RunWatch } from '../../live/watch-run.js';
import { type Command, type CommandContext, printJson } from '../command.js';
import type { NatsArguments } from '../nats-identity.js';
import { openRemoteRuns, remoteRunsOptions } from '../remote-runs-option.js';
import { formatTable } from '../text-table.js';

const ORDERS = ['stop', 'mute', 'unmute'] as const;

/** `beamloop watch [run]`: follows a run of another terminal, or stops it. */
export const watchCommand: Command = (yargs, context) =>
  yargs.command(
    'watch [run]',
    'Follow a run that goes on in another terminal; it does not notice',
    (builder) =>
      builder
        .positional('run', {
          type: 'string',
          describe: 'Which one, by its name in the list, or the beginning of it; the only one unless given',
        })
        .options({
          list: { type: 'boolean', default: false, describe: 'List the runs that go on' },
          order: {
            choices: ORDERS,
            requiresArg: true,
            describe: 'Stop it, or mute its array: the board first, ahead of what waits to be sent',
          },
          ...remoteRunsOptions,
        })
        .example('$0 watch', 'Events and estimates as they come')
        .example('$0 watch --json | jq -c "select(.type == \\"estimate\\")"', 'For a script')
        .example(
          '$0 watch --order stop',
          'The array is mute, then the run ends; beamloop resume goes on with it',
        )
        .example('$0 watch --nats nats://lab:4222 --list', 'Runs of other hosts: docs/telemetry.md'),
    async ({ run, list, order, json, ...nats }) => {
      if (nats.nats !== undefined) {
        await watchRemote(context, { run, list, order, json }, nats);
        return;
      }
      const watches = await openAll(context.signal);
      try {
        if (list) {
          printList(
            context,
            json,
            watches.map(({ hello }) => hello),
          );
          return;
        }
        const watch = chosen(watches, run);
        if (order === undefined) await follow(context, json, watch);
        else await give(context, json, watch, order);
      } finally {
        for (const watch of watches) watch.close();
      }
    },
  );

interface WatchArguments {
  readonly run: string | undefined;
  readonly list: boolean;
  readonly order: (typeof ORDERS)[number] | undefined;
  readonly json: boolean;
}

/** Runs that other hosts publish: they are followed, and told nothing. */
async function watchRemote(
  context: CommandContext,
  { run, list, order, json }: WatchArguments,
  nats: NatsArguments,
): Promise<void> {
  if (order !== undefined) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: 'Runs that are published on a NATS server are only watched: whoever can read there is nobody to stop or mute an array',
      where: '--order',
      todo: `On the host of the run: beamloop watch --order ${order}`,
    });
  }
  const runs = await openRemoteRuns(context, nats);
  try {
    const found = await runs.list();
    context.signal.throwIfAborted();
    if (list) {
      printList(
        context,
        json,
        found.map(({ hello, host }) => ({ ...hello, host })),
      );
      return;
    }
    const { host, prefix } = chosen(found, run);
    await follow(context, json, await runs.watch({ host, prefix }));
  } finally {
    await runs.close();
  }
}

async function openAll(signal: AbortSignal): Promise<RunWatch[]> {
  const opened = await Promise.allSettled(
    (await runSockets()).map((socketPath) => RunWatch.open(socketPath, signal)),
  );
  signal.throwIfAborted();
  return opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

/** @throws WATCH_REFUSED unless it is one. */
function chosen<T extends { readonly hello: RunHello }>(watches: readonly T[], name: string | undefined): T {
  const meant = watches.filter(({ hello }) => name === undefined || hello.id.startsWith(name));
  const [only, another] = meant;
  if (only !== undefined && another === undefined) return only;
  const names = watches.map(({ hello: { id, name: of } }) => `${id} (${of})`).join(', ');
  throw new BeamloopError('WATCH_REFUSED', {
    what:
      watches.length === 0
        ? 'No run goes on'
        : only === undefined
          ? `No run is called ${name}; there is ${names}`
          : `${meant.length} runs go on: ${names}`,
    todo:
      watches.length === 0
        ? 'Start one, or look at what was recorded with beamloop report'
        : 'Name one: beamloop watch ID',
  });
}

function printList(
  { stdout, columns: widthColumns }: CommandContext,
  json: boolean,
  runs: readonly (RunHello & { readonly host?: string })[],
): void {
  if (json) {
    printJson(stdout, {
      runs: runs.map(({ array: { placesM: _, ...array }, ...run }) => ({ ...run, array })),
    });
    return;
  }
  if (runs.length === 0) {
    stdout.write('No run goes on\n');
    return;
  }
  const isRemote = runs.some(({ host }) => host !== undefined);
  const rows = runs.map(({ id, command, name, startedAt, board, folder, host }) => [
    id,
    ...(isRemote ? [host ?? '-'] : []),
    command,
    name,
    startedAt.slice(0, 19).replace('T', ' '),
    board.ports.join(', '),
    folder ?? '-',
  ]);
  const titles = [
    'run',
    ...(isRemote ? ['host'] : []),
    'command',
    'scenario',
    'since (UTC)',
    'port',
    'recording',
  ];
  const columns = titles.map((title) => ({ title, align: 'left' as const }));
  stdout.write(formatTable({ columns, rows }, widthColumns));
}

async function follow(
  { stdout, stderr, signal }: CommandContext,
  json: boolean,
  watch: RunWatch | RemoteWatch,
): Promise<void> {
  signal.addEventListener('abort', () => watch.close(), { once: true });
  if (json) printJson(stdout, watch.hello);
  else
    stderr.write(`${watch.hello.command} of ${watch.hello.name}, ${watch.hello.folder ?? 'not recorded'}\n`);
  let hasEnded = false;
  for await (const message of watch) {
    hasEnded ||= message.type === 'end';
    if (json) {
      printJson(stdout, message);
      continue;
    }
    const text = lineOf(message);
    if (text !== null) stdout.write(`${text}\n`);
  }
  signal.throwIfAborted();
  if (hasEnded) return;
  throw new BeamloopError('WATCH_REFUSED', {
    what: 'The process of the run is gone without a word',
    where: watch.hello.folder ?? watch.hello.name,
    todo: 'Its board mutes itself a second after it last heard from it; go on with beamloop resume',
  });
}

/** Null of what a reader of lines is not told. */
function lineOf(message: LiveMessage): string | null {
  switch (message.type) {
    case 'event':
      return message.text === null ? null : `${timeOf(message.wallTimeMs)} ${message.text}`;
    case 'estimate': {
      const { ue, codewordKey, distanceM, angleRad, numPilots } = message;
      return `${ue}: found with ${codewordKey} at ${place(distanceM, angleRad)} after ${numPilots} pilots`;
    }
    case 'epoch':
      return `${message.ue}: epoch ${message.epoch} ${message.state}`;
    case 'end':
      return message.code === null ? 'The run is over' : `The run ended: ${message.what} [${message.code}]`;
    default:
      return null;
  }
}

function timeOf(wallTimeMs: number): string {
  return new Date(wallTimeMs).toISOString().slice(11, 23);
}

async function give(
  { stdout }: CommandContext,
  json: boolean,
  watch: RunWatch,
  order: (typeof ORDERS)[number],
): Promise<void> {
  const answered = watch.order(order);
  answered.catch(() => {});
  for await (const message of watch) if (message.type === 'done') break;
  const done = await answered;
  if (json) printJson(stdout, { run: watch.hello.id, ...done });
  const { error, tookMs } = done;
  if (error !== null) {
    throw new BeamloopError('WATCH_REFUSED', {
      what: `${watch.hello.name} could not do it: ${error.what} [${error.code}]`,
      ...(error.todo !== null && { todo: error.todo }),
    });
  }
  const did = {
    stop: 'muted its array and ends',
    mute: 'muted its array',
    unmute: 'lifted the mute of its array',
  };
  if (!json)
    stdout.write(`${watch.hello.name} ${did[order]}; the board confirmed it after ${tookMs.toFixed(0)} ms\n`);
}
