import type { DatasetRow } from './parquet/columns.js';
import type { Sample } from './samples.js';

/** A sample as a row of the table. */
export function sampleRow(row: number, sample: Sample, imageBytes: Uint8Array | null): DatasetRow<'samples'> {
  return {
    row,
    ...{ recording: sample.recording, user: sample.user, pass: sample.pass, segment: sample.segment },
    ...{
      source_index: sample.index,
      time_s: sample.timeS,
      powers: sample.powers,
      codewords: sample.codewords,
    },
    ...{ label: sample.label, source_label: sample.sourceLabel, x_m: sample.xM, y_m: sample.yM },
    ...{ image: sample.image, image_bytes: imageBytes },
  };
}
