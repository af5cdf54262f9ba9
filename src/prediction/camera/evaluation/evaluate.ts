/** Scores of trackers that see, and of what goes by the beams of the slots before, on windows that none has seen. */
import { BeamloopError } from '../../../core/errors.js';
import { openBackend } from '../../backend/tensorflow.js';
import { type MeanWithInterval, meanWithInterval } from '../../evaluation/intervals.js';
import type { EvaluationOptions } from '../../family.js';
import { scoresOfAll } from '../camera-lesson.js';
import { drawStreetWindows } from '../data/street-windows.js';
import { NUM_MASKS, NUM_SLOTS, type WindowSet } from '../data/window-set.js';
import { CameraPass } from '../forward/camera-pass.js';
import { CAMERA_TITLES, designOf, sizesOf } from '../model-file.js';
import type { TrainedCamera } from '../model-folder.js';
import { cameraBaselines } from './baselines.js';
import { dbaChallenge, dbaTop3, isInTop, rankedBeams } from './scores.js';

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
const PAST_BEAMS = { hold: 1, line: 5, table: 8, 'beam-history': 8 } as const;

/**
 * Models first, in the order given, then what needs no training.
 *
 * @throws MODEL_MISMATCH for models that are not for the beams of the first; the signal's reason.
 */
export async function evaluateCameras(
  models: readonly { readonly folder: string; readonly trained: TrainedCamera }[],
  { numExamples, seed, signal, onProgress }: EvaluationOptions,
): Promise<CameraScores[]> {
  const { model } = models[0]!.trained;
  for (const { folder, trained } of models) {
    if (trained.model.beams === model.beams && trained.model.size === 'miniature') continue;
    throw new BeamloopError('MODEL_MISMATCH', {
      what:
        trained.model.beams !== model.beams
          ? `The model is for ${trained.model.beams} beams, and the first one for ${model.beams}`
          : 'The model is for pictures of 224 x 224 pixels, and the drawn street has 56 x 56',
      where: folder,
      todo: 'Evaluate it by itself, on pictures of its own size',
    });
  }
  const draw = (purpose: 'training' | 'evaluation', numWindows: number, ownSeed: number) =>
    drawStreetWindows({
      ...{ numWindows, numBeams: model.beams, seed: ownSeed, purpose },
      onDrawn(numDone) {
        signal?.throwIfAborted();
        onProgress?.('windows drawn', numDone, numWindows);
      },
    });
  const set = draw('evaluation', numExamples, seed);
  const all: CameraScores[] = [];
  for (const { trained } of models) {
    const { network } = trained.model;
    const scores = await modelScores(trained, set);
    const ranked = (window: number, slot: number) => {
      const from = (window * NUM_SLOTS + slot) * set.numBeams;
      return rankedBeams(scores.subarray(from, from + set.numBeams), 5);
    };
    const of = { name: network, title: CAMERA_TITLES[network], contentHash: trained.contentHash };
    all.push({ ...of, ...scored(set, ranked, seed), beamsTold: network === 'beam-history' ? 8 : 0 });
    signal?.throwIfAborted();
  }
  // The table counts what the first model was trained on.
  const training = draw('training', model.windows.training, model.seed);
  for (const { name, title, ranked } of cameraBaselines(set, training)) {
    const beamsTold = PAST_BEAMS[name as keyof typeof PAST_BEAMS];
    all.push({ name, title, contentHash: null, ...scored(set, ranked, seed), beamsTold });
    signal?.throwIfAborted();
  }
  return all;
}

/** By the forward pass that trackers use, where it is a tracker's. */
async function modelScores({ model, weights }: TrainedCamera, set: WindowSet): Promise<Float32Array> {
  const sizes = sizesOf(model);
  if (sizes === null) {
    const { tf } = await openBackend();
    return scoresOfAll(tf, designOf(model), weights, set);
  }
  const pass = new CameraPass(sizes, weights);
  const pixels = set.size ** 2;
  const perWindow = NUM_SLOTS * set.numBeams;
  const all = new Float32Array(set.numWindows * perWindow);
  for (let w = 0; w < set.numWindows; w++) {
    for (let m = 0; m < NUM_MASKS; m++) {
      const from = (w * NUM_MASKS + m) * pixels;
      pass.push(set.masks.subarray(from, from + pixels));
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
