/** Scenarios and studies that come with beamloop: found by name from any folder, where there is no file of that name. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE_FOLDER } from '../core/package-folder.js';
import { yaml } from '../core/yaml.js';

/** The folder that holds them. */
export const SHIPPED_FOLDER = path.join(PACKAGE_FOLDER, 'scenarios');

export interface ShippedFile {
  /** As commands take it: `first-light`, `papers/beam-split-fig8`. */
  readonly name: string;
  /** The command that carries it out. */
  readonly command: 'run' | 'study' | 'train';
  readonly title: string;
  readonly file: string;
}

/** All of them, by name. */
export function shippedFiles(): ShippedFile[] {
  return readdirSync(SHIPPED_FOLDER, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .flatMap((relative) => {
      const file = path.join(SHIPPED_FOLDER, relative);
      const keys = yaml().parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
      const { title = '' } = keys;
      const command = commandOf(keys);
      if (command === null) return [];
      return [{ name: nameOf(relative), command, title: String(title), file }];
    });
}

/**
 * The file itself where there is one, else the one that comes with beamloop under this name: `first-light`,
 * `first-light.yaml` and `scenarios/first-light.yaml` are the same. What is neither stays as it was written.
 */
export function fileOrShipped(written: string): string {
  if (existsSync(written)) return written;
  const name = nameOf(path.normalize(written)).replace(/^scenarios\//, '');
  const file = path.join(SHIPPED_FOLDER, `${name}.yaml`);
  const isName = !path.isAbsolute(written) && !name.startsWith('../');
  return isName && existsSync(file) ? file : written;
}

/** Null for files that other files name. */
function commandOf({
  kind,
  slots,
  network,
}: Readonly<Record<string, unknown>>): ShippedFile['command'] | null {
  if (typeof kind === 'string') return 'study';
  if (network !== undefined) return 'train';
  return slots === undefined ? null : 'run';
}

function nameOf(relative: string): string {
  return relative.replaceAll(path.sep, '/').replace(/\.ya?ml$/i, '');
}
