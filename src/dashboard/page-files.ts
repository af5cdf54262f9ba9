/** The built page: few files, read once. What is not among them cannot be asked for, whatever the path says. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { BeamloopError } from '../core/errors.js';
import { PACKAGE_FOLDER } from '../core/package-folder.js';

const FOLDER = path.join(PACKAGE_FOLDER, 'dist', 'page');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
}

/** By the path of their URL. Throws FILE_NOT_FOUND where the page was not built. */
export function readPageFiles(folder = FOLDER): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const name of listed(folder)) {
    const type = TYPES[path.extname(name)];
    if (type === undefined) continue;
    files.set(`/${name.replaceAll(path.sep, '/')}`, { type, bytes: readFileSync(path.join(folder, name)) });
  }
  const index = files.get('/index.html');
  if (index === undefined) throw notBuilt(folder);
  files.set('/', index);
  return files;
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true }).map(String);
  } catch (cause) {
    throw notBuilt(folder, cause);
  }
}

function notBuilt(folder: string, cause?: unknown): BeamloopError {
  return new BeamloopError('FILE_NOT_FOUND', {
    what: 'The page of the dashboard is not there',
    where: folder,
    todo: 'Build it: npm run build',
    cause,
  });
}
