/** Trains a sweep network: draws its cities, lets it learn, and writes the model folder. */
import { Random } from '../../core/random.js';
import { VERSION } from '../../core/version.js';
import { honestTemperature } from '../learning/temperature.js';
import { type TrainOptions, trainInFolder } from '../learning/train-in-folder.js';
import { type HomeUsers, homeUsers } from './data/home-users.js';
import { sweptPowers } from './data/swept.js';
import { learningOf } from './learn.js';
import { type SweepModelFile, sizesOf } from './model-file.js';
import { type TrainedSweep, writeSweepModel } from './model-folder.js';
import { sweepShapes } from './networks/sweep-network.js';
import { scoresOfAll, sweepLesson } from './sweep-lesson.js';

/** @throws what `trainInFolder` throws. */
export function trainSweep(model: SweepModelFile, options: TrainOptions): Promise<TrainedSweep> {
  const sizes = sizesOf(model);
  let users: HomeUsers | null = null;
  return trainInFolder<TrainedSweep>(
    {
      model,
      shapes: sweepShapes(sizes),
      learning: learningOf(model),
      async prepare({ tf }) {
        const { onDrawn: onProgress, executor, signal } = options;
        users = await homeUsers(model, { onProgress, executor, signal });
        return sweepLesson(tf, sizes, { ...users, snrDb: model.snr, seed: model.seed });
      },
      async finish(backend, { best, history }) {
        const { epoch, weights } = best!;
        const { validation, read } = users!;
        const everybody = Array.from({ length: validation.numUsers }, (_, k) => k);
        const powers = sweptPowers(
          validation,
          everybody,
          model.snr,
          new Random(model.seed, 'temperature', 'noise'),
        );
        const scores = scoresOfAll(backend.tf, sizes, weights, validation, powers);
        const temperature = honestTemperature(scores, validation.best);
        const figuresOf = (k: number) => {
          const { surprise, top1, within1Db } = history[k]!.figures;
          return { surprise: surprise!, top1: top1!, within1Db: within1Db! };
        };
        const making = {
          ...{ beamloop: VERSION, tensorflow: backend.version, backend: backend.name },
          ...{ node: process.version, epoch, ...figuresOf(epoch - 1) },
          ...(read.length > 0 && { data: [...read] }),
          history: history.map(({ loss, seconds }, k) => ({ epoch: k + 1, loss, ...figuresOf(k), seconds })),
        };
        const trained = { model, temperature, weights, making };
        return { ...trained, contentHash: await writeSweepModel(options.folder, trained) };
      },
    },
    options,
  );
}
