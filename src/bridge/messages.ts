/**
 * Control messages of `beamloop.ue.v1`: JSON text, one object per WebSocket message (docs/ue-protocol.md, "Control
 * messages"). Members that a receiver does not know are ignored, so that later versions can add some.
 */
import { z } from 'zod';
import { sensorSchema } from './sensor-reading.js';
import { areAscending, countSlots } from './slot-ranges.js';

export const UE_PROTOCOL = 'beamloop.ue.v1';
/** A control message is never longer than this, in UTF-16 units. */
export const MAX_CONTROL_LENGTH = 65_536;
/** An `estimate` carries the beams that were sent: the bridge's messages may be longer. */
export const MAX_CONTROL_LENGTH_FROM_BRIDGE = 1_000_000;
/** Slots that one `measure` may name. */
const MAX_SLOTS_PER_MEASURE = 65_536;
/** Slots whose powers a UE keeps for `estimate`. */
export const MAX_KEPT_SLOTS = 4096;

/** Reasons for which the bridge says `error` and closes. */
const REFUSALS = [
  'hello-expected',
  'hello-late',
  'wrong-protocol',
  'wrong-token',
  'unknown-ue',
  'duplicate-ue',
  'too-many-ues',
  'malformed',
  'window-exceeded',
  'too-fast',
  'too-slow',
  'replaced',
] as const;
export type RefusalCode = (typeof REFUSALS)[number];

const sequence = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const positive = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const key = z.string().min(1).max(128);
/** Text is never longer than this unless said otherwise, in UTF-16 units. */
export const MAX_TEXT_LENGTH = 200;
const shortText = z.string().min(1).max(MAX_TEXT_LENGTH);
const slot = z.number().int().min(0).max(0xffffffff);

const hello = z.object({
  type: z.literal('hello'),
  protocol: shortText,
  ueId: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 of A–Z a–z 0–9 . _ -'),
  token: z.string().max(1024).optional(),
  description: z.object({
    model: shortText,
    software: shortText,
    numSubcarriers: z.number().int().min(1).max(65_535),
    localEstimates: z.boolean().optional(),
    fullScale: z.number().positive().optional(),
    sensors: z.boolean().optional(),
  }),
  resume: z.object({ run: key, session: key }).optional(),
});
const measuring = z.object({ type: z.literal('measuring'), request: positive });
const cannotTell = z.object({ type: z.literal('cannot-tell'), request: positive, message: shortText });
const estimated = z.object({
  type: z.literal('estimated'),
  request: positive,
  sinAngle: z.number().min(-1).max(1),
  ringPerM: z.number().min(0),
});
const notEstimated = z.object({ type: z.literal('not-estimated'), request: positive, message: shortText });
const time = z.object({ type: z.literal('time'), ueTimeS: z.number() });
const bye = z.object({ type: z.literal('bye') });

const welcome = z.object({
  type: z.literal('welcome'),
  run: key,
  session: key,
  nextSequence: positive,
  acknowledged: sequence,
  window: positive,
  heartbeatS: z.number().positive().max(3600),
  limits: z.object({
    maxMessageBytes: positive,
    maxRecordsPerMessage: positive,
    maxSubcarriers: positive,
    recordsPerS: z.number().positive(),
    controlPerS: z.number().positive(),
  }),
  /** Only where readings are wanted: those beyond `after`, so many per second at most. */
  sensors: z.object({ after: sequence, readingsPerS: z.number().positive() }).optional(),
});
/** When a slot begins on the bridge's clock. */
const slotClock = z.object({
  slot,
  startS: z.number(),
  slotDurationS: z.number().positive(),
  /** `startS` is off by at most this. */
  uncertaintyS: z.number().min(0),
  /** `startS` is of the virtual clock of an emulation, which its UEs share. */
  virtual: z.boolean().optional(),
});
const measure = z.object({
  type: z.literal('measure'),
  request: positive,
  slots: z
    .array(z.tuple([slot, slot]))
    .min(1)
    .max(MAX_SLOTS_PER_MEASURE)
    .refine(areAscending, 'ranges must ascend')
    .refine((ranges) => countSlots(ranges) <= MAX_SLOTS_PER_MEASURE, 'too many slots'),
  keep: z.boolean().optional(),
  clock: slotClock.optional(),
});
const estimate = z.object({
  type: z.literal('estimate'),
  request: positive,
  slots: z.array(slot).min(1).max(MAX_KEPT_SLOTS),
  setup: z.unknown(),
});
const ack = z.object({ type: z.literal('ack'), through: sequence });
const timeAnswer = z.object({
  type: z.literal('time'),
  ueTimeS: z.number(),
  receivedS: z.number(),
  sentS: z.number(),
});
const notice = z.object({
  type: z.literal('notice'),
  code: shortText,
  message: z.string(),
  todo: z.string(),
});
const error = z.object({ type: z.literal('error'), code: shortText, message: z.string(), todo: z.string() });

/** What an answer to `estimate` must have so that it is known which request it answers, whatever else is wrong with it. */
const answerToEstimate = z.object({ type: z.enum(['estimated', 'not-estimated']), request: positive });

const fromUe = z.discriminatedUnion('type', [
  hello,
  measuring,
  cannotTell,
  estimated,
  notEstimated,
  sensorSchema,
  time,
  bye,
]);
const fromBridge = z.discriminatedUnion('type', [welcome, measure, estimate, ack, timeAnswer, notice, error]);

/** Types of the text messages that UEs send. */
export const MESSAGES_FROM_UE: ReadonlySet<string> = new Set([
  'hello',
  'measuring',
  'cannot-tell',
  'estimated',
  'not-estimated',
  'sensor',
  'time',
  'bye',
]);

export type Hello = z.infer<typeof hello>;
export type Welcome = z.infer<typeof welcome>;
export type Measure = z.infer<typeof measure>;
export type TimeAnswer = z.infer<typeof timeAnswer>;
export type Notice = z.infer<typeof notice>;
/** When slots are, on the bridge's clock; see docs/ue-protocol.md, "When a slot is". */
export type WireSlotClock = z.infer<typeof slotClock>;
export type EstimateRequest = z.infer<typeof estimate>;
/** What a UE says to a request. */
export type Answer =
  | z.infer<typeof measuring>
  | z.infer<typeof cannotTell>
  | z.infer<typeof estimated>
  | z.infer<typeof notEstimated>;
export type ErrorMessage = z.infer<typeof error>;
export type MessageFromUe = z.infer<typeof fromUe>;
export type MessageFromBridge = z.infer<typeof fromBridge>;

export type DecodedControl<M> =
  | { readonly ok: true; readonly message: M }
  | {
      readonly ok: false;
      readonly detail: string;
      /** The `estimate` request that the message means to answer; null when it answers none, or does not say which. */
      readonly answers: number | null;
    };

function decode<M>(schema: z.ZodType<M>, text: string, maxLength = MAX_CONTROL_LENGTH): DecodedControl<M> {
  if (text.length > maxLength)
    return { ok: false, detail: `longer than ${maxLength} characters`, answers: null };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, detail: 'not JSON', answers: null };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, message: parsed.data };
  const answers = answerToEstimate.safeParse(json).data?.request ?? null;
  return { ok: false, detail: firstIssue(parsed.error), answers };
}

function firstIssue({ issues: [issue] }: z.ZodError): string {
  return `${issue?.path.join('.') || 'message'}: ${issue?.message ?? 'invalid'}`;
}

/** What a bridge would object to in a point that a UE found; null when it is one. */
export function objectionToPoint(point: unknown): string | null {
  const parsed = estimated.pick({ sinAngle: true, ringPerM: true }).safeParse(point);
  return parsed.success ? null : firstIssue(parsed.error);
}

/** Decodes what a UE sent. Never throws. */
export function decodeFromUe(text: string): DecodedControl<MessageFromUe> {
  return decode(fromUe, text);
}

/** Decodes what a bridge sent. Never throws. */
export function decodeFromBridge(text: string): DecodedControl<MessageFromBridge> {
  return decode(fromBridge, text, MAX_CONTROL_LENGTH_FROM_BRIDGE);
}
