/** A page and its figures on disk. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BeamloopError } from '../../core/errors.js';
import { type Figure, renderFigure, WIDE_PX } from '../drawing/chart.js';

/** Writes a page into `folder` and its figures beside it into `figures/`. Throws FILE_UNWRITABLE. */
export async function writePage(
  folder: string,
  fileName: string,
  markup: string,
  figures: readonly Figure[],
): Promise<string> {
  const file = path.join(folder, fileName);
  try {
    await mkdir(path.join(folder, 'figures'), { recursive: true });
    for (const figure of figures) {
      await writeFile(
        path.join(folder, 'figures', `${figure.id}.svg`),
        renderFigure(figure, WIDE_PX, 'file'),
      );
    }
    await writeFile(file, markup);
  } catch (error) {
    throw new BeamloopError('FILE_UNWRITABLE', {
      what: `The report cannot be written: ${(error as Error).message}`,
      where: folder,
      todo: 'Check that the folder is writable and the disk has room',
      cause: error,
    });
  }
  return file;
}
