/** Checkpoints of training, beside the model that is not there yet: checkpoint.json and checkpoint.bin. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { BeamloopError } from '../../core/errors.js';
import { makeFolder, writing } from '../../core/writing.js';
import { sizeOf, type WeightShape } from '../layers/weight-shapes.js';
import type { SeededFile } from '../learning/training-state.js';
import { type EpochRecord, initialState, type TrainingState } from '../learning/training-state.js';
import type { Weights } from '../learning/weights.js';
import { packFloats, unpackFloats } from './float-file.js';
import { replaceFile } from './model-folder.js';

const FILE = 'checkpoint.json';
const NUMBERS = 'checkpoint.bin';

interface CheckpointFile {
  readonly model: SeededFile;
  readonly backend: string;
  readonly numEpochs: number;
  readonly numSteps: number;
  readonly lossSum: number;
  readonly seconds: number;
  readonly adamSteps: number;
  readonly best: { readonly epoch: number; readonly score: number } | null;
  readonly history: readonly EpochRecord[];
  /** SHA-256 of checkpoint.bin: the two files are written one after the other. */
  readonly numbersHash: string;
}

export async function writeCheckpoint(
  folder: string,
  model: SeededFile,
  backend: string,
  state: TrainingState,
): Promise<void> {
  const { numEpochs, numSteps, lossSum, seconds, best, history, adam } = state;
  const numbers = packFloats([...state.weights, ...adam.means, ...adam.squares, ...(best?.weights ?? [])]);
  const file: CheckpointFile = {
    ...{ model, backend, numEpochs, numSteps, lossSum, seconds, history },
    adamSteps: adam.numSteps,
    best: best === null ? null : { epoch: best.epoch, score: best.score },
    numbersHash: hashOf(numbers),
  };
  await makeFolder('The checkpoint', folder);
  await writing('The checkpoint', folder, async () => {
    // Numbers carry their hash in their name until both are there: a kill in between leaves the checkpoint before.
    await replaceFile(path.join(folder, `${file.numbersHash.slice(0, 16)}.${NUMBERS}`), numbers);
    const before = readFile(folder);
    await replaceFile(path.join(folder, FILE), JSON.stringify(file));
    if (before !== null && before.numbersHash !== file.numbersHash)
      await rm(numbersOf(folder, before), { force: true });
  });
}

/**
 * State to go on with.
 *
 * @throws FILE_NOT_FOUND when there is none; MODEL_INVALID when it is damaged; MODEL_MISMATCH when it is of another model
 *   file or backend.
 */
export function readCheckpoint(
  folder: string,
  model: SeededFile,
  backend: string,
  shapes: readonly WeightShape[],
): TrainingState {
  const file = readFile(folder);
  if (file === null) {
    throw new BeamloopError('FILE_NOT_FOUND', {
      what: 'There is no training to go on with',
      where: folder,
      todo: 'Leave --resume out to begin',
    });
  }
  if (file.backend !== backend) {
    throw mismatch(folder, `began on backend ${file.backend}, and this is ${backend}`);
  }
  const text = (of: object, key: string) => JSON.stringify((of as Record<string, unknown>)[key]);
  const changed = Object.keys(model).find((key) => text(file.model, key) !== text(model, key));
  if (changed !== undefined) {
    throw mismatch(
      folder,
      `began with ${changed} ${text(file.model, changed)}, and the model file says ${text(model, changed)}`,
    );
  }
  const sizes = shapes.map(({ shape }) => sizeOf(shape));
  const numbers = readNumbers(folder, file, (file.best === null ? 3 : 4) * sizes.reduce((a, b) => a + b, 0));
  const arrays = unpackFloats(numbers, [...sizes, ...sizes, ...sizes, ...(file.best === null ? [] : sizes)]);
  const take = (k: number): Weights => arrays.slice(k * sizes.length, (k + 1) * sizes.length);
  return {
    ...initialState(shapes, model.seed),
    numEpochs: file.numEpochs,
    numSteps: file.numSteps,
    lossSum: file.lossSum,
    seconds: file.seconds,
    weights: take(0),
    adam: { numSteps: file.adamSteps, means: take(1), squares: take(2) },
    best: file.best === null ? null : { ...file.best, weights: take(3) },
    history: [...file.history],
  };
}

export async function removeCheckpoint(folder: string): Promise<void> {
  const file = readFile(folder);
  if (file === null) return;
  await rm(path.join(folder, FILE), { force: true });
  await rm(numbersOf(folder, file), { force: true });
}

function readFile(folder: string): CheckpointFile | null {
  if (!existsSync(path.join(folder, FILE))) return null;
  try {
    return JSON.parse(readFileSync(path.join(folder, FILE), 'utf8')) as CheckpointFile;
  } catch (cause) {
    throw damaged(folder, cause);
  }
}

function readNumbers(folder: string, file: CheckpointFile, count: number): Uint8Array {
  try {
    const numbers = readFileSync(numbersOf(folder, file));
    if (numbers.length === 4 * count && hashOf(numbers) === file.numbersHash) return numbers;
  } catch (cause) {
    throw damaged(folder, cause);
  }
  throw damaged(folder);
}

function numbersOf(folder: string, { numbersHash }: CheckpointFile): string {
  return path.join(folder, `${String(numbersHash).slice(0, 16)}.${NUMBERS}`);
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function mismatch(folder: string, how: string): BeamloopError {
  return new BeamloopError('MODEL_MISMATCH', {
    what: `The training ${how}`,
    where: folder,
    todo: 'Go on with what it began with, or train into another folder',
  });
}

function damaged(folder: string, cause?: unknown): BeamloopError {
  return new BeamloopError('MODEL_INVALID', {
    what: 'The checkpoint is damaged',
    where: folder,
    todo: 'Leave --resume out to begin anew',
    ...(cause !== undefined && { cause }),
  });
}
