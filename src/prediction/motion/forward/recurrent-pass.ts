import { HIDDEN } from '../networks/graph-embedding.js';
import type { ForwardPass, LoadedWeights, PassSizes } from './forward-pass.js';
import type { SlotEmbedding } from './slot-embedding.js';

/**
 * A gated recurrent unit over the slots. What a slot gives to its gates does not change as the window moves on and is kept;
 * only the recurrence, which always begins at zeros, is run anew.
 */
export function recurrentPass(
  loaded: LoadedWeights,
  { numUsers, numSlots, numClasses }: PassSizes,
  embedding: SlotEmbedding,
): ForwardPass {
  const { kernel } = loaded;
  const input = loaded.gates('input');
  const recurrent = loaded.gates('recurrent');
  const head = loaded.dense('head');
  const inputs = Array.from({ length: numSlots }, () => kernel.matrix(numUsers, 3 * HIDDEN));
  const past = kernel.matrix(numUsers, 3 * HIDDEN);
  const state = kernel.matrix(numUsers, HIDDEN);
  const scores = kernel.matrix(numUsers, numClasses);
  const width = 3 * HIDDEN;
  // Oldest first.
  let slots = inputs;
  return {
    push(features, adjacency, isNew) {
      const [oldest, ...others] = slots;
      slots = [...others, oldest!];
      kernel.dense(embedding.embed(features, adjacency), input, 'none', oldest!);
      isNew.forEach((fresh, user) => {
        if (!fresh) return;
        const own = oldest!.values.subarray(user * width, (user + 1) * width);
        for (const slot of others) slot.values.set(own, user * width);
      });
    },
    scores() {
      state.values.fill(0);
      for (const slot of slots) {
        kernel.dense(state, recurrent, 'none', past);
        kernel.recur(slot, past, state);
      }
      kernel.dense(state, head, 'none', scores);
      return scores.values;
    },
  };
}
