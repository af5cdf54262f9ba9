import { availableParallelism } from 'node:os';
import { SingleBar } from 'cli-progress';
import { plural } from '../../core/plural.js';
import { shellWord } from '../../core/shell-word.js';
import { backendSentence } from '../../prediction/backend/tensorflow.js';
import { readModelFile } from '../../prediction/model-file.js';
import { NETWORK_TITLES } from '../../prediction/networks/kinds.js';
import { type TrainingOutcome, type TrainingProgress, trainModel } from '../../prediction/train.js';
import { type Command, type CommandContext, printJson } from '../command.js';
import { wholeOption } from '../options.js';
import { fileOrShipped } from '../shipped-files.js';

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
          threads: {
            type: 'string',
            requiresArg: true,
            describe: 'Threads that draw the data; one per core unless given. Results do not depend on it',
          },
        })
        .example('$0 train scenarios/models/stgcn.yaml --out my-model', ''),
    async (args) => {
      const file = fileOrShipped(args.file);
      const model = readModelFile(file);
      const numThreads =
        args.threads === undefined ? availableParallelism() : wholeOption('threads', args.threads, 1);
      const progress = progressOf(context, args.json);
      const outcome = await trainModel(model, {
        folder: args.out,
        resume: args.resume,
        numThreads,
        signal: context.signal,
        onBackend: (backend) => progress.say({ backend: backend.name }, backendSentence(backend)),
        onDrawn: progress.drawn,
        onProgress: progress.trained,
      }).finally(progress.stop);
      const { writeModelCard } = await import('../../report/model-card.js');
      const card = await writeModelCard(args.out, file);
      const { best, history } = outcome.state;
      const result = {
        folder: args.out,
        card,
        contentHash: outcome.contentHash,
        network: model.network,
        epoch: best!.epoch,
        gain: best!.gain,
        top1: history[best!.epoch - 1]!.top1,
        holdGain: outcome.holdGain,
        temperature: outcome.temperature,
      };
      if (args.json) printJson(context.stdout, result);
      else print(context, result, outcome, NETWORK_TITLES[model.network]);
    },
  );

interface Result {
  readonly folder: string;
  readonly card: string;
  readonly gain: number;
  readonly top1: number;
  readonly holdGain: number;
  readonly epoch: number;
}

function print(
  { stdout }: CommandContext,
  { folder, card, gain, top1, holdGain, epoch }: Result,
  { state }: TrainingOutcome,
  title: string,
): void {
  stdout.write(`${title}: ${plural(state.numEpochs, 'epoch')}, the best was epoch ${epoch}\n`);
  stdout.write(
    `On validation windows: gain ${gain.toFixed(3)} (holding the last beam: ${holdGain.toFixed(3)}), ` +
      `best codeword in ${(100 * top1).toFixed(1)} %\n`,
  );
  stdout.write(
    `Model: ${folder}\nCard: ${card}\nScores on fresh windows: beamloop evaluate ${shellWord(folder)}\n`,
  );
}

/** Lines of epochs on standard error, and a bar where it is a terminal. */
function progressOf({ stderr, terminal }: CommandContext, json: boolean) {
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
    drawn: (numDone: number, numWindows: number) => show('windows of data', numDone, numWindows),
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
        const { epoch, gain, top1, seconds } = record;
        const leftS = Math.round(seconds * (numEpochs - epoch));
        say(
          { ...record, secondsLeft: leftS },
          `epoch ${epoch} of ${numEpochs}: loss ${record.loss.toFixed(3)}, validation gain ${gain.toFixed(4)}, ` +
            `best codeword ${(100 * top1).toFixed(1)} %, ${seconds.toFixed(0)} s; at most ${leftS} s left`,
        );
      }
      numTold = history.length;
    },
    stop: () => bar.stop(),
  };
}
