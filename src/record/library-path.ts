/**
 * Paths for DuckDB, which takes some for addresses: one that begins with `md:` or `s3:` names a service, and the log beside a
 * database is looked for before the first question mark. A file's path must mean a file, whatever its folders are called.
 */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Folders with a question mark by the names that stand for them. */
const aliases = new Map<string, string>();

/** A path of the same file that DuckDB takes for one. */
export function libraryPath(file: string): string {
  if (!file.includes('?')) return path.isAbsolute(file) ? file : `./${file}`;
  const folder = path.resolve(path.dirname(file));
  const known = aliases.get(folder);
  if (known !== undefined) return path.join(known, path.basename(file));
  const place = mkdtempSync(path.join(tmpdir(), 'beamloop-recording-'));
  const alias = path.join(place, 'folder');
  symlinkSync(folder, alias, 'dir');
  process.once('exit', () => rmSync(place, { recursive: true, force: true }));
  aliases.set(folder, alias);
  return path.join(alias, path.basename(file));
}
