import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { SingleBar } from 'cli-progress';
import { writing } from '../../core/writing.js';
import { claimWords } from '../../study/common/claim-words.js';
import { MAX_USERS } from '../../study/common/file-sections.js';
import type { StudyResult } from '../../study/common/result.js';
import { Checkpoint, type CheckpointOptions } from '../../study/fan-out/checkpoint.js';
import { namedInputs } from '../../study/named-inputs.js';
import { overrideStudy, runStudy } from '../../study/run-study.js';
import { readStudy } from '../../study/study-file.js';
import { kindOf, type Study } from '../../study/study-kinds.js';
import { studyThreads } from '../../study/study-threads.js';
import { openStudiedScenario } from '../../testbed.js';
import { type Command, type CommandContext, printJson } from '../command.js';
import { interruptible } from '../interruptible.js';
import { wholeOption } from '../options.js';
import { loadPlugins, pluginOption } from '../plugins.js';
import { fileOrShipped } from '../shipped-files.js';
import { formatTable } from '../text-table.js';

/** `beamloop study <file>`: compares schemes on the channel model, or computes a table or pattern of a paper. */
export const studyCommand: Command = (yargs, context) =>
  yargs.command(
    'study <file>',
    'Compare training schemes on the channel model, as a study file says',
    (builder) =>
      builder
        .positional('file', {
          type: 'string',
          demandOption: true,
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
          out: {
            type: 'string',
            requiresArg: true,
            describe:
              'Folder for study.html and results.json; studies/<file name> unless given (none with --json)',
          },
        })
        .example('$0 study scenarios/papers/beam-diverging-fig19.yaml --users 1000', ''),
    async (args) => {
      const file = fileOrShipped(args.file);
      await loadPlugins(args.plugin, { file, kind: 'study' });
      const study = overrideStudy(readStudy(file), {
        ...(args.users !== undefined && { numUsers: wholeOption('users', args.users, 1, MAX_USERS) }),
        ...(args.seed !== undefined && { seed: wholeOption('seed', args.seed, 0) }),
        ...(args.data !== undefined && { data: args.data }),
      });
      const numThreads =
        args.threads === undefined ? availableParallelism() : wholeOption('threads', args.threads, 1);
      const folder = args.out ?? (args.json ? undefined : path.join('studies', path.parse(file).name));
      const { counts } = kindOf(study);
      const bar = progressBar(context, counts);
      const threads = studyThreads(numThreads);
      const checkpoint =
        folder === undefined ? null : checkpointIn(folder, study, args.fresh, tellResumed(context, counts));
      const left =
        checkpoint === null
          ? 'No results were written'
          : 'No results were written; what was done is kept, and the same command goes on with it';
      const result = await interruptible(context, left, () =>
        runStudy(study, {
          executor: checkpoint?.around(threads) ?? threads,
          traced: args.trace,
          signal: context.signal,
          onProgress: bar.show,
          openScenario: async (named) => {
            const scenarioFile = path.resolve(path.dirname(file), named);
            await loadPlugins([], { file: scenarioFile, kind: 'scenario' });
            return openStudiedScenario(scenarioFile);
          },
        }),
      ).finally(() => {
        bar.stop();
        checkpoint?.close();
      });

      const page = folder === undefined ? undefined : await writeResults(folder, result);
      checkpoint?.remove();
      if (args.json) {
        const { rows, traces } = result;
        printJson(context.stdout, traces === undefined ? { rows } : { rows, traces });
      } else print(context, result, page!);
    },
  );

/** Of kinds whose users are simulated one by one; others make no file. */
function checkpointIn(
  folder: string,
  study: Study,
  isFresh: boolean,
  onResume: CheckpointOptions['onResume'],
): Checkpoint {
  const checkpoint = new Checkpoint(path.join(folder, 'checkpoint'), {
    inputs: namedInputs(study),
    onResume,
  });
  if (isFresh) checkpoint.remove();
  return checkpoint;
}

function tellResumed({ stderr }: CommandContext, counts = 'users') {
  return (numDone: number, numUsers: number) =>
    void stderr.write(`Goes on where it was stopped: ${numDone} of ${numUsers} ${counts} are done\n`);
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
