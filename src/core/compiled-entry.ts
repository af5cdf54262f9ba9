import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Path of a module that is to run as a process or thread of its own, given relative to the file at `fromUrl`. They run
 * compiled code; where the caller runs from source (under the test runner), that is in dist/.
 */
export function compiledEntry(relativePath: string, fromUrl: string): string {
  const beside = new URL(relativePath, fromUrl);
  if (existsSync(beside)) return fileURLToPath(beside);
  const root = new URL('../../', import.meta.url).href;
  return fileURLToPath(beside.href.replace(root, `${root}dist/`));
}
