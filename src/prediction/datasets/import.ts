/** Makes data sets of folders that others published. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PathScenario } from './deepmimo/user-paths.js';
import type { WindowTable } from './deepsense/sequences.js';
import type { DatasetRow } from './parquet/columns.js';
import type { Manifest } from './parquet/manifest.js';
import { type Told, writeDataset } from './parquet/write-dataset.js';
import type { Problem } from './problems.js';
import { sampleRow } from './sample-row.js';
import type { SampleScenario } from './samples.js';
import type { Source } from './source.js';

export interface ImportOptions {
  /** Whether the files of images themselves go into the table, or their paths alone. */
  readonly imageBytes?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (numDone: number, numRows: number) => void;
}

/**
 * Writes the data set; problems of the source that are none of the whole are kept in its manifest.
 *
 * @throws what opening and reading the source throws, BAD_ARGUMENT for a folder that holds a data set, FILE_UNWRITABLE.
 */
export function importSource(source: Source, out: string, options: ImportOptions = {}): Promise<Manifest> {
  const { signal } = options;
  const { opened } = source;
  const from = { layout: opened.layout, folder: path.resolve(source.folder), files: [...opened.files] };
  const watched = <T>(rows: AsyncIterable<T>) => counted(rows, opened.numRows, options);
  switch (source.kind) {
    case 'samples': {
      const rows = sampleRows(source.opened, source.folder, options);
      return writeDataset(out, 'samples', watched(rows), () => tellSamples(source.opened, from));
    }
    case 'windows': {
      const rows = windowRows(source.opened, signal);
      return writeDataset(out, 'windows', watched(rows), () => tellWindows(source.opened, from));
    }
    case 'paths': {
      const rows = pathRows(source.opened, signal);
      return writeDataset(out, 'paths', watched(rows), () => tellPaths(source.opened, from));
    }
  }
}

async function* counted<T>(
  rows: AsyncIterable<T>,
  numRows: number,
  { signal, onProgress }: ImportOptions,
): AsyncGenerator<T> {
  let numDone = 0;
  for await (const row of rows) {
    if (numDone % 100 === 0) {
      // Rows of one file come without a pause: let Ctrl-C be heard.
      await new Promise(setImmediate);
      signal?.throwIfAborted();
      onProgress?.(numDone, numRows);
    }
    yield row;
    numDone += 1;
  }
  onProgress?.(numDone, numRows);
}

async function* sampleRows(
  opened: SampleScenario,
  folder: string,
  { imageBytes = false, signal }: ImportOptions,
): AsyncGenerator<DatasetRow<'samples'>> {
  let row = 0;
  for await (const sample of opened.samples(signal)) {
    const { image } = sample;
    const bytes = imageBytes && image !== null ? await readFile(path.join(folder, image)) : null;
    yield sampleRow(row++, sample, bytes);
  }
}

async function* windowRows(opened: WindowTable, signal?: AbortSignal): AsyncGenerator<DatasetRow<'windows'>> {
  let row = 0;
  for await (const window of opened.windows(signal)) {
    yield {
      row: row++,
      pass: window.pass,
      images: window.images,
      history: window.history,
      future: window.future,
    } as DatasetRow<'windows'>;
  }
}

async function* pathRows(opened: PathScenario, signal?: AbortSignal): AsyncGenerator<DatasetRow<'paths'>> {
  let row = 0;
  for await (const paths of opened.users(signal)) {
    const [x_m, y_m, z_m] = paths.positionM;
    yield {
      row: row++,
      ...{ base: paths.base, receivers: paths.receivers, user: paths.user, x_m, y_m, z_m },
      line_of_sight: paths.interactions.includes(0),
      ...{ power: paths.power, phase_rad: paths.phaseRad, delay_s: paths.delayS },
      departure_azimuth_rad: paths.departureAzimuthRad,
      departure_elevation_rad: paths.departureElevationRad,
      arrival_azimuth_rad: paths.arrivalAzimuthRad,
      arrival_elevation_rad: paths.arrivalElevationRad,
      interactions: paths.interactions,
    };
  }
}

type From = { layout: string; folder: string; files: string[] };

function tellSamples(opened: SampleScenario, source: From): Told<'samples'> {
  const { problems, numBeams, labelBase } = opened.findings();
  const { numPasses, numSegments, stepS } = opened.segments;
  return {
    source,
    ...{ problems: writable(problems), numBeams, numPasses, numSegments, stepS, codebook: null },
    ...{ sourceLabelBase: labelBase, origin: opened.origin },
  };
}

function tellWindows(opened: WindowTable, source: From): Told<'windows'> {
  const { numPasses, passesAreInferred, history, future } = opened;
  return { source, problems: writable(opened.problems()), numPasses, passesAreInferred, history, future };
}

function tellPaths(opened: PathScenario, source: From): Told<'paths'> {
  const { carrierHz, bandwidthHz } = opened;
  const bases = opened.bases.map(({ base, positionM }) => ({
    base,
    positionM: positionM === null ? null : ([...positionM] as [number, number, number]),
  }));
  return { source, problems: writable(opened.problems()), carrierHz, bandwidthHz, bases };
}

function writable(problems: readonly Problem[]): Manifest['problems'] {
  return problems.map(({ where, ...rest }) => ({ ...rest, where: [...where] }));
}
