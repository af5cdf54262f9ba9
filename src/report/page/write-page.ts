/** A page and its figures on disk. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder, writing } from '../../core/writing.js';
import { type Figure, renderFigure, WIDE_PX } from '../drawing/chart.js';

/** Writes a page into `folder` and its figures beside it into `figures/`. Throws FILE_UNWRITABLE. */
export async function writePage(
  folder: string,
  fileName: string,
  markup: string,
  figures: readonly Figure[],
): Promise<string> {
  const file = path.join(folder, fileName);
  await makeFolder('The report', path.join(folder, 'figures'));
  await writing('The report', folder, async () => {
    for (const figure of figures) {
      await writeFile(
        path.join(folder, 'figures', `${figure.id}.svg`),
        renderFigure(figure, WIDE_PX, 'file'),
      );
    }
    await writeFile(file, markup);
  });
  return file;
}
