/** Scores of trained models and of what needs no training, on windows that no model has seen. */
import { BeamloopError } from '../../../core/errors.js';
import type { Executor } from '../../../fan-out/executor.js';
import { type MeanWithInterval, meanWithInterval } from '../../evaluation/intervals.js';
import { examplesOf, standardiseExamples } from '../data/examples.js';
import { drawWindowSets } from '../data/window-draws.js';
import type { WindowSet } from '../data/window-set.js';
import { forwardPass } from '../forward/passes.js';
import { rankedColumns } from '../heads/ranking.js';
import { worthTableOf } from '../heads/worth.js';
import { Judge } from '../judge.js';
import { codebookOf, drawnModelOf } from '../model-file.js';
import { NETWORK_TITLES, networkDesign } from '../networks/kinds.js';
import { requireModelFor, type TrainedModel } from '../trained-model.js';
import { baselinesOf } from './baselines.js';

export interface EvaluationOptions {
  readonly numWindows: number;
  readonly seed: number;
  readonly executor: Executor;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((what: string, numDone: number, numWindows: number) => void) | undefined;
}

/** Scores of one tracker; over windows, 95 %. */
export interface TrackerScores {
  readonly name: string;
  readonly title: string;
  /** Null where the tracker was not trained. */
  readonly contentHash: string | null;
  /** Power of the codeword predicted over the best one's, mean (Qian et al. 2026, eq. 21). */
  readonly gain: MeanWithInterval;
  /** By how much the first model's gain is above, paired by window; null for the first model. */
  readonly advantage: MeanWithInterval | null;
  readonly top1: MeanWithInterval;
  /** Whether the best codeword is among the three most likely; null for trackers that rank none. */
  readonly top3: MeanWithInterval | null;
  /** Mean probability that it gives to its first codeword; null likewise. */
  readonly confidence: number | null;
}

/** Per window. */
interface WindowScores {
  readonly gain: Float64Array;
  readonly top1: Float64Array;
  readonly top3: Float64Array | null;
  readonly confidence: number | null;
}

/** Codewords whose probabilities are looked at. */
const NUM_RANKED = 16;
const NUM_TOP = 3;

/**
 * Models first, in the order given, then the baselines.
 *
 * @param models with their folders, for complaints; the windows are drawn as the first one's model file says.
 * @throws MODEL_MISMATCH for models that are not for the array, codebook and epoch of the first; the signal's reason.
 */
export async function evaluateModels(
  models: readonly { readonly folder: string; readonly trained: TrainedModel }[],
  options: EvaluationOptions,
): Promise<TrackerScores[]> {
  const { model } = models[0]!.trained;
  const codebook = codebookOf(model);
  for (const { folder, trained } of models) {
    requireModelFor(trained, codebook, model.epoch, folder);
    if (trained.model.slots === model.slots) continue;
    throw new BeamloopError('MODEL_MISMATCH', {
      what: `The model looks at ${trained.model.slots} slots, and the first one at ${model.slots}`,
      where: folder,
      todo: 'Evaluate it by itself',
    });
  }
  const { numWindows, seed, executor, signal, onProgress } = options;
  const draws = { model: drawnModelOf(model), seed, purposes: ['evaluation' as const] };
  const [drawn] = await drawWindowSets(draws, [numWindows], executor, {
    ...{ signal, onProgress: (numDone, numInAll) => onProgress?.('windows drawn', numDone, numInAll) },
  });
  const set = drawn!;
  const judge = new Judge(set, codebook);
  const scored: {
    readonly of: Pick<TrackerScores, 'name' | 'title' | 'contentHash'>;
    scores: WindowScores;
  }[] = [];
  for (const { trained } of models) {
    const { network } = trained.model;
    scored.push({
      of: { name: network, title: NETWORK_TITLES[network], contentHash: trained.contentHash },
      scores: modelScores(trained, set, judge),
    });
    signal?.throwIfAborted();
  }
  for (const baseline of baselinesOf(model, set, codebook)) {
    const { name, title } = baseline;
    const scores = scoresOf(set, judge, (row) => ({ served: baseline.columnsOf(row), ranked: null }));
    scored.push({ of: { name, title, contentHash: null }, scores });
    signal?.throwIfAborted();
  }
  const first = scored[0]!.scores;
  return scored.map(({ of, scores: { gain, top1, top3, confidence } }, k) => ({
    ...of,
    gain: meanWithInterval(gain, seed),
    advantage:
      k === 0
        ? null
        : meanWithInterval(
            first.gain.map((value, w) => value - gain[w]!),
            seed,
          ),
    top1: meanWithInterval(top1, seed),
    top3: top3 === null ? null : meanWithInterval(top3, seed),
    confidence,
  }));
}

/** By the forward pass that trackers use. */
function modelScores(
  { model, standardisation, temperature, weights }: TrainedModel,
  set: WindowSet,
  judge: Judge,
): WindowScores {
  const codebook = codebookOf(model);
  const design = networkDesign(model.network, { codebook, epochS: model.epoch, numSlots: model.slots });
  const examples = examplesOf(set, design.features, design.head, model.epoch);
  standardiseExamples(examples, standardisation);
  const { numSlots, numUsers } = set;
  const pass = forwardPass(model.network, design, weights, { numUsers, numSlots });
  const { numClasses } = design.head;
  const perSlot = numUsers * design.features.numFeatures;
  const perGraph = (numUsers + 1) ** 2;
  const [anew, on] = [true, false].map((isNew) => new Array<boolean>(numUsers).fill(isNew));
  const worth = worthTableOf(codebook);
  let scores = new Float32Array(0);
  return scoresOf(set, judge, (row) => {
    const user = row % numUsers;
    if (user === 0) {
      for (let slot = 0; slot < numSlots; slot++) {
        const graph = (row / numUsers) * numSlots + slot;
        pass.push(
          examples.features.subarray(graph * perSlot, (graph + 1) * perSlot),
          examples.adjacency.subarray(graph * perGraph, (graph + 1) * perGraph),
          slot === 0 ? anew! : on!,
        );
      }
      scores = pass.scores() as Float32Array<ArrayBuffer>;
    }
    const own = scores.subarray(user * numClasses, (user + 1) * numClasses);
    const ranked = rankedColumns(own, design.head, examples.last[row]!, temperature, NUM_RANKED);
    return { served: [worth.servingFirst(ranked)[0]!.column], ranked: ranked.slice(0, NUM_TOP) };
  });
}

interface RowPrediction {
  readonly served: readonly number[];
  readonly ranked: readonly { readonly column: number; readonly probability: number }[] | null;
}

function scoresOf(set: WindowSet, judge: Judge, predict: (row: number) => RowPrediction): WindowScores {
  const { numWindows, numUsers } = set;
  const gain = new Float64Array(numWindows);
  const top1 = new Float64Array(numWindows);
  const top3 = new Float64Array(numWindows);
  let confidence = 0;
  let isRanked = false;
  for (let row = 0; row < numWindows * numUsers; row++) {
    const w = Math.floor(row / numUsers);
    const { served, ranked } = predict(row);
    const best = judge.best(row);
    for (const column of served) {
      const share = 1 / (served.length * numUsers);
      gain[w]! += share * judge.gain(row, column);
      if (column === best) top1[w]! += share;
    }
    if (ranked === null) continue;
    isRanked = true;
    confidence += ranked[0]!.probability / (numWindows * numUsers);
    if (ranked.some(({ column }) => column === best)) top3[w]! += 1 / numUsers;
  }
  return { gain, top1, top3: isRanked ? top3 : null, confidence: isRanked ? confidence : null };
}
