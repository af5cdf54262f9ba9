/** What comes from a NATS server as a run's messages: anybody may have published it. */
import { z } from 'zod';
import { LIVE_VERSION, type LiveMessage, type RunHello } from '../messages.js';
import type { RunAnswer } from '../telemetry/subjects.js';

/** Beyond any array that is built. */
const MOST_ELEMENTS = 1 << 18;
const word = z.string().max(1000);
const count = z.number().int().nonnegative().max(MOST_ELEMENTS);
const BYTES_OF_A_PLACE = 24;

/** As far as what is computed of it depends on it. */
const hello = z
  .looseObject({
    ...{ type: z.literal('hello'), version: z.literal(LIVE_VERSION), id: z.string().regex(/^[0-9a-f]{12}$/) },
    ...{
      pid: z.number(),
      command: z.enum(['run', 'calibrate', 'steer']),
      startedAt: word,
      name: word,
      scheme: word,
    },
    ...{
      folder: z.string().max(10_000).nullable(),
      time: z.enum(['real', 'virtual']),
      slotDurationS: z.number(),
    },
    array: z.looseObject({
      ...{
        numElements: count.min(1),
        carrierHz: z.number().positive(),
        speedOfLightMPerS: z.number().positive(),
      },
      ...{ placesM: z.base64(), planar: z.object({ columns: count, rows: count }).nullable() },
    }),
    board: z.looseObject({ model: word, serialNumber: word, ports: z.array(word), isEmulated: z.boolean() }),
    band: z.object({ numSubcarriers: z.number(), bandwidthHz: z.number() }).nullable(),
    users: z.array(
      z.looseObject({ id: word, truthM: z.array(z.number()).length(3).nullable(), moves: z.boolean() }),
    ),
  })
  .refine(
    ({ array: { placesM, numElements, planar } }) =>
      Buffer.from(placesM, 'base64').length === BYTES_OF_A_PLACE * numElements &&
      (planar === null || planar.columns * planar.rows === numElements),
  );

const KNOWN: ReadonlySet<string> = new Set<LiveMessage['type']>([
  ...(['event', 'estimate', 'epoch', 'position', 'end', 'frame', 'settings'] as const),
]);

/** Null of what is none, or is of another version. */
export function helloOf(text: string): RunHello | null {
  return parsedHello(documentOf(text));
}

export function answerOf(text: string): RunAnswer | null {
  const document = documentOf(text);
  const told = parsedHello(document?.hello);
  if (told === null || typeof document?.host !== 'string' || typeof document.prefix !== 'string') return null;
  return { host: document.host, prefix: document.prefix, hello: told };
}

export interface Told {
  readonly message: LiveMessage;
  /** Null of what is not told again. */
  readonly sequence: number | null;
}

export function toldOf(text: string): Told | null {
  const document = documentOf(text);
  if (document === null || !KNOWN.has(String(document.type))) return null;
  const { sequence = null, ...message } = document;
  return {
    message: message as unknown as LiveMessage,
    sequence: typeof sequence === 'number' ? sequence : null,
  };
}

function parsedHello(document: unknown): RunHello | null {
  const { success, data } = hello.safeParse(document);
  return success ? (data as unknown as RunHello) : null;
}

function documentOf(text: string): Record<string, unknown> | null {
  try {
    const document: unknown = JSON.parse(text);
    return typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
