/** Scores of trackers that see, and of what goes by the beams of the slots before, on windows that none has seen. */
import { BeamloopError } from '../../../core/errors.js';
import { openBackend } from '../../backend/tensorflow.js';
import { type MeanWithInterval, meanWithInterval } from '../../evaluation/intervals.js';
import type { EvaluationOptions } from '../../family.js';
import { scoresOfAll } from '../camera-lesson.js';
import { NUM_MASKS, NUM_SLOTS, type WindowSet } from '../data/window-set.js';
import { CameraPass } from '../forward/camera-pass.js';
import { CAMERA_TITLES, designOf, sizesOf } from '../model-file.js';
import type { TrainedCamera } from '../model-folder.js';
import { cameraBaselines } from './baselines.js';
import { dbaChallenge, dbaTop3, isInTop, rankedBeams } from './scores.js';
import { type CameraCandidate, openUnseen } from './unseen-windows.js';

/** Means over windows and slots unless said otherwise; intervals of 95 % over passes. */
export interface CameraScores {
  readonly name: string;
  readonly title: string;
  /** Null where nothing was trained. */
  readonly contentHash: string | null;
  readonly top1: MeanWithInterval;
  readonly top3: MeanWithInterval;
  readonly top5: MeanWithInterval;
  readonly dbaTop3: MeanWithInterval;
  readonly dbaChallenge: MeanWithInterval;
  /** Of each slot. */
  readonly top5BySlot: readonly number[];
  /** Slots whose beams it has to be told. */
  readonly beamsTold: number;
}

const TOPS = { top1: 1, top3: 3, top5: 5 } as const;
/** Slots whose beams each of them is told. */
export const PAST_BEAMS = { hold: 1, line: 5, table: 8 } as const;

/** What was scored, and on how many windows of how many passes. */
export interface CameraEvaluation {
  /** Of the data set, as it was named; null for the drawn street. */
  readonly set: string | null;
  readonly numWindows: number;
  readonly numPasses: number;
  /** Of windows that were left out. */
  readonly remarks: readonly string[];
  readonly scores: readonly CameraScores[];
}

/**
 * Models first, in the order given, then what needs no training. Windows are those of the data set that was named, or that the first
 * model was trained on (passes that it has not seen), else of the drawn street.
 *
 * @throws MODEL_MISMATCH for models that are not for the beams of the first, or have seen what they would be tested on; what reading
 *   a data set throws; the signal's reason.
 */
export async function evaluateCameras(
  models: readonly CameraCandidate[],
  options: EvaluationOptions,
): Promise<CameraEvaluation> {
  const { model } = models[0]!.trained;
  for (const { folder, trained } of models) {
    if (trained.model.beams === model.beams) continue;
    throw new BeamloopError('MODEL_MISMATCH', {
      what: `The model is for ${trained.model.beams} beams, and the first one for ${model.beams}`,
      where: folder,
      todo: 'Evaluate it by itself',
    });
  }
  const { seed, signal } = options;
  const unseen = await openUnseen(models, options);
  const all: CameraScores[] = [];
  for (const { trained } of models) {
    const { network } = trained.model;
    const set = await unseen.setFor(sizesOf(trained.model)?.size ?? null);
    const scores = await modelScores(trained, set);
    const ranked = (window: number, slot: number) => {
      const from = (window * NUM_SLOTS + slot) * set.numBeams;
      return rankedBeams(scores.subarray(from, from + set.numBeams), 5);
    };
    const of = { name: network, title: CAMERA_TITLES[network], contentHash: trained.contentHash };
    const beamsTold = network === 'beam-history' ? unseen.pastBeams : 0;
    all.push({ ...of, ...scored(set, ranked, seed), beamsTold });
    signal?.throwIfAborted();
  }
  const set = await unseen.setFor(null);
  // The table counts what the first model was trained on.
  for (const { name, title, ranked } of cameraBaselines(set, await unseen.training())) {
    const beamsTold = Math.min(PAST_BEAMS[name as keyof typeof PAST_BEAMS], unseen.pastBeams);
    all.push({ name, title, contentHash: null, ...scored(set, ranked, seed), beamsTold });
    signal?.throwIfAborted();
  }
  return {
    ...{ set: unseen.named, numWindows: set.numWindows, remarks: unseen.remarks, scores: all },
    numPasses: new Set(set.passes).size,
  };
}

/** By the forward pass that trackers use, where it is a tracker's. */
export async function modelScores(
  { model, weights }: Pick<TrainedCamera, 'model' | 'weights'>,
  set: WindowSet,
): Promise<Float32Array> {
  const sizes = sizesOf(model);
  if (sizes === null) {
    const { tf } = await openBackend();
    return scoresOfAll(tf, designOf(model), weights, set);
  }
  const pass = new CameraPass(sizes, weights);
  const mask = new Uint8Array(set.masks.size ** 2);
  const perWindow = NUM_SLOTS * set.numBeams;
  const all = new Float32Array(set.numWindows * perWindow);
  for (let w = 0; w < set.numWindows; w++) {
    for (let m = 0; m < NUM_MASKS; m++) {
      set.masks.read(set.maskPlaces[w * NUM_MASKS + m]!, mask);
      pass.push(mask);
    }
    all.set(pass.scores(), w * perWindow);
  }
  return all;
}

type OfRanked = (ranked: readonly number[], truth: number) => number;

function scored(
  set: WindowSet,
  ranked: (window: number, slot: number) => readonly number[],
  seed: number,
): Omit<CameraScores, 'name' | 'title' | 'contentHash' | 'beamsTold'> {
  const rankings = Array.from({ length: set.numWindows }, (_, w) =>
    Array.from({ length: NUM_SLOTS }, (_, slot) => ranked(w, slot)),
  );
  const truth = (window: number, slot: number) => set.future[window * NUM_SLOTS + slot]!;
  const mean = (score: OfRanked) => {
    const byWindow = rankings.map(
      (slots, w) => slots.reduce((sum, each, slot) => sum + score(each, truth(w, slot)), 0) / NUM_SLOTS,
    );
    return meanWithInterval(meansOfPasses(byWindow, set.passes), seed);
  };
  const top = (k: number) => mean((each, beam) => (isInTop(each, beam, k) ? 1 : 0));
  return {
    top1: top(TOPS.top1),
    top3: top(TOPS.top3),
    top5: top(TOPS.top5),
    dbaTop3: mean(dbaTop3),
    dbaChallenge: mean(dbaChallenge),
    top5BySlot: Array.from({ length: NUM_SLOTS }, (_, slot) => {
      const hits = rankings.filter((slots, w) => isInTop(slots[slot]!, truth(w, slot), TOPS.top5));
      return hits.length / set.numWindows;
    }),
  };
}

/** Windows of one pass are alike: a pass is one sample. */
function meansOfPasses(values: readonly number[], passes: Int32Array): Float64Array {
  const sums = new Map<number, { sum: number; count: number }>();
  values.forEach((value, w) => {
    const known = sums.get(passes[w]!) ?? { sum: 0, count: 0 };
    sums.set(passes[w]!, { sum: known.sum + value, count: known.count + 1 });
  });
  return Float64Array.from(sums.values(), ({ sum, count }) => sum / count);
}
