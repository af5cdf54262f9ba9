import path from 'node:path';
import { SingleBar } from 'cli-progress';
import { BeamloopError } from '../../core/errors.js';
import { plural } from '../../core/plural.js';
import { shellWord } from '../../core/shell-word.js';
import { backendSentence } from '../../prediction/backend/tensorflow.js';
import { familyOfFile } from '../../prediction/families.js';
import type { Family, Trained } from '../../prediction/family.js';
import type { TrainingProgress } from '../../prediction/learning/train-in-folder.js';
import type { SeededFile } from '../../prediction/learning/training-state.js';
import { type Command, type CommandContext, printJson } from '../command.js';
import { fileOrShipped } from '../shipped-files.js';
import { dataOptions, openDataRun } from '../studies/data-run.js';

/** `beamloop train <file> --out <folder>`: trains a learned tracker. */
export const trainCommand: Command = (yargs, context) =>
  yargs.command(
    'train <file>',
    'Train a learned tracker, as a model file says',
    (builder) =>
      builder
        .positional('file', {
          type: 'string',
          demandOption: true,
          describe: 'Model file (YAML), or a name of `beamloop scenarios`',
        })
        .options({
          out: {
            type: 'string',
            demandOption: true,
            requiresArg: true,
            describe: 'Folder for the model, and for the checkpoint of one that is interrupted',
          },
          resume: {
            type: 'boolean',
            default: false,
            describe:
              'Go on with the checkpoint in the folder; the weights become those of an uninterrupted run',
          },
          ...dataOptions,
        })
        .example('$0 train scenarios/models/stgcn.yaml --out my-model', '')
        .example(
          '$0 train scenarios/models/stgcn.yaml --out my-model --nats nats://HOST:4222',
          'Data drawn by workers on any machines: beamloop worker --nats nats://HOST:4222',
        ),
    async (args) => {
      const file = fileOrShipped(args.file);
      const family = familyOfFile(file);
      const model = family.readModelFile(file);
      if (args.nats !== undefined) requireDrawn(family, model);
      const run = await openDataRun(context, args, { command: 'train', of: path.parse(file).name });
      try {
        const progress = progressOf(context, family, args.json);
        const trained = await family
          .train(model, {
            folder: args.out,
            resume: args.resume,
            executor: run.executor,
            signal: context.signal,
            onBackend: (backend) => progress.say({ backend: backend.name }, backendSentence(backend)),
            onRemark: (remark) => progress.say({ remark }, remark),
            onDrawn: progress.drawn,
            onProgress: progress.trained,
          })
          .catch((error) => {
            throw withLeft(error, run.left);
          })
          .finally(progress.stop);
        const { writeModelCard } = await import('../../report/model-card.js');
        const card = await writeModelCard(args.out, file);
        const { contentHash, result } = trained;
        if (args.json) printJson(context.stdout, { folder: args.out, card, contentHash, ...result });
        else print(context, trained, args.out, card);
        await run.finish();
      } finally {
        await run.close();
      }
    },
  );

/** @throws BAD_ARGUMENT for a model that learns from a data set. */
function requireDrawn(family: Family, model: SeededFile): void {
  if (family.drawsData(model)) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: 'The model learns from a data set: nothing is drawn that workers could do',
    where: '--nats',
    todo: 'Leave out --nats',
  });
}

/** What an interruption leaves is said with it. */
function withLeft(error: unknown, left: string): unknown {
  if (left === '' || !(error instanceof BeamloopError) || error.code !== 'INTERRUPTED') return error;
  const { what, where = '--out', todo } = error;
  return new BeamloopError('INTERRUPTED', { what, where, todo: `${todo}; ${left}` });
}

function print(
  { stdout }: CommandContext,
  { title, history, epoch, sentence }: Trained,
  folder: string,
  card: string,
): void {
  stdout.write(`${title}: ${plural(history.length, 'epoch')}, the best was epoch ${epoch}\n${sentence}\n`);
  stdout.write(
    `Model: ${folder}\nCard: ${card}\nScores on fresh data: beamloop evaluate ${shellWord(folder)}\n`,
  );
}

/** Lines of epochs on standard error, and a bar where it is a terminal. */
function progressOf({ stderr, terminal }: CommandContext, family: Family, json: boolean) {
  const bar = new SingleBar({
    stream: terminal ?? stderr,
    format: '{bar} {percentage} % | {what} | {eta_formatted} left',
    hideCursor: true,
    clearOnComplete: true,
    // The first steps of an epoch say little of how long one takes.
    etaBuffer: 100,
  });
  let total = 0;
  let numTold = -1;
  const show = (what: string, done: number, of: number) => {
    if (total !== of) {
      bar.stop();
      bar.start(of, done, { what });
      total = of;
    }
    bar.update(done, { what });
  };
  const say = (event: object, sentence: string) => {
    if (json) stderr.write(`${JSON.stringify(event)}\n`);
    else stderr.write(`${sentence}\n`);
  };
  return {
    say,
    drawn: (numDone: number, numWindows: number) => show('drawing data', numDone, numWindows),
    trained: ({ state, stepsPerEpoch, numEpochs }: TrainingProgress) => {
      const { history, numSteps, lossSum } = state;
      if (numTold < 0) numTold = history.length - (numSteps === 0 ? 1 : 0);
      const loss = numSteps === 0 ? (history.at(-1)?.loss ?? 0) : lossSum / numSteps;
      const done = state.numEpochs * stepsPerEpoch + numSteps;
      show(
        `epoch ${state.numEpochs + 1} of ${numEpochs} | loss ${loss.toFixed(3)}`,
        done,
        numEpochs * stepsPerEpoch,
      );
      for (const record of history.slice(numTold)) {
        const { epoch, loss, figures, seconds } = record;
        const leftS = Math.round(seconds * (numEpochs - epoch));
        say(
          { epoch, loss, ...figures, seconds, secondsLeft: leftS },
          `epoch ${epoch} of ${numEpochs}: loss ${loss.toFixed(3)}, ${family.figuresText(record)}, ` +
            `${seconds.toFixed(0)} s; at most ${leftS} s left`,
        );
      }
      numTold = history.length;
    },
    stop: () => bar.stop(),
  };
}
