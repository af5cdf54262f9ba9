/** Model folders: model.json says what it is, weights.bin holds the numbers (docs/models.md). Each family says more in model.json. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { BeamloopError } from '../../core/errors.js';
import { makeFolder, writing } from '../../core/writing.js';
import { sizeOf, type WeightShape } from '../layers/weight-shapes.js';
import type { Weights } from '../learning/weights.js';
import { packFloats, unpackFloats } from './float-file.js';

const DESCRIPTION = 'model.json';
const WEIGHTS = 'weights.bin';

/** Of the weights, in the network's order. */
export const weightsSchema = z.array(z.object({ name: z.string(), shape: z.array(z.int().min(1)) }));

/** How a model was made: tells people, decides nothing. Families add their scores. */
export const makingShape = {
  /** Versions of what computed. */
  beamloop: z.string(),
  tensorflow: z.string(),
  backend: z.string(),
  node: z.string(),
  /** Epoch whose weights these are, from 1. */
  epoch: z.int(),
};

/** What every family's model.json has; all but these two keys decides what the model predicts. */
interface Description {
  readonly weights: z.output<typeof weightsSchema>;
  /** SHA-256 of all that decides what the model predicts. */
  readonly contentHash: string;
  readonly making: object;
}

/**
 * @param decisive all that decides what the model predicts, beside the numbers.
 * @returns the content hash.
 * @throws FILE_UNWRITABLE.
 */
export async function writeModelFolder(
  folder: string,
  decisive: Omit<Description, 'contentHash' | 'making'>,
  making: object,
  weights: Weights,
): Promise<string> {
  const bytes = packFloats(weights);
  const contentHash = hashOf(decisive, bytes);
  await makeFolder('The model', folder);
  await writing('The model', folder, async () => {
    await replaceFile(path.join(folder, WEIGHTS), bytes);
    const text = JSON.stringify({ ...decisive, contentHash, making }, null, 2);
    await replaceFile(path.join(folder, DESCRIPTION), `${text}\n`);
  });
  return contentHash;
}

/** Whole or as it was: nobody finds half a file. */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  await writeFile(`${file}.new`, content);
  await rename(`${file}.new`, file);
}

export function hasModel(folder: string): boolean {
  return existsSync(path.join(folder, DESCRIPTION));
}

const anyModel = z.looseObject({ model: z.looseObject({ network: z.string() }) });

/** The network that a model folder is of: which family reads it. @throws MODEL_INVALID. */
export function networkOfModel(folder: string): string {
  return readDescription(folder, anyModel).model.network;
}

/**
 * @param networks that the reader knows.
 * @throws MODEL_INVALID.
 */
export function readDescription<S extends z.ZodType>(
  folder: string,
  schema: S,
  networks?: readonly string[],
): z.output<S> {
  if (networks !== undefined) requireNetwork(folder, networks);
  const text = readPart(folder, DESCRIPTION).toString('utf8');
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw invalidModel(folder, `has a ${DESCRIPTION} that is not JSON: it is cut off or damaged`, cause);
  }
  const checked = schema.safeParse(data);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw invalidModel(
    folder,
    `has a ${DESCRIPTION} whose ${issue!.path.join('.') || 'content'} is wrong or missing`,
  );
}

function requireNetwork(folder: string, networks: readonly string[]): void {
  const network = networkOfModel(folder);
  if (networks.includes(network)) return;
  throw invalidModel(
    folder,
    `holds a model of network '${network}', where one of ${networks.join(', ')} is wanted`,
  );
}

/**
 * @param description as the family's schema gives it.
 * @throws MODEL_INVALID where the numbers are not those of the description, or of another network.
 */
export function readWeights(
  folder: string,
  description: Description,
  shapes: readonly WeightShape[],
): Weights {
  const refuse = (what: string) => invalidModel(folder, what);
  const text = ({ name, shape }: { readonly name: string; readonly shape: readonly number[] }) =>
    `${name} ${shape.join(' x ')}`;
  const wanted = shapes.map(text);
  const found = description.weights.map(text);
  const odd = wanted.findIndex((one, k) => one !== found[k]);
  if (odd >= 0 || wanted.length !== found.length) {
    throw refuse(`has weights ${found[odd] ?? 'too many'} where its network has ${wanted[odd] ?? 'none'}`);
  }
  const bytes = readPart(folder, WEIGHTS);
  const sizes = shapes.map(({ shape }) => sizeOf(shape));
  const numBytes = 4 * sizes.reduce((sum, size) => sum + size, 0);
  if (bytes.length !== numBytes) {
    throw refuse(
      `has ${bytes.length} bytes of weights instead of ${numBytes}: ${WEIGHTS} is cut off or another's`,
    );
  }
  const { contentHash, making: _, ...decisive } = description;
  if (hashOf(decisive, bytes) !== contentHash) {
    throw refuse('does not have the content that its hash was made of: a file was changed or damaged');
  }
  const weights = unpackFloats(bytes, sizes);
  if (weights.some((weight) => !weight.every(Number.isFinite))) {
    throw refuse('has weights that are no finite numbers');
  }
  return weights;
}

function hashOf(decisive: object, bytes: Uint8Array): string {
  return createHash('sha256').update(JSON.stringify(decisive)).update(bytes).digest('hex');
}

function readPart(folder: string, name: string): Buffer {
  try {
    return readFileSync(path.join(folder, name));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const isAbsent = code === 'ENOENT' || code === 'ENOTDIR';
    throw invalidModel(
      folder,
      isAbsent ? `has no ${name}` : `has a ${name} that cannot be read: ${code}`,
      cause,
    );
  }
}

export function invalidModel(folder: string, what: string, cause?: unknown): BeamloopError {
  return new BeamloopError('MODEL_INVALID', {
    what: `The folder ${what}`,
    where: folder,
    todo: 'Give the folder of a model, or train it anew: beamloop train <model.yaml> --out <folder>',
    ...(cause !== undefined && { cause }),
  });
}
