import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where beamloop itself is: the folder of its package.json. It lies one folder further up from compiled code than from source. */
export const PACKAGE_FOLDER = packageFolder();

function packageFolder(): string {
  const folders = ['../..', '../../..'].map((relative) => fileURLToPath(new URL(relative, import.meta.url)));
  return folders.find((folder) => existsSync(path.join(folder, 'package.json'))) ?? folders[0]!;
}
