/** What a recording in an object store consists of. It is put there last, so that what is listed is whole. */
import { z } from 'zod';

const MOST_FILES = 100_000;
/** Of a path in a folder, with `/` between its parts. */
const MOST_CHARACTERS = 1000;

/** Whoever may write to the store could name any file of whoever gets it. */
function isInside(file: string): boolean {
  const isPlain = [...file].every((character) => character >= ' ' && !'\\:\u007f'.includes(character));
  return isPlain && file.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

const manifest = z
  .object({
    schema: z.literal('beamloop.recording.v1'),
    files: z
      .array(
        z.object({
          /** Path in the folder of the recording. */
          file: z.string().max(MOST_CHARACTERS).refine(isInside),
          /** Name of its object. */
          object: z
            .string()
            .min(1)
            .max(MOST_CHARACTERS + 200),
          numBytes: z.number().int().nonnegative(),
          /** As the store has it: `SHA-256=` and base64. */
          digest: z.string(),
        }),
      )
      .min(1)
      .max(MOST_FILES),
  })
  .refine(({ files }) => new Set(files.map(({ file }) => file)).size === files.length);

export type Manifest = z.infer<typeof manifest>;

/** Null of what is none. */
export function manifestOf(text: string): Manifest | null {
  try {
    return manifest.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Of a recording in the store: it names a folder where it is got. */
export function isArchiveName(name: string): boolean {
  return name.length <= 200 && isInside(name) && !name.includes('/');
}
