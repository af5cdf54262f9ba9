import { HIDDEN } from '../networks/graph-embedding.js';
import type { ForwardPass, LoadedWeights, PassSizes } from './forward-pass.js';
import type { SlotEmbedding } from './slot-embedding.js';

/** The last slot alone. */
export function memorylessPass(
  loaded: LoadedWeights,
  { numUsers, numClasses }: PassSizes,
  embedding: SlotEmbedding,
): ForwardPass {
  const { kernel } = loaded;
  const layer = loaded.dense('hidden');
  const head = loaded.dense('head');
  const hidden = kernel.matrix(numUsers, HIDDEN);
  const scores = kernel.matrix(numUsers, numClasses);
  return {
    push(features, adjacency) {
      kernel.dense(embedding.embed(features, adjacency), layer, 'relu', hidden);
    },
    scores() {
      kernel.dense(hidden, head, 'none', scores);
      return scores.values;
    },
  };
}
