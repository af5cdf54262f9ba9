/**
 * Paths for DuckDB, which takes some for addresses: one that begins with `md:` or `s3:` names a service, and the log beside a
 * database is looked for before the first question mark, of the real path: no link hides it.
 */
import path from 'node:path';
import { BeamloopError } from '../core/errors.js';

/**
 * A path of the same file that DuckDB takes for one.
 *
 * @throws BAD_ARGUMENT for a folder with a question mark in its name.
 */
export function libraryPath(file: string): string {
  if (!path.resolve(file).includes('?')) return path.isAbsolute(file) ? file : `./${file}`;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: 'Recordings and data sets cannot be kept in a folder with a question mark in its path: the database takes it for an address',
    where: path.dirname(file),
    todo: 'Name another folder, with --out',
  });
}
