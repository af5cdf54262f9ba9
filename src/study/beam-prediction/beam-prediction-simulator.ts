/** Trains and scores: one network of one home at a time, on users that every thread draws for itself. */
import { setImmediate } from 'node:timers/promises';
import { Random } from '../../core/random.js';
import type { JobWatch, Simulator } from '../../fan-out/executor.js';
import type { UserJob } from '../../fan-out/user-job.js';
import type { MeanWithInterval } from '../../prediction/evaluation/intervals.js';
import { drawCitySweep } from '../../prediction/sweep/data/city-sweep.js';
import { type PartedUsers, parted } from '../../prediction/sweep/data/home-users.js';
import { pathsSweep } from '../../prediction/sweep/data/paths-sweep.js';
import type { SweepSet } from '../../prediction/sweep/data/sweep-set.js';
import { sweptPowers } from '../../prediction/sweep/data/swept.js';
import { baselinesOf, type Choice } from '../../prediction/sweep/evaluation/baselines.js';
import { choiceOf, placeScores } from '../../prediction/sweep/evaluation/place-scores.js';
import { learnSweep } from '../../prediction/sweep/learn.js';
import { type SweepModelFile, settingOf } from '../../prediction/sweep/model-file.js';
import { type BeamPredictionStudy, modelFor } from './beam-prediction-file.js';
import { mostUsersOf, placesOf, type Task, tasksOf } from './beam-prediction-tasks.js';

/** Of one way to choose beams, with one home, for the users of one place. Plain data. */
export interface PredictionScore {
  readonly id: string;
  readonly numFine: number;
  readonly snrDb: number;
  readonly trainedIn: string;
  readonly testedIn: string;
  readonly numUes: number;
  readonly numTraining: number;
  readonly numPilots: number;
  readonly top1: MeanWithInterval;
  readonly within1Db: MeanWithInterval;
  readonly rate: MeanWithInterval;
}

interface DrawnPlace {
  readonly name: string;
  readonly all: SweepSet;
  readonly parts: PartedUsers;
}

export class BeamPredictionSimulator implements Simulator {
  readonly #study: BeamPredictionStudy;
  readonly #tasks: readonly Task[];
  /** By the fine grid. */
  readonly #places = new Map<string, Promise<readonly DrawnPlace[]>>();

  constructor(study: BeamPredictionStudy) {
    this.#study = study;
    this.#tasks = tasksOf(study);
  }

  async run(
    { placeIndex, numUsers }: UserJob,
    { signal, onPart }: JobWatch = {},
  ): Promise<PredictionScore[]> {
    const task = this.#tasks[placeIndex]!;
    const places = await this.#drawn(task.fine, signal);
    const home = places.find(({ name }) => name === task.place)!;
    const { training } = home.parts;
    const model = modelFor(this.#study, { ...task, numTraining: training.numUsers });
    const learned =
      task.network === null
        ? null
        : await learnSweep(model, home.parts, {
            signal,
            onProgress: (share) => onPart?.(Math.floor(share * numUsers)),
          });
    const scores: PredictionScore[] = [];
    for (const place of places) {
      await setImmediate();
      signal?.throwIfAborted();
      const set = place === home ? home.parts.test : place.all;
      const powers = this.#heard(set, task.snrDb, place.name);
      const choices: Choice[] =
        learned === null
          ? this.#baselines(set, powers, home, model)
          : [{ ...choiceOf({ model, ...learned }, set, powers), name: task.network! }];
      for (const choice of choices) {
        const { top1, first, rate } = placeScores(set, choice, model, this.#study.seed);
        scores.push({
          ...{ id: choice.name, numFine: set.numFine, snrDb: task.snrDb, numPilots: choice.numPilots },
          ...{ trainedIn: home.name, testedIn: place.name },
          ...{ numUes: set.numUsers, numTraining: training.numUsers },
          ...{ top1, within1Db: first, rate },
        });
      }
    }
    return scores;
  }

  #baselines(set: SweepSet, powers: Float64Array, home: DrawnPlace, model: SweepModelFile): Choice[] {
    const { training } = home.parts;
    const known = { set: training, powers: this.#heard(training, model.snr, `${home.name}, training`) };
    return baselinesOf(set, powers, known, {
      setting: settingOf(model),
      snrDb: model.snr,
      seed: this.#study.seed,
    });
  }

  /** The same whoever chooses, and scaled with the SNR. */
  #heard(set: SweepSet, snrDb: number, what: string): Float64Array {
    const everybody = Array.from({ length: set.numUsers }, (_, k) => k);
    return sweptPowers(set, everybody, snrDb, new Random(this.#study.seed, 'heard', what));
  }

  #drawn(fine: Task['fine'], signal: AbortSignal | undefined): Promise<readonly DrawnPlace[]> {
    const key = fine.join('x');
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const drawn = this.#draw(fine, signal);
    this.#places.set(key, drawn);
    return drawn;
  }

  async #draw(fine: Task['fine'], signal: AbortSignal | undefined): Promise<readonly DrawnPlace[]> {
    const { seed } = this.#study;
    const setting = settingOf(modelFor(this.#study, { network: null, fine, snrDb: 0, numTraining: 1 }));
    const drawn: DrawnPlace[] = [];
    for (const [name, place] of placesOf(this.#study)) {
      await setImmediate();
      signal?.throwIfAborted();
      const most = mostUsersOf(this.#study, place);
      const all =
        'city' in place
          ? drawCitySweep(setting, place.city, most)
          : (await pathsSweep(setting, { ...place, users: most }, { signal })).sweeps;
      drawn.push({ name, all, parts: parted(all, seed) });
    }
    return drawn;
  }
}
