/** `manifest.json` of a data set: what its table is, where it came from, and what was wrong with it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { BeamloopError } from '../../../core/errors.js';
import { invalid } from '../problems.js';

export const FORMAT = 'beamloop data set';
/** A reader takes its own version and, once there are some, older ones. */
export const FORMAT_VERSION = 1;
export const MANIFEST = 'manifest.json';

const place = z.tuple([z.number(), z.number(), z.number()]);
const common = {
  format: z.literal(FORMAT),
  formatVersion: z.literal(FORMAT_VERSION),
  madeBy: z.string(),
  source: z.object({
    layout: z.string(),
    /** Absolute, so that images are found; null where there is no one folder. */
    folder: z.string().nullable(),
    files: z.array(z.string()),
  }),
  table: z.string(),
  numRows: z.int().nonnegative(),
  /** SHA-256 of the table, in hexadecimal digits. */
  contentHash: z.string(),
  problems: z.array(
    z.object({ what: z.string(), count: z.int(), where: z.array(z.string()), consequence: z.string() }),
  ),
};

const manifestSchema = z.discriminatedUnion('kind', [
  z.object({
    ...common,
    kind: z.literal('samples'),
    numBeams: z.int().nullable(),
    /** Keys of codewords, in which labels count; null where they count beams of a sweep. */
    codebook: z.array(z.string()).nullable(),
    numPasses: z.int(),
    numSegments: z.int(),
    /** Usual step from sample to sample, s. */
    stepS: z.number().nullable(),
    /** From which `source_label` counts; `label` counts from 0. */
    sourceLabelBase: z.union([z.literal(0), z.literal(1)]).nullable(),
    origin: z.object({ latitudeDeg: z.number(), longitudeDeg: z.number() }).nullable(),
  }),
  z.object({
    ...common,
    kind: z.literal('windows'),
    numPasses: z.int(),
    passesAreInferred: z.boolean(),
    history: z.int().positive(),
    future: z.int().positive(),
  }),
  z.object({
    ...common,
    kind: z.literal('paths'),
    carrierHz: z.number().nullable(),
    bandwidthHz: z.number().nullable(),
    bases: z.array(z.object({ base: z.string(), positionM: place.nullable() })),
  }),
]);

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestOf<K extends Manifest['kind']> = Extract<Manifest, { readonly kind: K }>;

/** @throws FILE_NOT_FOUND; DATASET_INVALID for a folder without a manifest, and for one of another version. */
export async function readManifest(folder: string): Promise<Manifest> {
  const file = path.join(folder, MANIFEST);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new BeamloopError('FILE_NOT_FOUND', {
      what: 'There is no manifest.json of a data set',
      where: folder,
      todo: 'Give a folder that beamloop dataset import or export wrote',
      cause,
    });
  }
  const todo = 'Import the source again with this version of beamloop';
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw invalid(`The manifest is no JSON: ${(cause as Error).message}`, file, todo, cause);
  }
  const { format, formatVersion } = (data ?? {}) as { format?: unknown; formatVersion?: unknown };
  if (format === FORMAT && formatVersion !== FORMAT_VERSION) {
    throw invalid(
      `The data set is of version ${formatVersion}, and this beamloop reads ${FORMAT_VERSION}`,
      file,
      todo,
    );
  }
  const checked = manifestSchema.safeParse(data);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw invalid(`This is no manifest of a data set: ${issue?.path.join('.')}: ${issue?.message}`, file, todo);
}
