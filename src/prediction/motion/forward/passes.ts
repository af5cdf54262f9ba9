/** Forward passes of all networks. */
import type { Weights } from '../../learning/weights.js';
import type { NetworkDesign, NetworkKind } from '../networks/kinds.js';
import { convolutionPass } from './convolution-pass.js';
import { type ForwardPass, LoadedWeights, type PassSizes } from './forward-pass.js';
import { memorylessPass } from './memoryless-pass.js';
import { recurrentPass } from './recurrent-pass.js';
import { literalEmbedding, relativeEmbedding } from './slot-embedding.js';

export function forwardPass(
  kind: NetworkKind,
  { network, features }: NetworkDesign,
  weights: Weights,
  { numUsers, numSlots }: { numUsers: number; numSlots: number },
): ForwardPass {
  const { numFeatures } = features;
  const sizes: PassSizes = { numUsers, numSlots, numFeatures, numClasses: network.numClasses };
  const loaded = new LoadedWeights(network.weights, weights, sizes);
  switch (kind) {
    case 'stgcn':
      return recurrentPass(loaded, sizes, relativeEmbedding(loaded, sizes, true));
    case 'gru':
      return recurrentPass(loaded, sizes, relativeEmbedding(loaded, sizes, false));
    case 'stgcn-literal':
      return recurrentPass(loaded, sizes, literalEmbedding(loaded, sizes));
    case 'gcn':
      return memorylessPass(loaded, sizes, relativeEmbedding(loaded, sizes, true));
    case 'cnn':
      return convolutionPass(loaded, sizes);
  }
}
