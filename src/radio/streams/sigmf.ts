/**
 * SigMF recordings (sigmf.org, core namespace): a `.sigmf-meta` file in JSON beside a `.sigmf-data` file of samples. Captures that do not
 * follow each other without a gap are told as gaps.
 */
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { BeamloopError } from '../../core/errors.js';
import { chunksOf } from './byte-streams.js';
import { formatFor, type SampleStream } from './sample-stream.js';

/** Of SigMF's data types, those that can be read. */
const DATA_TYPES: Readonly<Record<string, string>> = {
  cu8: 'cu8',
  ci8: 'cs8',
  ci16_le: 'cs16',
  cf32_le: 'cf32',
};

const count = z.int().min(0);
const metadata = z.looseObject({
  global: z.looseObject({
    'core:datatype': z.string(),
    'core:sample_rate': z.number().positive().optional(),
    'core:num_channels': z.int().min(1).default(1),
    'core:offset': count.default(0),
    'core:dataset': z.string().optional(),
    'core:metadata_only': z.boolean().default(false),
    'core:trailing_bytes': count.default(0),
  }),
  captures: z
    .array(
      z.looseObject({
        'core:sample_start': count,
        'core:global_index': count.optional(),
        'core:frequency': z.number().optional(),
        'core:header_bytes': count.default(0),
      }),
    )
    .default([]),
  annotations: z
    .array(
      z.looseObject({
        'core:sample_start': count,
        'core:sample_count': count.optional(),
        'core:label': z.string().optional(),
      }),
    )
    .default([]),
});

type Metadata = z.output<typeof metadata>;

/** Labels of annotations that say that samples are missing or wrong. */
const LOST = /^(gap|overflow|overrun|dropped)/i;

/** Label of annotations that say where a slot starts. */
const TRIGGER = 'trigger';

export interface SigmfStream extends SampleStream {
  /** Of the first capture, Hz; null where it does not say. */
  readonly frequencyHz: number | null;
}

/** @throws FILE_NOT_FOUND, FILE_UNREADABLE, SAMPLES_INVALID naming the field. */
export function sigmfStream(path: string, format: string | null): SigmfStream {
  const meta = readMetadata(path);
  const { global, captures } = meta;
  const own = DATA_TYPES[global['core:datatype']];
  if (own === undefined)
    throw invalid(
      path,
      'global.core:datatype',
      `samples of type ${global['core:datatype']} cannot be read`,
      `Convert it to one of ${Object.keys(DATA_TYPES).join(', ')}`,
    );
  if (global['core:num_channels'] !== 1)
    throw invalid(
      path,
      'global.core:num_channels',
      `it has ${global['core:num_channels']} channels, and a UE is one`,
      'Take one channel out, such as with the sigmf package for Python',
    );
  if (global['core:sample_rate'] === undefined)
    throw invalid(
      path,
      'global.core:sample_rate',
      'it is missing',
      'Write at how many samples per second it was recorded',
    );
  const chosen = formatFor(format, own, path);
  const dataPath = dataPathOf(path, meta);
  const pieces = piecesOf(meta, sizeOf(dataPath, path) - global['core:trailing_bytes'], chosen.bytes, path);
  return {
    name: path,
    format: chosen,
    sampleRateHz: global['core:sample_rate'],
    tellsGaps: true,
    isRecording: true,
    triggers: triggersOf(pieces, meta, chosen.bytes),
    frequencyHz: captures[0]?.['core:frequency'] ?? null,
    async *read(signal) {
      for (const { from, to, isAfterGap } of pieces) {
        if (isAfterGap) yield null;
        if (to <= from) continue;
        yield* chunksOf(
          createReadStream(dataPath, { start: from, end: to - 1, highWaterMark: 1 << 18 }),
          dataPath,
          signal,
        );
        if (signal.aborted) return;
      }
    },
  };
}

interface Piece {
  /** Bytes of the file of samples. */
  readonly from: number;
  readonly to: number;
  /** Of the recording's samples, the one at `from`. */
  readonly first: number;
  readonly isAfterGap: boolean;
}

/** What of the file of samples is read, and where something is missing in between. */
function piecesOf(
  { global, captures, annotations }: Metadata,
  bytes: number,
  size: number,
  path: string,
): Piece[] {
  const offset = global['core:offset'];
  const starts = captures.length === 0 ? [{ 'core:sample_start': offset, 'core:header_bytes': 0 }] : captures;
  const pieces: Piece[] = [];
  let headers = 0;
  let expectedIndex: number | null = null;
  starts.forEach((capture, k) => {
    const start = capture['core:sample_start'] - offset;
    const end = starts[k + 1] === undefined ? Infinity : starts[k + 1]!['core:sample_start'] - offset;
    if (start < 0 || end < start)
      throw invalid(
        path,
        `captures[${k}].core:sample_start`,
        start < 0 ? `it is before the recording's core:offset of ${offset}` : 'captures are not in order',
        'Correct the metadata',
      );
    headers += capture['core:header_bytes'];
    const from = headers + start * size;
    const to = Math.min(bytes, headers + end * size);
    if (from > bytes)
      throw invalid(
        path,
        `captures[${k}].core:sample_start`,
        'it is beyond the end of the samples',
        'Get the whole file of samples',
      );
    const index: number | null = capture['core:global_index'] ?? null;
    const isAfterGap = index !== null && expectedIndex !== null && index !== expectedIndex;
    expectedIndex = index === null ? null : index + (end - start);
    pieces.push(...cutAtAnnotations({ from, to, first: start, isAfterGap }, annotations, offset, size));
  });
  return pieces;
}

/** Samples that an annotation calls lost are left out. */
function cutAtAnnotations(
  piece: Piece,
  annotations: Metadata['annotations'],
  offset: number,
  size: number,
): Piece[] {
  const lost = annotations
    .filter((each) => LOST.test(each['core:label'] ?? ''))
    .map((each) => ({
      from: piece.from + (each['core:sample_start'] - offset - piece.first) * size,
      count: (each['core:sample_count'] ?? 0) * size,
    }))
    .filter(({ from }) => from >= piece.from && from < piece.to)
    .sort((a, b) => a.from - b.from);
  const out: Piece[] = [];
  const firstAt = (byte: number) => piece.first + (byte - piece.from) / size;
  let at = piece.from;
  let isAfterGap = piece.isAfterGap;
  for (const { from, count: length } of lost) {
    if (from > at) {
      out.push({ from: at, to: from, first: firstAt(at), isAfterGap });
      isAfterGap = true;
    } else isAfterGap ||= true;
    at = Math.max(at, from + length);
  }
  out.push({ from: at, to: piece.to, first: firstAt(at), isAfterGap });
  return out;
}

/** Of the samples that are read, those that annotations call triggers. */
function triggersOf(
  pieces: readonly Piece[],
  { annotations, global }: Metadata,
  size: number,
): readonly number[] {
  const marked = annotations
    .filter((each) => each['core:label'] === TRIGGER)
    .map((each) => each['core:sample_start'] - global['core:offset'])
    .sort((a, b) => a - b);
  const found: number[] = [];
  let next = 0;
  let before = 0;
  // Both are in order.
  for (const { from, to, first } of pieces) {
    const count = Math.max(0, Math.floor((to - from) / size));
    while (marked[next]! < first) next++;
    for (; marked[next]! < first + count; next++) found.push(before + marked[next]! - first);
    before += count;
  }
  return found;
}

function readMetadata(path: string): Metadata {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new BeamloopError(isMissing ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE', {
      what: isMissing
        ? 'There is no such recording'
        : `The metadata cannot be read: ${(cause as Error).message}`,
      where: path,
      todo: 'Name the .sigmf-meta file of a SigMF recording',
      cause,
    });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new BeamloopError('SAMPLES_INVALID', {
      what: `The metadata of the recording is no JSON: ${(cause as Error).message}`,
      where: path,
      todo: 'Name the .sigmf-meta file of a SigMF recording',
      cause,
    });
  }
  const parsed = metadata.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(path, issue!.path.join('.'), issue!.message, 'Correct the metadata');
}

function dataPathOf(path: string, { global }: Metadata): string {
  if (global['core:metadata_only'])
    throw invalid(
      path,
      'global.core:metadata_only',
      'it has no samples',
      'Get the recording with its file of samples',
    );
  if (global['core:dataset'] !== undefined) {
    const slash = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
    return path.slice(0, slash + 1) + global['core:dataset'];
  }
  return path.replace(/\.sigmf-meta$/, '.sigmf-data');
}

function sizeOf(dataPath: string, path: string): number {
  try {
    return statSync(dataPath).size;
  } catch (cause) {
    throw new BeamloopError('FILE_NOT_FOUND', {
      what: 'The file of samples of the recording is missing',
      where: dataPath,
      todo: `Put it beside ${path}`,
      cause,
    });
  }
}

function invalid(path: string, field: string, what: string, todo: string): BeamloopError {
  return new BeamloopError('SAMPLES_INVALID', {
    what: `The recording cannot be read: ${field}: ${what}`,
    where: path,
    todo,
  });
}
