/** Scores of sweep networks and of what needs none, on users that no model has seen: at home, and in another city. */
import { BeamloopError } from '../../../core/errors.js';
import { Random } from '../../../core/random.js';
import type { EvaluationOptions } from '../../family.js';
import { drawCities } from '../data/city-draws.js';
import { type HomeUsers, homeUsers } from '../data/home-users.js';
import { basesOf, pathsSweep } from '../data/paths-sweep.js';
import { someOf } from '../data/some-of.js';
import { type SweepSet, usersOf } from '../data/sweep-set.js';
import { sweptPowers } from '../data/swept.js';
import { placeName, settingOf } from '../model-file.js';
import type { TrainedSweep } from '../model-folder.js';
import { baselinesOf } from './baselines.js';
import { choiceOf, type PlaceScores, placeScores } from './place-scores.js';

export interface SweepScores {
  readonly name: string;
  readonly title: string;
  readonly contentHash: string | null;
  /** Without those that try ranked beams. */
  readonly numPilots: number;
  readonly home: PlaceScores;
  readonly abroad: PlaceScores;
}

export interface SweepEvaluation {
  readonly numHome: number;
  readonly numAbroad: number;
  /** As people call it: `city 5`, `base station BS2 of my-set`. */
  readonly abroad: string;
  readonly scores: readonly SweepScores[];
}

/**
 * @param models the first one's model file says which cities or base stations are home.
 * @throws MODEL_MISMATCH for models of other beams or data; BAD_ARGUMENT for a base station that is home; what reading data sets throws;
 * the signal's reason.
 */
export async function evaluateSweeps(
  models: readonly { readonly folder: string; readonly trained: TrainedSweep }[],
  { numExamples, seed, executor, data, signal, onProgress }: EvaluationOptions,
): Promise<SweepEvaluation> {
  const { model } = models[0]!.trained;
  for (const { folder, trained } of models) requireAlike(trained, models[0]!.trained, folder);
  // Cities take a while to draw: a data set that is not there is said before.
  if (data !== undefined) await basesOf(data.set);
  const home = await homeUsers(model, {
    ...{ executor, signal },
    onProgress: (numDone, numInAll) => onProgress?.('reading users', numDone, numInAll),
  });
  for (const { folder, trained } of models) requireSameData(trained, home.read, folder);
  const abroad = await usersAbroad(models, home.read, { data, numExamples, seed, executor, signal });
  const places = [home.test, abroad.set].map((set) => someUsers(set, numExamples));
  const everybody = (set: SweepSet) => Array.from({ length: set.numUsers }, (_, k) => k);
  const noise = (what: string) => new Random(seed, 'evaluation', what);
  const known = {
    set: home.training,
    powers: sweptPowers(home.training, everybody(home.training), model.snr, noise('training')),
  };
  const chosen = places.map((set, k) => {
    signal?.throwIfAborted();
    const powers = sweptPowers(set, everybody(set), model.snr, noise(k === 0 ? 'home' : 'abroad'));
    const setting = { setting: settingOf(model), snrDb: model.snr, seed };
    return {
      set,
      choices: [
        ...models.map(({ trained }) => choiceOf(trained, set, powers)),
        ...baselinesOf(set, powers, known, setting),
      ],
    };
  });
  const [atHome, away] = chosen as [(typeof chosen)[0], (typeof chosen)[0]];
  return {
    ...{ numHome: atHome.set.numUsers, numAbroad: away.set.numUsers, abroad: abroad.name },
    scores: atHome.choices.map(({ name, title, numPilots }, k) => ({
      ...{ name, title, numPilots },
      contentHash: models[k]?.trained.contentHash ?? null,
      home: placeScores(atHome.set, atHome.choices[k]!, model, seed),
      abroad: placeScores(away.set, away.choices[k]!, model, seed),
    })),
  };
}

function requireAlike({ model }: TrainedSweep, { model: first }: TrainedSweep, folder: string): void {
  const differs = (
    ['array', 'beams', 'receiver', 'bandwidth', 'subcarriers', 'snr', 'cities', 'data'] as const
  ).find((key) => JSON.stringify(model[key]) !== JSON.stringify(first[key]));
  if (differs === undefined) return;
  const text = (of: TrainedSweep['model']) => JSON.stringify(of[differs]);
  throw new BeamloopError('MODEL_MISMATCH', {
    what: `The model is for ${differs} ${text(model)}, and the first one for ${text(first)}`,
    where: folder,
    todo: 'Evaluate it by itself',
  });
}

/** A data set may have been imported anew since, or another one stand in its place. */
function requireSameData({ making }: TrainedSweep, read: HomeUsers['read'], folder: string): void {
  for (const [k, { base, contentHash }] of read.entries()) {
    if (making.data?.[k]?.contentHash === contentHash) continue;
    throw new BeamloopError('MODEL_MISMATCH', {
      what: `The data set with base station ${base} is not the one that the model learned from`,
      where: folder,
      todo: 'Put that one in its place, or train a model on this one',
    });
  }
}

type Models = readonly { readonly trained: TrainedSweep }[];

/** Users that no model has seen: of the data set that is asked for, of another base station at home, or of a city. */
async function usersAbroad(
  models: Models,
  read: HomeUsers['read'],
  { data, numExamples, seed, executor, signal }: Omit<EvaluationOptions, 'onProgress'>,
): Promise<{ readonly name: string; readonly set: SweepSet }> {
  const { model } = models[0]!.trained;
  const setting = settingOf(model);
  const home = model.data?.[0]?.set;
  const other = home === undefined ? undefined : await otherBase(home, read);
  const named = data ?? (other === undefined ? undefined : { set: home!, base: other });
  if (named === undefined) {
    const city = firstAbroad(seed, models);
    const [set] = await drawCities({ setting, cities: [city] }, executor, { signal });
    return { name: `city ${city}`, set: set! };
  }
  const { sweeps, base, contentHash } = await pathsSweep(
    setting,
    { ...named, users: numExamples },
    { signal },
  );
  if (read.some((one) => one.base === base && one.contentHash === contentHash)) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `Base station ${base} is one that the model learned from`,
      where: named.set,
      todo: 'Give another base station or data set',
    });
  }
  return { name: placeName(named.set, base), set: sweeps };
}

async function otherBase(set: string, read: HomeUsers['read']): Promise<string | undefined> {
  const homes = new Set(read.map(({ base }) => base));
  return (await basesOf(set)).find((base) => !homes.has(base));
}

/** From the seed on, the first city that no model learned from. */
function firstAbroad(seed: number, models: Models): number {
  const homes = new Set(models.flatMap(({ trained }) => trained.model.cities));
  let city = seed;
  while (homes.has(city)) city++;
  return city;
}

function someUsers(set: SweepSet, most: number): SweepSet {
  if (set.numUsers <= most) return set;
  return usersOf(
    set,
    someOf(
      Array.from({ length: set.numUsers }, (_, k) => k),
      most,
    ),
  );
}
