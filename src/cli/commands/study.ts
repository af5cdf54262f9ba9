import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SingleBar } from 'cli-progress';
import { BeamloopError } from '../../core/errors.js';
import { writing } from '../../core/writing.js';
import { nameOfFile } from '../../fan-out/cluster/study-names.js';
import { claimWords } from '../../study/common/claim-words.js';
import { MAX_USERS } from '../../study/common/file-sections.js';
import type { StudyResult } from '../../study/common/result.js';
import { overrideStudy, runStudy } from '../../study/run-study.js';
import { readStudy } from '../../study/study-file.js';
import { kindOf, type Study } from '../../study/study-kinds.js';
import { openStudiedScenario } from '../../testbed.js';
import { type Command, type CommandContext, printJson } from '../command.js';
import { interruptible } from '../interruptible.js';
import { openServer } from '../nats-options.js';
import { wholeOption } from '../options.js';
import { loadPlugins, pluginOption } from '../plugins.js';
import { fileOrShipped } from '../shipped-files.js';
import { ackWaitOf, clusterOptions, numThreadsOf, requireOptionsFor } from '../studies/cluster-options.js';
import { runInThreads } from '../studies/study-run.js';
import { formatTable } from '../text-table.js';

/** `beamloop study <file>`: compares schemes on the channel model, or computes a table or pattern of a paper. */
export const studyCommand: Command = (yargs, context) =>
  yargs.command(
    'study [file]',
    'Compare training schemes on the channel model, as a study file says',
    (builder) =>
      builder
        .positional('file', {
          type: 'string',
          describe: 'Study file (YAML), or a name of `beamloop scenarios`',
        })
        .options({
          ...pluginOption,
          trace: {
            type: 'boolean',
            default: false,
            describe: 'Add every pilot and received amplitude of every user to the results',
          },
          users: { type: 'string', requiresArg: true, describe: "Users per point instead of the file's" },
          seed: { type: 'string', requiresArg: true, describe: "Seed instead of the file's" },
          data: {
            type: 'string',
            requiresArg: true,
            describe: 'Folder of a data set in place of what the study would draw (kinds that take one)',
          },
          threads: {
            type: 'string',
            requiresArg: true,
            describe: 'Worker threads; one per core unless given. Results do not depend on it',
          },
          fresh: {
            type: 'boolean',
            default: false,
            describe: 'Start anew, without what an interrupted run of the study has kept',
          },
          ...clusterOptions,
          attach: {
            type: 'boolean',
            default: false,
            describe: 'Collect a study that is on the NATS server, in place of a file',
          },
          out: {
            type: 'string',
            requiresArg: true,
            describe:
              'Folder for study.html and results.json; studies/<file name> unless given (none with --json)',
          },
        })
        .example('$0 study scenarios/papers/beam-diverging-fig19.yaml --users 1000', '')
        .example(
          '$0 study beam-diverging-fig19 --nats nats://HOST:4222',
          'By workers on any machines: beamloop worker --nats nats://HOST:4222',
        ),
    async (args) => {
      const isCluster = args.nats !== undefined || args.attach;
      requireFitting(args, isCluster);
      const cluster = isCluster ? await import('../studies/cluster-run.js') : null;
      const server = cluster === null ? null : await openServer(args, context, 'beamloop study');
      try {
        const found = args.attach ? await cluster!.studyOnServer(server!, args.name, context.signal) : null;
        const file = found === null ? fileOrShipped(args.file!) : found.name;
        const study =
          found === null ? await studyOfFile(file, args) : (found.definition.simulation.study as Study);
        const baseName = found?.name ?? path.parse(file).name;
        const folder = args.out ?? (args.json ? null : path.join('studies', baseName));
        const run =
          server === null
            ? runInThreads(context, study, numThreadsOf(args.threads), { folder, isFresh: args.fresh })
            : cluster!.runInCluster(context, study, {
                ...{
                  server,
                  name: args.name ?? nameOfFile(baseName),
                  isFresh: args.fresh,
                  isKept: args.keep,
                },
                ...ackWaitOf(args.redeliver),
              });
        const bar = progressBar(context, kindOf(study).counts);
        const result = await interruptible(context, run.left, () =>
          runStudy(study, {
            executor: run.executor,
            traced: found?.definition.simulation.traced ?? args.trace,
            signal: context.signal,
            onProgress: bar.show,
            openScenario: async (named) => {
              const scenarioFile = path.resolve(path.dirname(file), named);
              await loadPlugins([], { file: scenarioFile, kind: 'scenario' });
              return openStudiedScenario(scenarioFile);
            },
          }),
        ).finally(bar.stop);

        const page = folder === null ? undefined : await writeResults(folder, result);
        await run.finish();
        if (args.json) {
          const { rows, traces } = result;
          printJson(context.stdout, traces === undefined ? { rows } : { rows, traces });
        } else print(context, result, page!);
      } finally {
        await server?.nats.close();
      }
    },
  );

/** Of what makes a study another one. */
interface Overrides {
  readonly plugin: readonly string[];
  readonly users: string | undefined;
  readonly seed: string | undefined;
  readonly data: string | undefined;
}

async function studyOfFile(file: string, { plugin, users, seed, data }: Overrides): Promise<Study> {
  await loadPlugins(plugin, { file, kind: 'study' });
  return overrideStudy(readStudy(file), {
    ...(users !== undefined && { numUsers: wholeOption('users', users, 1, MAX_USERS) }),
    ...(seed !== undefined && { seed: wholeOption('seed', seed, 0) }),
    ...(data !== undefined && { data }),
  });
}

/** @throws BAD_ARGUMENT for options that contradict each other. */
function requireFitting(
  args: Overrides & {
    readonly file?: string | undefined;
    readonly attach: boolean;
    readonly name?: string | undefined;
    readonly keep: boolean;
    readonly fresh: boolean;
    readonly trace: boolean;
    readonly threads?: string | undefined;
    readonly redeliver?: string | undefined;
  },
  isCluster: boolean,
): void {
  const refuse = (what: string, todo: string) => {
    throw new BeamloopError('BAD_ARGUMENT', { what, todo });
  };
  if (!args.attach && args.file === undefined) {
    refuse('No study file was named', 'Name one, or one of `beamloop scenarios`; see beamloop study --help');
  }
  const given = (names: readonly (keyof typeof args)[]) =>
    names.find((name) => ![undefined, false].includes(args[name] as undefined) && String(args[name]) !== '');
  if (args.attach) {
    const other = given([
      'file',
      'plugin',
      'users',
      'seed',
      'data',
      'trace',
      'fresh',
      'redeliver',
      'threads',
    ]);
    if (other !== undefined) {
      const what = other === 'file' ? 'a study file' : `--${other}`;
      refuse(
        `--attach takes a study from the server as it is, and ${what} was given`,
        'Leave one of them out',
      );
    }
  }
  const { threads, name, keep, redeliver } = args;
  requireOptionsFor(isCluster, 'studies', threads, { name, keep, redeliver });
}

function progressBar({ stderr, terminal }: CommandContext, counts = 'users') {
  const bar = new SingleBar({
    stream: terminal ?? stderr,
    format: `{bar} {percentage} % | {value} of {total} ${counts} | {eta_formatted} left`,
    hideCursor: true,
    clearOnComplete: true,
  });
  let started = false;
  return {
    show: (numDone: number, numUsers: number) => {
      if (!started) bar.start(numUsers, 0);
      started = true;
      bar.update(numDone);
    },
    stop: () => bar.stop(),
  };
}

/** Writes study.html with its figures and results.json; returns the page's path. */
async function writeResults(folder: string, result: StudyResult): Promise<string> {
  // Loaded when there is something to draw: the chart library takes longer to load than many studies to run.
  const { writeStudyReport } = await import('../../report/study-report.js');
  const page = await writeStudyReport(result, folder);
  const numbers = `${JSON.stringify(result)}\n`;
  await writing('The numbers', folder, () => writeFile(path.join(folder, 'results.json'), numbers));
  return page;
}

function print({ stdout, columns }: CommandContext, result: StudyResult, page: string): void {
  stdout.write(`${result.title}\n`);
  if (result.reference !== null) stdout.write(`${result.reference}\n`);
  for (const table of result.tables) stdout.write(`\n${formatTable(table, columns)}`);
  if (result.claims.length > 0) {
    const { heading, source } = claimWords(result.claims);
    stdout.write(`\n${heading}\n`);
    const label = `${source.toLowerCase()}:`.padEnd(6);
    for (const { claim, paper, ours, agrees } of result.claims) {
      const verdict = agrees === null ? '-' : agrees ? 'holds' : 'DOES NOT HOLD';
      stdout.write(
        `  ${claim}\n    ${label} ${paper}\n    ${'here:'.padEnd(label.length)} ${ours}  [${verdict}]\n`,
      );
    }
  }
  stdout.write(`\nReport: ${page}\nNumbers: ${path.join(path.dirname(page), 'results.json')}\n`);
}
