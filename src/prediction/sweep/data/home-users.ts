/** The users that a model learns from, of cities or of data sets, and which of them it must not see. */
import { Random } from '../../../core/random.js';
import type { Executor, JobOptions } from '../../../fan-out/executor.js';
import { type SweepModelFile, settingOf } from '../model-file.js';
import { drawCities } from './city-draws.js';
import { type PathsSweep, pathsSweep } from './paths-sweep.js';
import { type SweepSet, together, usersOf } from './sweep-set.js';

const TRAINING_SHARE = 0.7;
const VALIDATION_SHARE = 0.15;

export interface PartedUsers {
  readonly training: SweepSet;
  readonly validation: SweepSet;
  readonly test: SweepSet;
}

export interface HomeUsers extends PartedUsers {
  /** What was read, in the order of the model file's `data`. */
  readonly read: readonly Omit<PathsSweep, 'sweeps'>[];
}

export interface DrawingOptions extends JobOptions {
  readonly executor: Executor;
}

/**
 * Drawn by the model file and its data alone: training and evaluation part the same users.
 *
 * @throws what `pathsSweep` throws; the signal's reason.
 */
export async function homeUsers(model: SweepModelFile, options: DrawingOptions): Promise<HomeUsers> {
  const setting = settingOf(model);
  const { cities } = model;
  const sets = cities.length === 0 ? [] : await drawCities({ setting, cities }, options.executor, options);
  const read: Omit<PathsSweep, 'sweeps'>[] = [];
  for (const named of model.data ?? []) {
    const { sweeps, ...found } = await pathsSweep(setting, named, options);
    sets.push(sweeps);
    read.push(found);
  }
  return { ...parted(together(sets), model.seed), read };
}

/** 70 % of the users for training, 15 % for validation, the rest for tests. */
export function parted(all: SweepSet, seed: number): PartedUsers {
  const order = Array.from({ length: all.numUsers }, (_, k) => k);
  const random = new Random(seed, 'split');
  for (let k = order.length - 1; k > 0; k--) {
    const other = random.integer(k + 1);
    [order[k], order[other]] = [order[other]!, order[k]!];
  }
  const first = Math.round(TRAINING_SHARE * all.numUsers);
  const second = first + Math.round(VALIDATION_SHARE * all.numUsers);
  return {
    training: usersOf(all, order.slice(0, first)),
    validation: usersOf(all, order.slice(first, second)),
    test: usersOf(all, order.slice(second)),
  };
}
