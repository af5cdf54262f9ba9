/** Schema of a board's template: how one's own serial or TCP board is spoken to. docs/boards.md is the reader's version. */
import { z } from 'zod';
import { BAUD } from '../../src/core/bounds.js';
import { upTo, zeroTo } from '../../src/core/settings-quantity.js';
import { CHECKSUMS } from './checksum.js';

const MOST_ELEMENTS = 4096;
const formatText = z.string().min(1).max(512);

/** A command, or one with what is said about it alone. */
const command = z.union([
  formatText,
  z.strictObject({
    send: formatText,
    /** Stands for {each}, once per element, with `between` them. */
    each: formatText.optional(),
    between: z.string().max(16).default(''),
    /** In place of those of `answers`. */
    ok: formatText.optional(),
    means: z.enum(['received', 'applied']).optional(),
  }),
]);
export type CommandSection = z.output<typeof command>;

export const templateSchema = z.strictObject({
  /** Of this format. */
  template: z.literal(1, 'must be 1, the version of the format of templates'),
  /** Where the board does not say it. */
  model: z.string().min(1).max(100).default('own board'),
  serialNumber: z.string().min(1).max(100).optional(),
  elements: z.int().min(2).max(MOST_ELEMENTS),
  phaseBits: z.int().min(1).max(16),
  amplitudeBits: z.int().min(0).max(16).default(0),
  /** What the board calls its first element. */
  firstElement: z.int().min(0).max(65_535).default(1),
  /** What the board calls each element, in the order of the array; counted on from `firstElement` unless given. */
  wiring: z.array(z.int().min(0).max(65_535)).optional(),
  speaks: z.enum(['text', 'bytes']),
  baud: z.int().min(BAUD.least).max(BAUD.most).default(115_200),
  /** Of a line of text. */
  ending: z.string().min(1).max(4).optional(),
  answerEnding: z.string().min(1).max(4).optional(),
  checksum: z
    .strictObject({
      kind: z.enum(CHECKSUMS),
      /** Leading bytes that it leaves out. */
      from: z.int().min(0).max(16).default(0),
      /** Before it; in text. */
      after: z.string().max(4).default(''),
      as: z.enum(['hex', 'HEX', 'u8', 'u16le', 'u16be']).optional(),
      /** Whether answers have it, too. */
      answers: z.boolean().default(true),
    })
    .optional(),
  /** Absent: the board does not answer. */
  answers: z
    .strictObject({
      ok: formatText,
      /** What a good answer says: that the command came, or that it is in force. */
      means: z.enum(['received', 'applied']).default('received'),
      errors: z
        .array(
          z.strictObject({
            answer: formatText,
            meaning: z.string().min(1).max(200),
            /** When the emulated board answers so. */
            when: z.enum(['unknown', 'checksum', 'range']).optional(),
          }),
        )
        .max(64)
        .default([]),
      timeout: upTo('60 s', 's').default(0.1),
      retries: z.int().min(0).max(20).default(2),
    })
    .optional(),
  hello: z.strictObject({ send: formatText, answer: formatText }).optional(),
  /** Codes of one element, or of all where it has {each}. */
  write: command.optional(),
  /** Codewords that the board keeps. */
  table: z
    .strictObject({
      depth: z.int().min(1).max(65_535),
      first: z.int().min(0).max(65_535).default(0),
      store: command,
      select: command,
    })
    .optional(),
  /** Puts in force what was written or selected. */
  apply: command.optional(),
  /** A line of the serial port that does. */
  trigger: z
    .strictObject({
      line: z.enum(['rts', 'dtr']),
      active: z.enum(['on', 'off']).default('on'),
      pulse: upTo('1 s', 's').default(1e-3),
    })
    .optional(),
  mute: command.optional(),
  unmute: command.optional(),
  timing: z
    .strictObject({
      /** From when the port is open until the board is spoken to. */
      warmUp: zeroTo('600 s', 's').default(0),
      /** From the end of a command until the answer begins. */
      answer: zeroTo('60 s', 's').default(2e-3),
      /** Between a command, or its answer, and the next one. */
      gap: zeroTo('60 s', 's').default(0),
      /** From when codes are in force until the beam stands. */
      settle: zeroTo('60 s', 's').default(0),
    })
    .prefault({}),
});

export type TemplateSection = z.output<typeof templateSchema>;
