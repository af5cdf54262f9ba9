/** Windows that models are tested on: of a data set's test passes, of another data set, or drawn. */
import { BeamloopError } from '../../../core/errors.js';
import { problemText } from '../../datasets/problems.js';
import type { WindowSource } from '../../datasets/window-source.js';
import type { EvaluationOptions } from '../../family.js';
import { type DataSection, dataSchema, openData, readWindows } from '../data/dataset-windows.js';
import { drawStreetSets } from '../data/street-draws.js';
import { NUM_FRAMES, type WindowSet } from '../data/window-set.js';
import { type CameraModel, sizesOf } from '../model-file.js';
import type { TrainedCamera } from '../model-folder.js';

/** A model that asks to be scored. */
export interface CameraCandidate {
  readonly folder: string;
  readonly trained: TrainedCamera;
}

export interface UnseenWindows {
  /** The data set, as it was named; null for the drawn street. */
  readonly named: string | null;
  /** Of windows that were left out. */
  readonly remarks: readonly string[];
  /** Slots before the current one whose beams windows tell. */
  readonly pastBeams: number;
  /** @param size of masks; null: any, for whoever looks at beams alone. */
  setFor(size: number | null): Promise<WindowSet>;
  /** Beams that the first model learned from, without masks where they are of a data set. */
  training(): Promise<WindowSet>;
}

/** @throws MODEL_MISMATCH for a model that has seen them; what opening a data set throws. */
export async function openUnseen(
  models: readonly CameraCandidate[],
  options: EvaluationOptions,
): Promise<UnseenWindows> {
  const { model } = models[0]!.trained;
  const place = options.data?.set ?? model.data?.set;
  const [anySize = null] = models.flatMap(({ trained }) => sizesOf(trained.model)?.size ?? []);
  const training = () => trainingBeams(model, options);
  if (place === undefined) {
    const { numExamples: numWindows, seed } = options;
    const draw = (size: number | null) =>
      drawn(model, { numWindows, seed, purpose: 'evaluation', size }, options);
    return { named: null, remarks: [], pastBeams: NUM_FRAMES, setFor: once(draw, anySize), training };
  }
  const asNamed = dataSchema.parse({ set: place });
  const source = await openData(options.data === undefined ? model.data! : asNamed, options.signal);
  // Known by its content, wherever it is now.
  const section = source.contentHash === model.data?.contentHash ? { ...model.data, set: place } : null;
  for (const candidate of models) requireUnseen(candidate, source, section, model.seed);
  const remarks: string[] = [];
  const read = async (size: number | null) => {
    const wanted = { section, seed: model.seed, numBeams: model.beams, size, parts: ['test'] as const };
    const parts = await readWindows(source, place, wanted, {
      ...reading(options),
      onProblem: (problem) => remarks.push(problemText(problem)),
    });
    return parts.get('test')!;
  };
  return { named: place, remarks, pastBeams: NUM_FRAMES - 1, setFor: once(read, anySize), training };
}

function once(
  make: (size: number | null) => Promise<WindowSet>,
  anySize: number | null,
): UnseenWindows['setFor'] {
  const sets = new Map<number | null, Promise<WindowSet>>();
  return (size) => {
    const key = size ?? anySize;
    const set = sets.get(key) ?? make(key);
    sets.set(key, set);
    return set;
  };
}

async function trainingBeams(model: CameraModel, options: EvaluationOptions): Promise<WindowSet> {
  const { data, seed, beams: numBeams, windows } = model;
  if (data === undefined) {
    return drawn(model, { numWindows: windows!.training, seed, purpose: 'training', size: null }, options);
  }
  const wanted = { section: data, seed, numBeams, size: null, parts: ['training'] as const };
  const parts = await readWindows(await openData(data, options.signal), data.set, wanted, reading(options));
  return parts.get('training')!;
}

interface Drawn {
  readonly numWindows: number;
  readonly seed: number;
  readonly purpose: 'training' | 'evaluation';
  readonly size: number | null;
}

async function drawn(
  { beams: numBeams }: CameraModel,
  { numWindows, seed, purpose, size }: Drawn,
  { executor, signal, onProgress }: EvaluationOptions,
): Promise<WindowSet> {
  const draws = { setting: { numBeams, seed, size: size ?? undefined }, purposes: [purpose] };
  const [set] = await drawStreetSets(draws, [numWindows], executor, {
    ...{ signal, onProgress: (numDone, numInAll) => onProgress?.('windows drawn', numDone, numInAll) },
  });
  return set!;
}

function reading({ signal, onProgress }: EvaluationOptions) {
  const onRead = (numDone: number, numWindows: number) => onProgress?.('windows read', numDone, numWindows);
  return { signal, onRead };
}

/** Two models of one data set must have been trained on the same passes of it. */
function requireUnseen(
  { folder, trained }: CameraCandidate,
  { contentHash }: WindowSource,
  section: DataSection | null,
  seed: number,
): void {
  const { data } = trained.model;
  if (data === undefined || data.contentHash !== contentHash) return;
  const isSame =
    trained.model.seed === seed &&
    (['split', 'validation', 'test'] as const).every((key) => data[key] === section?.[key]);
  if (isSame) return;
  throw new BeamloopError('MODEL_MISMATCH', {
    what: 'The model was trained on passes of the data set that it would be tested on: it has another split or seed than the first',
    where: folder,
    todo: "Evaluate it by itself, or train both with the same 'data' and 'seed'",
  });
}
