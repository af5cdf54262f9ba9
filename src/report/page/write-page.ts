/** A page and its figures on disk. */
import { rmSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { makeFolder, writing } from '../../core/writing.js';
import { type Figure, renderFigure, WIDE_PX } from '../drawing/chart.js';

const FIGURES = 'figures';

/**
 * Writes a page into `folder` and its figures beside it into `figures/`; all of it, or nothing where `signal` is raised or the
 * program ends meanwhile. Throws FILE_UNWRITABLE, or the signal's reason.
 */
export async function writePage(
  folder: string,
  fileName: string,
  markup: string,
  figures: readonly Figure[],
  signal?: AbortSignal,
): Promise<string> {
  const file = path.join(folder, fileName);
  const unfinished = path.join(folder, `.${fileName}-${process.pid}`);
  const discard = () => rmSync(unfinished, { recursive: true, force: true });
  process.once('exit', discard);
  try {
    const drawn: string[] = [];
    for (const figure of figures) {
      // Drawing takes a while, and whoever presses Ctrl-C must be heard.
      await setImmediate();
      signal?.throwIfAborted();
      drawn.push(renderFigure(figure, WIDE_PX, 'file'));
    }
    await makeFolder('The report', path.join(folder, FIGURES));
    await makeFolder('The report', path.join(unfinished, FIGURES));
    await writing('The report', folder, async () => {
      for (const [k, { id }] of figures.entries()) {
        await writeFile(path.join(unfinished, FIGURES, `${id}.svg`), drawn[k]!);
      }
      await writeFile(path.join(unfinished, fileName), markup);
      for (const { id } of figures) {
        const name = path.join(FIGURES, `${id}.svg`);
        await rename(path.join(unfinished, name), path.join(folder, name));
      }
      await rename(path.join(unfinished, fileName), file);
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true }).catch(() => {}); // why it is there is told already
    process.off('exit', discard);
  }
  return file;
}
