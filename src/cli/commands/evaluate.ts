import { availableParallelism } from 'node:os';
import { BeamloopError } from '../../core/errors.js';
import { plural } from '../../core/plural.js';
import { evaluateModels, type TrackerScores } from '../../prediction/evaluation/evaluate.js';
import type { MeanWithInterval } from '../../prediction/evaluation/intervals.js';
import { readModel } from '../../prediction/model/model-folder.js';
import { modelFolder } from '../../prediction/trackers/learned-trackers.js';
import { type Command, type CommandContext, printJson } from '../command.js';
import { MAX_SEED, wholeOption } from '../options.js';
import { progressBar } from '../progress-bar.js';
import { formatTable } from '../text-table.js';

const MAX_WINDOWS = 1_000_000;

/** `beamloop evaluate <folder>…`: scores of trained models on fresh windows, beside what needs no training. */
export const evaluateCommand: Command = (yargs, context) =>
  yargs.command(
    'evaluate <folder..>',
    'Score trained models on windows that they have not seen, beside trackers that learn nothing',
    (builder) =>
      builder
        .positional('folder', {
          type: 'string',
          array: true,
          demandOption: true,
          describe: 'Folders of `beamloop train`; windows are drawn as the first one was trained for',
        })
        .options({
          windows: {
            type: 'string',
            default: '500',
            requiresArg: true,
            describe: 'Windows; each has the users of the model file',
          },
          seed: { type: 'string', default: '1', requiresArg: true, describe: 'Seed of the windows' },
          threads: {
            type: 'string',
            requiresArg: true,
            describe: 'Threads that draw the windows; one per core unless given. Results do not depend on it',
          },
        })
        .example('$0 evaluate scenarios/models/stgcn --windows 500', ''),
    async (args) => {
      const models = args.folder.map((written) => {
        const folder = modelFolder(String(written));
        return { folder, trained: readModel(folder) };
      });
      const numWindows = wholeOption('windows', args.windows, 2, MAX_WINDOWS);
      const seed = wholeOption('seed', args.seed, 0, MAX_SEED);
      const numThreads =
        args.threads === undefined ? availableParallelism() : wholeOption('threads', args.threads, 1);
      const bar = progressBar(context);
      const scores = await evaluateModels(models, {
        ...{ numWindows, seed, numThreads, signal: context.signal },
        onProgress: bar.show,
      })
        .catch((error: unknown) => {
          if (!context.signal.aborted) throw error;
          throw new BeamloopError('INTERRUPTED', { what: 'Interrupted', todo: 'No scores were computed' });
        })
        .finally(bar.stop);
      const numUsers = models[0]!.trained.model.users.count;
      if (args.json) printJson(context.stdout, { numWindows, numUsers, seed, scores });
      else print(context, scores, numWindows, numUsers, seed);
    },
  );

function print(
  { stdout, columns }: CommandContext,
  scores: readonly TrackerScores[],
  numWindows: number,
  numUsers: number,
  seed: number,
): void {
  const text = ({ mean, low, high }: MeanWithInterval) =>
    `${mean.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`;
  const percent = (value: number | null | undefined) =>
    value === null || value === undefined ? '-' : (100 * value).toFixed(1);
  const first = scores[0]!.title;
  stdout.write(
    `${plural(numWindows, 'window')} of ${plural(numUsers, 'user')}, seed ${seed}; the slot after each is predicted, ` +
      'with true last beams (open loop)\n\n',
  );
  stdout.write(
    formatTable(
      {
        columns: [
          { title: 'tracker', align: 'left' },
          { title: 'gain', align: 'right' },
          { title: `${first} above it by`, align: 'right' },
          { title: 'best codeword (%)', align: 'right' },
          { title: 'in top 3 (%)', align: 'right' },
          { title: 'says (%)', align: 'right' },
        ],
        rows: scores.map(({ title, gain, advantage, top1, top3, confidence }) => [
          title,
          text(gain),
          advantage === null ? '-' : text(advantage),
          percent(top1.mean),
          percent(top3?.mean),
          percent(confidence),
        ]),
      },
      columns,
    ),
  );
  stdout.write(
    '\nGain: received power over that of the best codeword. In brackets: 95 % intervals over windows (bootstrap).\n' +
      '"says": the mean probability that a model gives to its first codeword; honest where it is that of the best codeword.\n',
  );
}
