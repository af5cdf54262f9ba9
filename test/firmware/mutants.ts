/** Firmwares that break one rule: the C sources with a piece of text replaced, compiled by themselves. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FIRMWARE, make, ownFolder } from './toolchain.js';

export interface Change {
  /** Name in core/. */
  readonly file: string;
  /** It must be there exactly once. */
  readonly from: string;
  readonly to: string;
}

/** Sources of the firmware with a change. */
export function changedSources({ file, from, to }: Change): string {
  const sources = ownFolder();
  // With their times: what is not changed need not be compiled again.
  cpSync(FIRMWARE, sources, { recursive: true, preserveTimestamps: true });
  const changed = path.join(sources, 'core', file);
  const text = readFileSync(changed, 'utf8');
  if (text.split(from).length !== 2) throw new Error(`${file} does not have exactly once: ${from}`);
  writeFileSync(
    changed,
    text.replace(from, () => to),
  );
  return sources;
}

/** A folder with the library of the firmware with a change; `unchanged` is that of the firmware as it is. */
export async function mutatedLibrary(
  change: Change,
  unchanged: string,
  settings: MutantSettings,
): Promise<string> {
  const out = ownFolder();
  cpSync(unchanged, out, { recursive: true, preserveTimestamps: true });
  return make('library', settings.sizes, { ...settings, sources: changedSources(change), out });
}

export interface MutantSettings {
  readonly sizes: Readonly<Record<string, number>>;
  readonly variables: Readonly<Record<string, string>>;
}
