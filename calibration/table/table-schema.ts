/** What a calibration table may say, as a file. docs/calibration.md shows one. */
import { z } from 'zod';
import { list, quantity, upTo, upToEitherWay } from '../../src/core/settings-quantity.js';

const TURN = 2 * Math.PI;

/** A whole turn either way; beyond, degrees were probably taken for radians. */
const phase = quantity('rad', 'or the unit once for the list: { unit: deg, values: [3, -11] }').superRefine(
  (value, context) => {
    if (Math.abs(value) <= TURN * (1 + 1e-12)) return;
    context.addIssue({
      code: 'custom',
      message: `must be from -360 deg to 360 deg, not ${Number(value.toPrecision(6))} rad: if these are degrees, the unit is deg`,
    });
  },
);
const phases = list(phase);
const delays = list(
  upToEitherWay('1 us', 's', 'or the unit once for the list: { unit: ps, values: [1.2, 0] }'),
);
const gains = list(upToEitherWay('80 dB', 'dB'));
const ratios = z.union([
  z.array(z.number().min(-0.5).max(0.5)).nonempty('must list at least one value'),
  z
    .strictObject({ unit: z.literal('percent'), values: z.array(z.number().min(-50).max(50)).nonempty() })
    .transform(({ values }) => values.map((value) => value / 100)),
]);
const codePhases = z
  .strictObject({
    unit: z.enum(['deg', 'rad']),
    values: z.array(z.array(z.number()).nonempty()).nonempty('must list every element'),
  })
  .transform(({ unit, values }) => {
    const toRad = unit === 'deg' ? Math.PI / 180 : 1;
    return values.map((codes) => codes.map((value) => value * toRad));
  });
/** As people count them: from 1. */
const elements = z.array(
  z.int('must be a whole number').min(1, 'elements are counted from 1 in tables; 0 is none'),
);

const measured = z.strictObject({
  firmware: z.string().optional(),
  carrier: upTo('10 THz', 'Hz').optional(),
  bandwidth: upTo('10 THz', 'Hz').optional(),
  /** Of the board, degrees Celsius. */
  temperatureC: z.number().min(-100).max(200).optional(),
  /** ISO 8601. */
  date: z
    .string()
    .refine((text) => !Number.isNaN(Date.parse(text)), 'must be a date, such as 2026-03-14T09:30:00Z')
    .optional(),
  procedure: z.string().min(1).optional(),
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  /** m. */
  positions: z.array(z.array(z.number()).min(2).max(3)).optional(),
  snr: quantity('dB').optional(),
  slots: z.int().min(1).optional(),
  /** Phase error per element that is left, rms, as expected of the noise. */
  residual: upTo('180 deg', 'rad').optional(),
  /** In words. */
  notes: z.array(z.string()).optional(),
});

export const tableSchema = z.strictObject({
  /** The serial number that the board gives of itself: a table belongs to one board. */
  board: z.string().min(1),
  phaseError: phases,
  delayError: delays.optional(),
  lineError: z.array(delays).nonempty('must list every line').optional(),
  delayGainError: ratios.optional(),
  codeError: codePhases.optional(),
  gain: gains.optional(),
  phaseInterval: phases.optional(),
  gainInterval: gains.optional(),
  dead: elements.optional(),
  stuck: elements.optional(),
  measured: measured.optional(),
  /** Of all the rest, as `hashOf` makes it. */
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be the 64 hexadecimal digits that beamloop wrote')
    .optional(),
});

/** When, where and how a table was measured; what is not known is absent. */
export type Measured = z.output<typeof measured>;
