/** Model folders: model.json says what it is, weights.bin holds the numbers (docs/models.md). */
import { existsSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BeamloopError } from '../../core/errors.js';
import { makeFolder, writing } from '../../core/writing.js';
import { codebookOf, modelSchema } from '../model-file.js';
import { networkDesign } from '../networks/kinds.js';
import { sizeOf } from '../networks/network.js';
import { packFloats, unpackFloats } from './float-file.js';
import { contentHash, descriptionSchema, MODEL_FORMAT, type ModelDescription } from './model-description.js';
import type { TrainedModel } from './trained-model.js';

const DESCRIPTION = 'model.json';
const WEIGHTS = 'weights.bin';

/** @throws FILE_UNWRITABLE. */
export async function writeModel(
  folder: string,
  trained: Omit<TrainedModel, 'contentHash'>,
): Promise<string> {
  const { model, standardisation, temperature, typicalAmplitude, weights, making } = trained;
  const { network } = designOf(model);
  const bytes = packFloats(weights);
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
  } as const;
  const description: ModelDescription = { ...decisive, contentHash: contentHash(decisive, bytes), making };
  await makeFolder('The model', folder);
  await writing('The model', folder, async () => {
    await replaceFile(path.join(folder, WEIGHTS), bytes);
    await replaceFile(path.join(folder, DESCRIPTION), `${JSON.stringify(description, null, 2)}\n`);
  });
  return description.contentHash;
}

/** Whole or as it was: nobody finds half a file. */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  await writeFile(`${file}.new`, content);
  await rename(`${file}.new`, file);
}

export function hasModel(folder: string): boolean {
  return existsSync(path.join(folder, DESCRIPTION));
}

/** @throws MODEL_INVALID for what is no model folder, or a damaged one. */
export function readModel(folder: string): TrainedModel {
  const description = readDescription(folder);
  const refuse = (what: string) => invalid(folder, what);
  const model = checkedModel(description.model, refuse);
  const { network, features } = designOf(model);
  const wanted = network.weights.map(({ name, shape }) => `${name} ${shape.join(' x ')}`);
  const found = description.weights.map(({ name, shape }) => `${name} ${shape.join(' x ')}`);
  const odd = wanted.findIndex((one, k) => one !== found[k]);
  if (odd >= 0 || wanted.length !== found.length) {
    throw refuse(`has weights ${found[odd] ?? 'too many'} where its network has ${wanted[odd] ?? 'none'}`);
  }
  const { mean, deviation } = description.standardisation;
  if (mean.length !== features.numFeatures || deviation.length !== features.numFeatures) {
    throw refuse(`standardises ${mean.length} features; its network has ${features.numFeatures}`);
  }
  const bytes = readPart(folder, WEIGHTS);
  const sizes = network.weights.map(({ shape }) => sizeOf(shape));
  const numBytes = 4 * sizes.reduce((sum, size) => sum + size, 0);
  if (bytes.length !== numBytes) {
    throw refuse(
      `has ${bytes.length} bytes of weights instead of ${numBytes}: ${WEIGHTS} is cut off or another's`,
    );
  }
  if (contentHash(description, bytes) !== description.contentHash) {
    throw refuse('does not have the content that its hash was made of: a file was changed or damaged');
  }
  const weights = unpackFloats(bytes, sizes);
  if (weights.some((weight) => !weight.every(Number.isFinite))) {
    throw refuse('has weights that are no finite numbers');
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

function readDescription(folder: string): ModelDescription {
  const text = readPart(folder, DESCRIPTION).toString('utf8');
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw invalid(folder, `has a ${DESCRIPTION} that is not JSON: it is cut off or damaged`, cause);
  }
  const checked = descriptionSchema.safeParse(data);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw invalid(
    folder,
    `has a ${DESCRIPTION} whose ${issue!.path.join('.') || 'content'} is wrong or missing`,
  );
}

function readPart(folder: string, name: string): Buffer {
  try {
    return readFileSync(path.join(folder, name));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const isAbsent = code === 'ENOENT' || code === 'ENOTDIR';
    throw invalid(folder, isAbsent ? `has no ${name}` : `has a ${name} that cannot be read: ${code}`, cause);
  }
}

function invalid(folder: string, what: string, cause?: unknown): BeamloopError {
  return new BeamloopError('MODEL_INVALID', {
    what: `The folder ${what}`,
    where: folder,
    todo: 'Give the folder of a model, or train it anew: beamloop train <model.yaml> --out <folder>',
    ...(cause !== undefined && { cause }),
  });
}
