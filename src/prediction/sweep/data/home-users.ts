/** The users of the cities that a model learns from, and which of them it must not see. */
import { Random } from '../../../core/random.js';
import { type SweepModelFile, settingOf } from '../model-file.js';
import { drawCitySweep } from './city-sweep.js';
import { type SweepSet, together, usersOf } from './sweep-set.js';

const TRAINING_SHARE = 0.7;
const VALIDATION_SHARE = 0.15;

export interface HomeUsers {
  readonly training: SweepSet;
  readonly validation: SweepSet;
  readonly test: SweepSet;
}

/** Drawn by the model file alone: training and evaluation part the same users. */
export function drawHomeUsers(
  model: SweepModelFile,
  onProgress?: (numDone: number, numCities: number) => void,
  signal?: AbortSignal,
): HomeUsers {
  const setting = settingOf(model);
  const cities = model.cities.map((seed, k) => {
    signal?.throwIfAborted();
    const set = drawCitySweep(setting, seed);
    onProgress?.(k + 1, model.cities.length);
    return set;
  });
  const all = together(cities);
  const order = Array.from({ length: all.numUsers }, (_, k) => k);
  const random = new Random(model.seed, 'split');
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
