/** Windows of a real data set, a DeepSense scenario or recordings of one's own, in the form of those of the drawn street. */
import { z } from 'zod';
import { BeamloopError } from '../../../core/errors.js';
import { invalid, type Problem, Problems } from '../../datasets/problems.js';
import { openWindowSource, type WindowSource } from '../../datasets/window-source.js';
import {
  authorsSplit,
  type DatasetWindow,
  drawnSplit,
  isLabelled,
  type Split,
  type SplitPart,
} from '../../datasets/windows.js';
import { MaskStore } from './mask-store.js';
import { PairMasks } from './pair-masks.js';
import { NUM_FRAMES, NUM_SLOTS, type WindowSet } from './window-set.js';

const share = z.number().min(0.01, 'must be at least 0.01').max(0.9, 'must be at most 0.9');

/** Of model files. */
export const dataSchema = z.strictObject({
  /** Folder of `beamloop dataset import` or `export`, or of a DeepSense scenario; relative to the current folder. */
  set: z.string().min(1, 'must be the folder of a data set'),
  /** Whole passes, drawn by the seed; or those of scenario 9 as its authors have them. */
  split: z.enum(['passes', 'authors']).default('passes'),
  /** Of the passes, in which weights are chosen; of the training passes in the authors' split. */
  validation: share.default(0.15),
  /** Of the passes; the authors' split has its own. */
  test: share.default(0.15),
  /** SHA-256 that the data set must have. */
  contentHash: z.string().optional(),
});

export type DataSection = z.output<typeof dataSchema>;

/** Which windows of a data set are wanted. */
export interface WantedWindows {
  /** Null: all passes test. */
  readonly section: DataSection | null;
  readonly seed: number;
  readonly numBeams: number;
  /** Pixels of a side of a mask; null where nobody looks at pictures. */
  readonly size: number | null;
  readonly parts: readonly SplitPart[];
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onRead?: ((numDone: number, numWindows: number) => void) | undefined;
  /** Told what windows were left out, and why. */
  readonly onProblem?: ((problem: Problem) => void) | undefined;
}

const SHAPE = { history: NUM_FRAMES, future: NUM_SLOTS - 1 };

/** @throws what `openWindowSource` throws; DATASET_INVALID for one with another hash than the section has. */
export async function openData(
  { set, contentHash }: DataSection,
  signal?: AbortSignal,
): Promise<WindowSource> {
  const source = await openWindowSource(set, signal);
  if (contentHash === undefined || contentHash === source.contentHash) return source;
  throw invalid(
    'The data set is not the one that the model was trained on: its content has another hash',
    set,
    'Give the data set of the training, or train anew',
  );
}

/**
 * Reads every picture once. A window of 8 + 6 samples tells the beams of seven slots before the current one: the oldest stands twice.
 *
 * @throws DATASET_INVALID for a part without a window; MODEL_MISMATCH for other beams; BAD_ARGUMENT for shares that leave a part
 *   without a pass; the signal's reason.
 */
export async function readWindows(
  source: WindowSource,
  named: string,
  wanted: WantedWindows,
  { signal, onRead, onProblem }: ReadOptions = {},
): Promise<ReadonlyMap<SplitPart, WindowSet>> {
  const beamOf = beamsOf(source, named, wanted.numBeams);
  const all: DatasetWindow[] = [];
  for await (const window of source.windows(SHAPE)) all.push(window);
  if (all.length === 0) {
    throw invalid('The data set has no pass of 14 samples in a row', named, 'Give one with longer passes');
  }
  const split = splitOf(wanted, all);
  const chosen = all.filter(({ pass }) => wanted.parts.includes(split.get(pass)!));
  if (wanted.size !== null && all.every(({ images }) => images.length === 0 || images.includes(null))) {
    throw invalid(
      'No window of the data set has all of its pictures',
      named,
      'Give a data set with pictures; network: beam-history needs none',
    );
  }
  const problems = new Problems();
  const store = new MaskStore(wanted.size ?? 0);
  const kept = new Map(wanted.parts.map((part): [SplitPart, KeptWindow[]] => [part, []]));
  const pictures = source.pictures();
  const masks = new PairMasks(pictures, store, problems);
  try {
    for (const [k, window] of chosen.entries()) {
      signal?.throwIfAborted();
      onRead?.(k, chosen.length);
      const beams = { history: window.history.map(beamOf), future: window.future.map(beamOf) };
      if (!isLabelled(beams)) {
        problems.add(
          'the best beam of a slot is not known',
          `pass ${window.pass}`,
          'its windows are left out',
        );
        continue;
      }
      const places = wanted.size === null ? [] : await masks.of(window.images);
      if (places === null) {
        problems.add(
          'a picture of the window is missing or broken',
          `pass ${window.pass}`,
          'the window is left out',
        );
        continue;
      }
      kept.get(split.get(window.pass)!)!.push({ pass: window.pass, ...beams, places });
    }
  } finally {
    await pictures.close();
  }
  onRead?.(chosen.length, chosen.length);
  for (const problem of problems.list()) onProblem?.(problem);
  for (const [part, windows] of kept) requireWindows(part, windows, problems, named);
  return new Map([...kept].map(([part, windows]) => [part, setOf(windows, store, wanted.numBeams)]));
}

interface KeptWindow {
  readonly pass: number;
  readonly history: Int32Array;
  readonly future: Int32Array;
  readonly places: readonly number[];
}

function setOf(windows: readonly KeptWindow[], masks: MaskStore, numBeams: number): WindowSet {
  return {
    ...{ numWindows: windows.length, numBeams, masks },
    passes: Int32Array.from(windows, ({ pass }) => pass),
    maskPlaces: Int32Array.from(windows.flatMap(({ places }) => places)),
    past: Int32Array.from(windows.flatMap(({ history }) => [history[0]!, ...history.subarray(0, -1)])),
    future: Int32Array.from(windows.flatMap(({ history, future }) => [history.at(-1)!, ...future])),
  };
}

function splitOf({ section, seed }: WantedWindows, windows: readonly DatasetWindow[]): Split {
  const passes = windows.map(({ pass }) => pass);
  if (section === null) return new Map(passes.map((pass) => [pass, 'test']));
  const { split, validation, test } = section;
  return split === 'authors'
    ? authorsSplit(passes, seed, validation)
    : drawnSplit(passes, seed, { validation, test });
}

/** Of codewords that a tracker with beams over angles sends, by their keys. */
const OWN_BEAM = /^tracking\/1\/(\d+)$/;

/** From labels to beams, -1 where there is none. */
function beamsOf(source: WindowSource, named: string, numBeams: number): (label: number) => number {
  const { codebook } = source;
  const beams = codebook?.map((key) => Number(OWN_BEAM.exec(key)?.[1] ?? 0) - 1);
  if (source.numBeams !== null && source.numBeams !== numBeams)
    throw otherBeams(source.numBeams, numBeams, named);
  return (label) => {
    const beam = label < 0 || beams === undefined ? label : beams[label]!;
    if (beam >= numBeams) throw otherBeams(beam + 1, numBeams, named);
    return beam;
  };
}

function otherBeams(has: number, numBeams: number, where: string): BeamloopError {
  return new BeamloopError('MODEL_MISMATCH', {
    what: `The data set has ${has} beams or more, and the model is for ${numBeams}`,
    where,
    todo: `Leave 'beams' out of the model file, or say beams: ${has}`,
  });
}

function requireWindows(
  part: SplitPart,
  windows: readonly unknown[],
  problems: Problems,
  named: string,
): void {
  if (windows.length > 0) return;
  const [worst] = problems.list();
  const why =
    worst === undefined
      ? 'they are too short'
      : `${worst.what} (${worst.count} times, first: ${worst.where[0]})`;
  throw invalid(
    `No window of the ${part} passes is whole: ${why}`,
    named,
    'See what is wrong with: beamloop dataset info',
  );
}
