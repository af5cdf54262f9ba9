import { existsSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE_FOLDER } from '../../core/package-folder.js';

/** The folder itself where there is one, else the one under that name that comes with beamloop. */
export function modelFolder(written: string): string {
  if (existsSync(written) || path.isAbsolute(written)) return written;
  const name = path
    .normalize(written)
    .replaceAll(path.sep, '/')
    .replace(/^scenarios\//, '');
  const shipped = path.join(PACKAGE_FOLDER, 'scenarios', name);
  return !name.startsWith('../') && existsSync(shipped) ? shipped : written;
}
