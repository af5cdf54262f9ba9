/** Makes data sets of recordings of one's own campaigns. */
import { BeamloopError } from '../../../core/errors.js';
import type { DatasetRow } from '../parquet/columns.js';
import type { ManifestOf } from '../parquet/manifest.js';
import { writeDataset } from '../parquet/write-dataset.js';
import { Problems } from '../problems.js';
import { sampleRow } from '../sample-row.js';
import { type Counters, codebookOf, type NamedRecording, recordingSamples } from './recording-samples.js';

export interface RecordingExportOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (numDone: number, numRecordings: number) => void;
}

/**
 * A row per user and epoch, or batch of pilots, that was measured.
 *
 * @throws BAD_ARGUMENT for recordings of one name, for ones in which nothing was measured and for a folder that holds a data
 *   set, FILE_UNWRITABLE, and what reading a recording throws.
 */
export async function exportToDataset(
  recordings: readonly NamedRecording[],
  out: string,
  { signal, onProgress }: RecordingExportOptions = {},
): Promise<ManifestOf<'samples'>> {
  const names = recordings.map(({ name }) => name);
  const twice = names.find((name, k) => names.indexOf(name) !== k);
  if (twice !== undefined) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `Two of the recordings are called ${twice}; their samples could not be told apart`,
      todo: 'Rename the folder of one',
    });
  }
  const codebook = await codebookOf(recordings);
  const counters: Counters = { pass: 0, segment: -1 };
  const problems = new Problems();
  async function* rows(): AsyncGenerator<DatasetRow<'samples'>> {
    let row = 0;
    for (const [k, named] of recordings.entries()) {
      onProgress?.(k, recordings.length);
      for await (const sample of recordingSamples(named, codebook, counters, problems, signal)) yield sampleRow(row++, sample, null);
    }
    onProgress?.(recordings.length, recordings.length);
    if (row > 0) return;
    throw new BeamloopError('BAD_ARGUMENT', {
      what: 'Nothing was measured in the recordings',
      where: names.join(', '),
      todo: 'Export recordings of runs that went on to their first pilots, at least',
    });
  }
  return writeDataset(out, 'samples', rows(), () => ({
    source: { layout: 'recordings of beamloop', folder: null, files: names },
    problems: problems.list().map(({ where, ...rest }) => ({ ...rest, where: [...where] })),
    ...{ numBeams: null, codebook, numPasses: counters.pass, numSegments: counters.segment + 1 },
    ...{ stepS: null, sourceLabelBase: 0 as const, origin: null },
  }));
}
