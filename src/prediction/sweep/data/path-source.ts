/** Where ray-traced paths come from: a data set that was imported, or a folder of DeepMIMO as it is. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { PlaceM, UserPaths } from '../../datasets/deepmimo/user-paths.js';
import { MANIFEST, readManifest } from '../../datasets/parquet/manifest.js';
import { readPaths, requireUnchanged } from '../../datasets/parquet/read-dataset.js';
import { invalid } from '../../datasets/problems.js';
import { openSource } from '../../datasets/source.js';

export interface PathSource {
  readonly carrierHz: number | null;
  readonly numRows: number;
  readonly bases: readonly { readonly base: string; readonly positionM: PlaceM | null }[];
  users(signal?: AbortSignal): AsyncGenerator<UserPaths>;
  /** Of all that `users` gave, to its end, SHA-256 in hexadecimal digits; of a data set, that of its table. */
  contentHash(): string;
}

/** @throws FILE_NOT_FOUND; DATASET_INVALID for what holds no paths, or is not whole. */
export async function openPathSource(folder: string): Promise<PathSource> {
  if (existsSync(path.join(folder, MANIFEST))) return openDataset(folder);
  const source = await openSource(folder);
  if (source.kind !== 'paths') throw noPaths(source.kind, folder);
  const { carrierHz, numRows, bases } = source.opened;
  const hash = createHash('sha256');
  return {
    ...{ carrierHz, numRows, bases },
    async *users(signal) {
      for await (const user of source.opened.users(signal)) {
        const { power, phaseRad, delayS, departureAzimuthRad, departureElevationRad } = user;
        hash.update(`${user.base} ${user.receivers} ${user.user} ${user.positionM}\n`);
        for (const of of [power, phaseRad, delayS, departureAzimuthRad, departureElevationRad])
          hash.update(of);
        for (const of of [user.arrivalAzimuthRad, user.arrivalElevationRad]) if (of !== null) hash.update(of);
        yield user;
      }
    },
    contentHash: () => hash.copy().digest('hex'),
  };
}

async function openDataset(folder: string): Promise<PathSource> {
  const manifest = await readManifest(folder);
  if (manifest.kind !== 'paths') throw noPaths(manifest.kind, folder);
  await requireUnchanged(folder, manifest);
  const { carrierHz, numRows, bases, contentHash } = manifest;
  return {
    ...{ carrierHz, numRows, bases },
    users: () => readPaths(folder),
    contentHash: () => contentHash,
  };
}

function noPaths(kind: string, folder: string) {
  return invalid(
    `The data set is one of ${kind}, and one of paths is wanted here`,
    folder,
    'Give a folder of DeepMIMO, or what beamloop dataset import made of one',
  );
}
