/** What a source holds and what is wrong with it, found by going through all of it. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { imageSizeFromFile } from 'image-size/fromFile';
import type { PathScenario, PlaceM } from './deepmimo/user-paths.js';
import type { WindowTable } from './deepsense/sequences.js';
import type { Problem } from './problems.js';
import type { SampleFindings, SampleScenario } from './samples.js';
import { type WindowShape, windowStarts } from './segments.js';
import type { Source } from './source.js';

export interface SurveyOptions extends WindowShape {
  readonly signal?: AbortSignal;
  readonly onProgress?: (numDone: number, numRows: number) => void;
}

export interface WindowCounts extends WindowShape {
  readonly all: number;
  /** With a label of each sample. */
  readonly labelled: number;
  /** With an image of each sample of the history, too. */
  readonly labelledWithImages: number;
}

interface ImageSizes {
  readonly numThere: number;
  /** Of those that were looked into. */
  readonly sizes: readonly { readonly size: string; readonly count: number }[];
  readonly meanBytes: number | null;
}

export type Survey =
  | {
      readonly kind: 'samples';
      readonly layout: string;
      readonly files: readonly string[];
      readonly numSamples: number;
      readonly numPasses: number;
      readonly numGaps: number;
      readonly numSegments: number;
      readonly stepS: number | null;
      readonly windows: WindowCounts;
      readonly numBeams: number | null;
      readonly numLabelled: number;
      readonly labels: Omit<SampleFindings, 'problems' | 'numBeams'>;
      readonly numWithPosition: number;
      readonly origin: SampleScenario['origin'];
      readonly images: ImageSizes;
      readonly problems: readonly Problem[];
    }
  | {
      readonly kind: 'windows';
      readonly layout: string;
      readonly files: readonly string[];
      readonly numPasses: number;
      readonly passesAreInferred: boolean;
      readonly labelBase: 0 | 1 | null;
      readonly windows: WindowCounts;
      readonly images: ImageSizes;
      readonly problems: readonly Problem[];
    }
  | {
      readonly kind: 'paths';
      readonly layout: string;
      readonly files: readonly string[];
      readonly carrierHz: number | null;
      readonly bandwidthHz: number | null;
      readonly bases: PathScenario['bases'];
      readonly numUsers: number;
      readonly numWithoutPath: number;
      readonly numInSight: number;
      readonly numPaths: number;
      readonly mostPaths: number;
      readonly longestDelayS: number | null;
      /** Corners of the box that the users are in. */
      readonly lowM: PlaceM | null;
      readonly highM: PlaceM | null;
      readonly problems: readonly Problem[];
    };

/** @throws what reading the source throws. */
export function surveySource(source: Source, options: SurveyOptions): Promise<Survey> {
  switch (source.kind) {
    case 'samples':
      return surveySamples(source.opened, source.folder, options);
    case 'windows':
      return surveyWindows(source.opened, source.folder, options);
    case 'paths':
      return surveyPaths(source.opened, options);
  }
}

async function surveySamples(
  opened: SampleScenario,
  folder: string,
  options: SurveyOptions,
): Promise<Survey> {
  const { numRows, segments } = opened;
  const isLabelled = new Uint8Array(numRows);
  const images: (string | null)[] = [];
  let numWithPosition = 0;
  for await (const sample of opened.samples(options.signal)) {
    const row = images.length;
    isLabelled[row] = sample.label === null ? 0 : 1;
    images.push(sample.image);
    if (sample.xM !== null) numWithPosition += 1;
    if (row % 100 === 0) options.onProgress?.(row, numRows);
  }
  options.onProgress?.(numRows, numRows);
  const { problems, numBeams, ...labels } = opened.findings();
  return {
    kind: 'samples',
    ...{ layout: opened.layout, files: opened.files, numSamples: numRows },
    ...{ numPasses: segments.numPasses, numGaps: segments.gaps.length, numSegments: segments.numSegments },
    stepS: segments.stepS,
    windows: countWindows(segments.ofSample, isLabelled, images, options),
    numBeams,
    numLabelled: isLabelled.reduce((sum, is) => sum + is, 0),
    labels,
    numWithPosition,
    origin: opened.origin,
    images: await sizesOf(images, folder),
    problems,
  };
}

function countWindows(
  segments: Int32Array,
  isLabelled: Uint8Array,
  images: readonly (string | null)[],
  { history, future }: WindowShape,
): WindowCounts {
  let all = 0;
  let labelled = 0;
  let labelledWithImages = 0;
  for (const start of windowStarts(segments, { history, future })) {
    all += 1;
    if (isLabelled.subarray(start, start + history + future).includes(0)) continue;
    labelled += 1;
    if (!images.slice(start, start + history).includes(null)) labelledWithImages += 1;
  }
  return { history, future, all, labelled, labelledWithImages };
}

async function surveyWindows(opened: WindowTable, folder: string, options: SurveyOptions): Promise<Survey> {
  const { numRows, history, future } = opened;
  const images = new Set<string>();
  let [labelled, labelledWithImages, row] = [0, 0, 0];
  for await (const window of opened.windows(options.signal)) {
    if (row % 100 === 0) options.onProgress?.(row, numRows);
    row += 1;
    for (const image of window.images) if (image !== null) images.add(image);
    if (window.history.includes(null) || window.future.includes(null)) continue;
    labelled += 1;
    if (window.images.length > 0 && !window.images.includes(null)) labelledWithImages += 1;
  }
  options.onProgress?.(numRows, numRows);
  return {
    kind: 'windows',
    ...{ layout: opened.layout, files: opened.files, numPasses: opened.numPasses },
    ...{ passesAreInferred: opened.passesAreInferred, labelBase: opened.labelBase },
    windows: { history, future, all: numRows, labelled, labelledWithImages },
    images: await sizesOf([...images], folder),
    problems: opened.problems(),
  };
}

async function surveyPaths(opened: PathScenario, { signal, onProgress }: SurveyOptions): Promise<Survey> {
  const counts = { numUsers: 0, numWithoutPath: 0, numInSight: 0, numPaths: 0, mostPaths: 0 };
  let longestDelayS: number | null = null;
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for await (const { power, delayS, interactions, positionM } of opened.users(signal)) {
    if (counts.numUsers % 1000 === 0) {
      await new Promise(setImmediate);
      signal?.throwIfAborted();
      onProgress?.(counts.numUsers, opened.numRows);
    }
    counts.numUsers += 1;
    counts.numPaths += power.length;
    counts.mostPaths = Math.max(counts.mostPaths, power.length);
    if (power.length === 0) counts.numWithoutPath += 1;
    if (interactions.includes(0)) counts.numInSight += 1;
    for (const delay of delayS) longestDelayS = Math.max(longestDelayS ?? 0, delay);
    for (const [axis, metres] of positionM.entries()) {
      low[axis] = Math.min(low[axis]!, metres);
      high[axis] = Math.max(high[axis]!, metres);
    }
  }
  onProgress?.(counts.numUsers, opened.numRows);
  const { layout, files, carrierHz, bandwidthHz, bases } = opened;
  const corner = (of: number[]) => (counts.numUsers === 0 ? null : (of as unknown as PlaceM));
  return {
    kind: 'paths',
    ...{ layout, files, carrierHz, bandwidthHz, bases },
    ...counts,
    longestDelayS,
    ...{ lowM: corner(low), highM: corner(high), problems: opened.problems() },
  };
}

/** Images that are looked into, spread evenly over all. */
const LOOKED_INTO = 50;

async function sizesOf(images: readonly (string | null)[], folder: string): Promise<ImageSizes> {
  const there = images.filter((image): image is string => image !== null);
  const step = Math.max(1, there.length / LOOKED_INTO);
  const some = Array.from(
    { length: Math.min(there.length, LOOKED_INTO) },
    (_, k) => there[Math.floor(k * step)]!,
  );
  const counts = new Map<string, number>();
  let bytes = 0;
  for (const image of some) {
    const file = path.join(folder, image);
    bytes += (await stat(file)).size;
    const size = await imageSizeFromFile(file).then(
      ({ width, height }) => `${width} x ${height}`,
      () => 'no image that is known',
    );
    counts.set(size, (counts.get(size) ?? 0) + 1);
  }
  const sizes = [...counts].map(([size, count]) => ({ size, count })).sort((a, b) => b.count - a.count);
  return { numThere: there.length, sizes, meanBytes: some.length === 0 ? null : bytes / some.length };
}
