/** The beam-relative network for the letter's array, with drawn weights: what it predicts does not matter here. */
import { initialWeights } from '../src/prediction/learning/weights.js';
import { codebookOf, modelSchema } from '../src/prediction/motion/model-file.js';
import { networkDesign } from '../src/prediction/motion/networks/kinds.js';
import type { TrainedModel } from '../src/prediction/motion/trained-model.js';

export const LETTER_MODEL = modelSchema.parse({
  title: 'Benchmark',
  array: { elements: 512, carrier: '60 GHz' },
  epoch: '20 ms',
});

export const LETTER_CODEBOOK = codebookOf(LETTER_MODEL);

export const LETTER_DESIGN = networkDesign('stgcn', {
  codebook: LETTER_CODEBOOK,
  epochS: LETTER_MODEL.epoch,
  numSlots: LETTER_MODEL.slots,
});

export const DRAWN_MODEL: TrainedModel = {
  model: LETTER_MODEL,
  standardisation: { mean: new Float32Array(8), deviation: new Float32Array(8).fill(1) },
  temperature: 1,
  typicalAmplitude: 0.6,
  weights: initialWeights(LETTER_DESIGN.network.weights, 1),
  contentHash: '',
  making: {
    ...{ beamloop: '', tensorflow: '', backend: '', node: '', epoch: 1, gain: 0, top1: 0, holdGain: 0 },
    history: [],
  },
};
