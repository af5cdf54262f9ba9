import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE_FOLDER } from './package-folder.js';

/** Version of beamloop, from package.json. */
export const VERSION = readVersion();

function readVersion(): string {
  const file = path.join(PACKAGE_FOLDER, 'package.json');
  return existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
    : 'unknown';
}
