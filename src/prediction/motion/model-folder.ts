/** Model folders of this family: what model.json says beside what all say (docs/models.md). */
import type { BeamloopError } from '../../core/errors.js';
import { invalidModel, readDescription, readWeights, writeModelFolder } from '../model/model-folder.js';
import { descriptionSchema, MODEL_FORMAT } from './model-description.js';
import { codebookOf, modelSchema } from './model-file.js';
import { NETWORK_KINDS, networkDesign } from './networks/kinds.js';
import type { TrainedModel } from './trained-model.js';

/** @throws FILE_UNWRITABLE. */
export function writeModel(folder: string, trained: Omit<TrainedModel, 'contentHash'>): Promise<string> {
  const { model, standardisation, temperature, typicalAmplitude, weights, making } = trained;
  const { network } = designOf(model);
  const decisive = {
    format: MODEL_FORMAT,
    model,
    standardisation: {
      mean: Array.from(standardisation.mean),
      deviation: Array.from(standardisation.deviation),
    },
    temperature,
    typicalAmplitude,
    weights: network.weights.map(({ name, shape }) => ({ name, shape: [...shape] })),
  };
  return writeModelFolder(folder, decisive, making, weights);
}

/** @throws MODEL_INVALID for what is no model folder, or a damaged one. */
export function readModel(folder: string): TrainedModel {
  const description = readDescription(folder, descriptionSchema, NETWORK_KINDS);
  const refuse = (what: string) => invalidModel(folder, what);
  const model = checkedModel(description.model, refuse);
  const { network, features } = designOf(model);
  const { mean, deviation } = description.standardisation;
  const weights = readWeights(folder, description, network.weights);
  if (mean.length !== features.numFeatures || deviation.length !== features.numFeatures) {
    throw refuse(`standardises ${mean.length} features; its network has ${features.numFeatures}`);
  }
  return {
    model,
    standardisation: { mean: Float32Array.from(mean), deviation: Float32Array.from(deviation) },
    temperature: description.temperature,
    typicalAmplitude: description.typicalAmplitude,
    weights,
    contentHash: description.contentHash,
    making: description.making,
  };
}

function designOf(model: TrainedModel['model']) {
  return networkDesign(model.network, {
    codebook: codebookOf(model),
    epochS: model.epoch,
    numSlots: model.slots,
  });
}

/** What comes out of a model file goes in again: quantities are plain numbers in base units by then. */
function checkedModel(model: unknown, refuse: (what: string) => BeamloopError): TrainedModel['model'] {
  const plain = model as TrainedModel['model'];
  try {
    codebookOf(plain);
    if (modelSchema.shape.network.safeParse(plain.network).success && Number.isInteger(plain.slots))
      return plain;
  } catch {
    // Said below.
  }
  throw refuse('does not say which array, codebook and network it is');
}
