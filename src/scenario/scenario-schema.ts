/** Schema of scenario files: keys, units, defaults. docs/scenario.md is the reader's version. */
import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import type { Evidence } from '../../drivers/array-board.js';
import { DEFAULT_LIMITS } from '../bridge/limits.js';
import { BAUD, LEVEL } from '../core/bounds.js';
import { clipped } from '../core/printable.js';
import { levelOrInfinite, quantity, upTo, within, zeroTo } from '../core/settings-quantity.js';
import { schemeSchema } from '../training/registry.js';
import './schemes.js';
import { arraySchema } from './array-schema.js';
import { type BOARD_DRIVERS, boardDriverKeys, keysOfDriver } from './board-driver-schema.js';
import { motionSchema } from './motion-schema.js';
import { positionSchema, regionSchema } from './place-schema.js';
import { radioSchema } from './radio-schema.js';
import { sensorsSchema, windowsSchema } from './sensors-schema.js';
import { portsOfTiles, type TileSection, tilesSchema } from './tiles-schema.js';
import { trackingSchema } from './tracking-schema.js';

const slots = z.strictObject({
  duration: upTo('60 s', 's'),
  /** From the last power of a batch until what comes next is sent. */
  turnaround: zeroTo('60 s', 's').default(2e-3),
  contiguous: z.boolean().default(false),
  userTimeLimit: upTo('604800 s', 's').optional(),
  /** A pilot whose slots all failed ends its user's training. */
  maxAttempts: z.int().min(1).max(100).default(5),
});

/** Of a line of sight it is about 1. */
const gainPart = quantity('1').pipe(z.number('must be finite').min(-1e6).max(1e6));

const pathList = z
  .array(
    z
      .strictObject({ gain: z.tuple([gainPart, gainPart]), position: positionSchema })
      .transform(({ gain: [re, im], position: positionM }) => ({ gain: { re, im }, positionM })),
  )
  .nonempty('must list at least one path')
  .max(1001, 'must list at most 1001 paths')
  .refine(
    (paths) => paths.some(({ gain: { re, im } }) => Math.fround(re * re + im * im) > 0),
    'must list a path with a gain: over these nothing is received',
  );

const signalToNoise = levelOrInfinite(LEVEL).refine(
  (snrDb) => snrDb !== -Infinity,
  'must be at least -300 dB; Infinity means no noise',
);
const ricianFactor = levelOrInfinite(LEVEL);

const snrShape = {
  /** Of a pilot of unit norm. */
  snr: signalToNoise.optional(),
  /** Of a perfectly focused beam: the array's gain on top. */
  beamformedSnr: signalToNoise.optional(),
};

function oneSnr(
  given: { readonly snr?: number | undefined; readonly beamformedSnr?: number | undefined },
  context: z.core.$RefinementCtx,
): void {
  if (given.snr === undefined || given.beamformedSnr === undefined) return;
  context.addIssue({
    code: 'custom',
    path: ['beamformedSnr'],
    message: "does not go with 'snr'; choose one",
  });
}

/** What every user's channel is like unless the user says otherwise. */
const channel = z
  .strictObject({
    ...snrShape,
    ricianFactor: ricianFactor.default(13),
    scatterers: z.int().min(0).max(1000).default(5),
    /** Where scatterers are, and drawn users. */
    region: regionSchema.optional(),
  })
  .superRefine(oneSnr);

const user = z
  .strictObject({
    id: z
      .string()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
        'must be 1 to 64 letters, digits, dots, dashes or underscores',
      ),
    position: positionSchema.optional(),
    /** Of an emulated user, where it really is; the scenario takes it to be at its position. */
    emulatedAt: positionSchema.optional(),
    /** Of an emulated user, where its receiver clips, over a pilot of unit norm on a path of gain 1. */
    fullScale: within(LEVEL).optional(),
    /** In place of a position. */
    motion: motionSchema.optional(),
    /** In place of those for all users. */
    sensors: z.union([z.literal('none'), sensorsSchema]).optional(),
    /** When nothing but noise comes through. */
    blocked: windowsSchema.optional(),
    /** When its UE is not connected. */
    away: windowsSchema.optional(),
    ...snrShape,
    ricianFactor: ricianFactor.optional(),
    scatterers: z.int().min(0).max(1000).optional(),
    /** In place of drawn paths. */
    paths: pathList.optional(),
  })
  .superRefine(oneSnr)
  .superRefine((given, context) => {
    if (given.motion === undefined || given.position === undefined) return;
    context.addIssue({
      code: 'custom',
      path: ['motion'],
      message: "does not go with 'position'; choose one",
      params: { todo: "A motion has a place of its own to begin at: 'start', or its first point" },
    });
  })
  .superRefine(({ emulatedAt, position, paths }, context) => {
    if (emulatedAt === undefined) return;
    const message =
      position === undefined
        ? "needs a 'position' that it differs from"
        : "does not go with 'paths', which say where signals come from; choose one";
    if (position !== undefined && paths === undefined) return;
    context.addIssue({ code: 'custom', path: ['emulatedAt'], message });
  });

const listedUsers = z
  .array(user)
  .nonempty('must list at least one user')
  .max(
    DEFAULT_LIMITS.maxUes,
    `must list at most ${DEFAULT_LIMITS.maxUes} users: the bridge serves no more at once`,
  )
  .superRefine((users, context) => {
    const seen = new Set<string>();
    for (const [k, { id }] of users.entries()) {
      if (seen.has(id)) {
        context.addIssue({ code: 'custom', message: `'${id}' is the id of another user`, path: [k, 'id'] });
      }
      seen.add(id);
    }
  });

const drawnUsers = z
  .strictObject({
    count: z.int().min(1).max(DEFAULT_LIMITS.maxUes),
    /** Of each of them; begins where the user is drawn unless it says where. */
    motion: motionSchema.optional(),
    /** Seed of a synthetic city, in whose streets they stand. */
    city: z.int().min(0).max(1_000_000).optional(),
  })
  .superRefine(({ motion, city }, context) => {
    if (motion === undefined || city === undefined) return;
    context.addIssue({
      code: 'custom',
      path: ['motion'],
      message: "does not go with 'city'; choose one",
      params: { todo: 'The ways that waves go through a city are known for users that stand still' },
    });
  });

function from1Ms(mostS: number, tooLong: string) {
  return quantity('s').pipe(
    z.number('must be finite').min(1e-3, 'must be at least 1 ms').max(mostS, tooLong),
  );
}

/** Timers cannot wait longer than 24 days. */
const patience = from1Ms(604_800, 'must not be above a week');

const bridge = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  /** 0 = any free port. */
  port: z.int().min(0).max(65_535).default(0),
  token: z.string().min(1).optional(),
  /** How long to wait for a UE to connect, and to come back. */
  ueTimeout: patience.default(60),
  /** How long to wait for the power of a slot that was latched. */
  powerTimeout: patience.default(5),
  /** `estimate`: UEs keep a wideband scheme's powers and estimate by themselves. */
  feedback: z.enum(['powers', 'estimate']).default('powers'),
});

/** `emulatd` is no device. */
function notAlmostEmulated(port: string, context: z.core.$RefinementCtx): void {
  const word = port.slice(0, 30).toLowerCase();
  if (port === 'emulated' || distance(word, 'emulated') > 3) return;
  context.addIssue({
    code: 'custom',
    message: `there is no port "${clipped(port)}"`,
    params: { todo: "Did you mean 'emulated'? A device has a path such as /dev/ttyUSB0, or usb:VID:PID" },
  });
}

const lineLevel = z.enum(['on', 'off']).optional();

/** An emulated board has no such lines. */
function onlyOfSerialPorts(
  given: {
    readonly port: string;
    readonly tiles?: readonly TileSection[] | undefined;
    readonly dtr?: unknown;
    readonly rts?: unknown;
  },
  context: z.core.$RefinementCtx,
): void {
  if (given.port !== 'emulated' || given.tiles?.[0]?.port !== undefined) return;
  for (const key of ['dtr', 'rts'] as const) {
    if (given[key] === undefined) continue;
    const message = 'is a line of serial ports; an emulated board has none';
    context.addIssue({
      code: 'custom',
      path: [key],
      message,
      params: { todo: 'Leave it out, or name a port' },
    });
  }
}

/** Schema of a scenario; `emulated` is that of the section that describes an emulated board. */
export function scenarioSchema<E extends z.ZodType>(emulated: E) {
  return z.strictObject({
    title: z.string().optional(),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(1),
    array: arraySchema,
    board: z
      .strictObject({
        /** `emulated`, or a port as docs/ports.md names it. */
        port: z.string().min(1).superRefine(notAlmostEmulated).default('emulated'),
        /** Several boards that are one array, in place of one. */
        tiles: tilesSchema.optional(),
        /** How far apart they may begin one slot, s; half of it unless given. */
        alignment: upTo('1 s', 's').optional(),
        ...boardDriverKeys,
        baud: z.int().min(BAUD.least).max(BAUD.most).default(3_000_000),
        /** How long the board may take to answer after its port was opened, s. */
        openTimeout: from1Ms(600, 'must not be above 600 s').default(3),
        /** Levels of the lines of a serial port once it is open; left to the system unless given. */
        dtr: lineLevel,
        rts: lineLevel,
        /** Calibration table of this very board; taken relative to the scenario file. */
        calibration: z.string().min(1).optional(),
        /** Run even when pilots need delays beyond the board's range. */
        allowClipping: z.boolean().default(false),
        /** Even elements out by the gains of the calibration, at the cost of the stronger ones' power. */
        equaliseGains: z.boolean().default(false),
        emulated,
      })
      .superRefine(onlyOfSerialPorts)
      .superRefine(portsOfTiles)
      .superRefine(keysOfDriver),
    slots,
    scheme: schemeSchema,
    channel: channel.prefault({}),
    users: z.union([listedUsers, drawnUsers]),
    /** Of all users that do not say otherwise. */
    sensors: sensorsSchema.optional(),
    bridge: bridge.prefault({}),
    /** UEs are radios. */
    radio: radioSchema.optional(),
    /** Users are tracked, not only found. */
    tracking: trackingSchema.optional(),
  });
}

/** A scenario with quantities in SI units and defaults filled in; users not drawn yet (users.ts). */
export type Scenario<E = unknown> = Omit<z.output<ReturnType<typeof scenarioSchema>>, 'board'> & {
  readonly board: {
    /** `emulated`, or a port; of several boards theirs. */
    readonly port: string;
    readonly tiles?: readonly TileSection[] | undefined;
    readonly alignment?: number | undefined;
    /** Absent for boards with beamloop's firmware. */
    readonly driver?: (typeof BOARD_DRIVERS)[number] | undefined;
    readonly file?: string | undefined;
    /** What `file` holds. */
    readonly fileText?: string | undefined;
    readonly trust?: Evidence | undefined;
    readonly hostJitter?: number | undefined;
    readonly wiring?: readonly number[] | undefined;
    readonly answerTime?: number | undefined;
    readonly baud: number;
    readonly openTimeout: number;
    readonly dtr?: 'on' | 'off' | undefined;
    readonly rts?: 'on' | 'off' | undefined;
    readonly calibration?: string;
    readonly allowClipping: boolean;
    readonly equaliseGains: boolean;
    readonly emulated: E;
  };
};
