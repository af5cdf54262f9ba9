/** Windows of a data set, imported or as its authors publish it, with what its labels count and where its pictures are. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { MANIFEST, type Manifest, readManifest } from './parquet/manifest.js';
import { requireUnchanged } from './parquet/read-dataset.js';
import { type Pictures, picturesInFiles, picturesOfDataset } from './pictures.js';
import { invalid } from './problems.js';
import type { WindowShape } from './segments.js';
import { openSource } from './source.js';
import { type DatasetWindow, listedWindow, requireShape, windowsOf, windowsOfSamples } from './windows.js';

export interface WindowSource {
  /** Beams that labels count; null where nobody says. */
  readonly numBeams: number | null;
  /** Keys of the codewords that labels count, in place of the beams of a sweep; null where they count beams. */
  readonly codebook: readonly string[] | null;
  /** Usual step from sample to sample, s; null where nobody says. */
  readonly stepS: number | null;
  /** SHA-256 in hexadecimal digits: of the table, or of samples and names of pictures where nothing was imported. */
  readonly contentHash: string;
  /** In order. @throws DATASET_INVALID; BAD_ARGUMENT for windows of another shape than a table lists. */
  windows(shape: WindowShape): AsyncIterable<DatasetWindow> | Iterable<DatasetWindow>;
  pictures(): Pictures;
}

/**
 * @param named folder of `beamloop dataset import` or `export`; or of a DeepSense scenario, or its table.
 * @throws FILE_NOT_FOUND; DATASET_INVALID for what has no windows, or was changed.
 */
export async function openWindowSource(named: string, signal?: AbortSignal): Promise<WindowSource> {
  if (existsSync(path.join(named, MANIFEST))) return openImported(named);
  const source = await openSource(named);
  if (source.kind === 'paths') throw noWindows(named);
  const pictures = () => picturesInFiles(source.folder);
  if (source.kind === 'windows') {
    const listed: DatasetWindow[] = [];
    for await (const window of source.opened.windows(signal)) listed.push(listedWindow(window));
    return {
      ...{ numBeams: null, codebook: null, stepS: null, pictures },
      contentHash: hashOfAll(
        listed.map(({ pass, history, future, images }) => [pass, ...history, ...future, ...images]),
      ),
      windows(shape) {
        requireShape(named, source.opened, shape);
        return listed;
      },
    };
  }
  const samples = { pass: [] as number[], label: [] as number[], image: [] as (string | null)[] };
  for await (const { pass, label, image } of source.opened.samples(signal)) {
    samples.pass.push(pass);
    samples.label.push(label ?? -1);
    samples.image.push(image);
  }
  const columns = {
    pass: Int32Array.from(samples.pass),
    label: Int32Array.from(samples.label),
    segment: source.opened.segments.ofSample,
    image: samples.image,
  };
  return {
    ...{
      numBeams: source.opened.findings().numBeams,
      codebook: null,
      stepS: source.opened.segments.stepS,
      pictures,
    },
    contentHash: hashOfAll(
      columns.image.map((image, k) => [columns.pass[k], columns.segment[k], columns.label[k], image]),
    ),
    windows: (shape) => windowsOfSamples(columns, shape),
  };
}

async function openImported(folder: string): Promise<WindowSource> {
  const manifest: Manifest = await readManifest(folder);
  if (manifest.kind === 'paths') throw noWindows(folder);
  await requireUnchanged(folder, manifest);
  const { numBeams, codebook, stepS } =
    manifest.kind === 'samples' ? manifest : { numBeams: null, codebook: null, stepS: null };
  return {
    ...{ numBeams, codebook, stepS, contentHash: manifest.contentHash },
    windows: (shape) => windowsOf(folder, shape),
    pictures: () => picturesOfDataset(folder, manifest),
  };
}

function hashOfAll(lines: readonly (readonly unknown[])[]): string {
  const hash = createHash('sha256');
  for (const line of lines) hash.update(`${JSON.stringify(line)}\n`);
  return hash.digest('hex');
}

function noWindows(folder: string) {
  return invalid(
    'The data set is one of propagation paths, and has no pictures',
    folder,
    'Give a scenario of DeepSense 6G, or recordings of your own',
  );
}
