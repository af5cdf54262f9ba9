/** Windows of a data set of samples or of windows, and which of them train, validate and test: split by passes. */
import { BeamloopError } from '../../core/errors.js';
import { Random } from '../../core/random.js';
import { readManifest } from './parquet/manifest.js';
import {
  readSamples,
  readWindowLists,
  type SampleColumns,
  type WindowLists,
} from './parquet/read-dataset.js';
import { type WindowShape, windowStarts } from './segments.js';

/** Labels count from 0; -1 where they are not known. */
export interface DatasetWindow {
  readonly pass: number;
  /** Labels of the samples that are known, [history]. */
  readonly history: Int32Array;
  /** Of those after them, [future]. */
  readonly future: Int32Array;
  /** Paths from the source's folder, [history]. */
  readonly images: readonly (string | null)[];
  /** Row of the first sample in the table; null for windows that a table lists as such. */
  readonly firstRow: number | null;
}

/**
 * All windows, in order.
 *
 * @param shape of windows of samples; those of a table of windows have their own, which must be as asked for.
 * @throws DATASET_INVALID; BAD_ARGUMENT for another shape than the table has.
 */
export async function* windowsOf(folder: string, shape: WindowShape): AsyncGenerator<DatasetWindow> {
  const manifest = await readManifest(folder);
  if (manifest.kind === 'samples') {
    yield* windowsOfSamples(await readSamples(folder), shape);
    return;
  }
  if (manifest.kind === 'windows') requireShape(folder, manifest, shape);
  for await (const window of readWindowLists(folder)) yield listedWindow(window);
}

/** A window as a table lists it. */
export function listedWindow({ pass, images, history, future }: WindowLists): DatasetWindow {
  const labels = (list: readonly (number | null)[]) => Int32Array.from(list, (label) => label ?? -1);
  return { pass, images, history: labels(history), future: labels(future), firstRow: null };
}

/** @throws BAD_ARGUMENT where a table has windows of another shape. */
export function requireShape(folder: string, has: WindowShape, wanted: WindowShape): void {
  if (has.history === wanted.history && has.future === wanted.future) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `The data set has windows of ${has.history} + ${has.future} samples, not ${wanted.history} + ${wanted.future}`,
    where: folder,
    todo: 'Ask for the windows that it has, or import the scenario that they were made from',
  });
}

export function* windowsOfSamples(
  samples: Pick<SampleColumns, 'pass' | 'segment' | 'label' | 'image'>,
  shape: WindowShape,
): Generator<DatasetWindow> {
  const { history } = shape;
  for (const start of windowStarts(samples.segment, shape)) {
    const present = start + history;
    yield {
      pass: samples.pass[start]!,
      history: samples.label.subarray(start, present),
      future: samples.label.subarray(present, present + shape.future),
      images: samples.image.slice(start, present),
      firstRow: start,
    };
  }
}

/** Whether every label of a window is known, so that it can be trained on and scored. */
export function isLabelled({ history, future }: Pick<DatasetWindow, 'history' | 'future'>): boolean {
  return !history.includes(-1) && !future.includes(-1);
}

export type SplitPart = 'training' | 'validation' | 'test';
export type Split = ReadonlyMap<number, SplitPart>;

export interface SplitShares {
  readonly validation: number;
  readonly test: number;
}

/**
 * Parts drawn by seed, whole passes each: windows of a pass overlap, and so would parts that were drawn by window.
 *
 * @throws BAD_ARGUMENT for shares that leave a part without a pass.
 */
export function drawnSplit(passes: Iterable<number>, seed: number, { validation, test }: SplitShares): Split {
  const drawn = shuffled(passes, seed);
  const numTest = Math.round(test * drawn.length);
  const numValidation = Math.round(validation * drawn.length);
  requireParts(drawn.length, numValidation, numTest, validation, test);
  return new Map(
    drawn.map((pass, k) => [
      pass,
      k < numTest ? 'test' : k < numTest + numValidation ? 'validation' : 'training',
    ]),
  );
}

/** Of scenario 9, by the authors of the camera tracker: passes up to this one train, later ones test. */
const LAST_TRAINING_PASS = 108;
const LAST_PASS = 136;

/**
 * The authors' split of scenario 9, passes 1 to 108 and 109 to 136. They select their model by the test; a share of the
 * training passes, drawn by seed, is kept here for that.
 *
 * @throws BAD_ARGUMENT for passes that are not those of scenario 9.
 */
export function authorsSplit(passes: Iterable<number>, seed: number, validation: number): Split {
  const all = [...new Set(passes)];
  const stranger = all.find((pass) => pass < 1 || pass > LAST_PASS);
  if (stranger !== undefined) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `The authors' split is of passes 1 to ${LAST_PASS}, and there is a pass ${stranger}`,
      where: 'passes',
      todo: 'Draw a split by seed',
    });
  }
  const trained = all.filter((pass) => pass <= LAST_TRAINING_PASS);
  const numValidation = Math.round(validation * trained.length);
  requireParts(all.length, numValidation, all.length - trained.length, validation, 1);
  const kept = new Set(shuffled(trained, seed).slice(0, numValidation));
  return new Map(
    all.map((pass) => [
      pass,
      pass > LAST_TRAINING_PASS ? 'test' : kept.has(pass) ? 'validation' : 'training',
    ]),
  );
}

/** The same whatever the order in which passes were met. */
function shuffled(passes: Iterable<number>, seed: number): number[] {
  const random = new Random(seed, 'dataset', 'split');
  const list = [...new Set(passes)].sort((a, b) => a - b);
  for (let k = list.length - 1; k > 0; k--) {
    const other = random.integer(k + 1);
    [list[k], list[other]] = [list[other]!, list[k]!];
  }
  return list;
}

function requireParts(
  numPasses: number,
  numValidation: number,
  numTest: number,
  validation: number,
  test: number,
): void {
  const lacks =
    numPasses - numValidation - numTest < 1 ||
    (validation > 0 && numValidation < 1) ||
    (test > 0 && numTest < 1);
  if (!lacks && validation >= 0 && test >= 0) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `${numPasses} passes cannot be split so: a part would have none`,
    where: 'split',
    todo: 'Take other shares, or a data set of more passes',
  });
}
