/**
 * Program that reads recordings for the dashboard, in a process of its own: what a broken file does to the database's library, and
 * the time that reading takes, are nothing to the server, which may have a board to mute.
 *
 *     recordings-process list FOLDER | compare FOLDER FOLDER …
 */
import { readCompared, settingDifferences } from '../campaign/compared-recordings.js';
import { comparisonOf } from '../campaign/comparison.js';
import { BeamloopError } from '../core/errors.js';
import { listRecordings } from './listed-recordings.js';
import { pageError } from './responses.js';

async function answer([what, ...folders]: readonly string[]): Promise<unknown> {
  if (what === 'list') return listRecordings(folders[0]!);
  const recordings = [];
  for (const folder of folders) recordings.push(await readCompared(folder));
  return { names: folders, ...comparisonOf(recordings, settingDifferences(recordings)) };
}

try {
  const document = await answer(process.argv.slice(2));
  process.stdout.write(`${JSON.stringify(document)}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: pageError(error) })}\n`);
  process.exitCode = error instanceof BeamloopError ? error.exitCode : 1;
}
