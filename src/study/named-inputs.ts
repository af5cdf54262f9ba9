/** What a study takes from the disk besides its file: plugins, data sets and models of one's own. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE_FOLDER } from '../core/package-folder.js';
import { modelFolder } from '../prediction/model/shipped-model.js';
import { loadedPlugins } from '../training/plugins/plugin-file.js';

export interface NamedInput {
  /** As the study names it. */
  readonly name: string;
  /** Stands for what is in it. */
  readonly fingerprint: string;
}

/** Under these keys files of studies name folders. */
const KEYS: readonly string[] = ['data', 'set', 'model'];
/** Files that are larger stand for themselves by size and time. */
const MOST_BYTES_READ = 1 << 20;

/** What comes with beamloop is left out: it is the same wherever the version is. */
export function namedInputs(study: unknown): NamedInput[] {
  const plugins = loadedPlugins().map(({ file, sha256 }) => ({ name: file, fingerprint: sha256 }));
  const folders = [...new Set(foldersIn(study))].filter((name) => !isShipped(name));
  return [
    ...plugins,
    ...folders.sort().map((name) => ({ name, fingerprint: fingerprintOf(modelFolder(name)) })),
  ];
}

function* foldersIn(data: unknown): Generator<string> {
  if (data === null || typeof data !== 'object') return;
  for (const [key, value] of Object.entries(data)) {
    if (typeof value === 'string' && KEYS.includes(key) && existsSync(modelFolder(value))) yield value;
    else yield* foldersIn(value);
  }
}

function isShipped(name: string): boolean {
  const folder = path.resolve(modelFolder(name));
  return folder.startsWith(path.join(PACKAGE_FOLDER, 'scenarios') + path.sep);
}

function fingerprintOf(place: string): string {
  const hash = createHash('sha256');
  const isFolder = statSync(place).isDirectory();
  const names = isFolder ? readdirSync(place, { recursive: true }).map(String).sort() : [''];
  for (const name of names) {
    const file = path.join(place, name);
    const status = statSync(file);
    if (!status.isFile()) continue;
    const { size, mtimeMs } = status;
    hash.update(`${name}\0${size}\0`).update(size <= MOST_BYTES_READ ? readFileSync(file) : String(mtimeMs));
  }
  return hash.digest('hex');
}
