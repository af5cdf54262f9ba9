/** Study files of kind `calibration`: what procedures find of arrays whose errors are known. Keys and units: docs/study.md. */

import { z } from 'zod';
import { bandAboveZero, bandwidthSchema } from '../../array/array-section.js';
import { PROCEDURES } from '../../campaign/calibration/calibration-settings.js';
import { LEVEL } from '../../core/bounds.js';
import { largest, smallest } from '../../core/extremes.js';
import { quantities, upTo, upToEitherWay, within, zeroTo } from '../../core/settings-quantity.js';
import {
  arraySchema,
  headingShape,
  MAX_USERS,
  paperShape,
  placeChecks,
  pointSchema,
} from '../common/file-sections.js';

/** A pass of so many elements takes seconds; of more, minutes. */
const MOST_ELEMENTS = 4096;

const wholes = (least: number, most: number) => {
  const one = z.int().min(least).max(most);
  return z.union([one.transform((value) => [value]), z.array(one).nonempty('must list at least one number')]);
};

const errors = z.strictObject({
  /** Normal, rms; or anything at all. */
  phase: z.union([z.literal('random'), zeroTo('180 deg', 'rad')]).default(0),
  amplitude: zeroTo('20 dB', 'dB').default(0),
  /** Of every phase code on its own, rms. */
  code: zeroTo('90 deg', 'rad').default(0),
  delay: zeroTo('1 us', 's').default(0),
  /** Of the adjustable delay, as a ratio, rms. */
  delayGain: z.number().min(0).max(0.5).default(0),
  /** So many elements, drawn for each array. */
  dead: z.int().min(0).max(1000).default(0),
  stuck: z.int().min(0).max(1000).default(0),
});

const receiver = z.strictObject({
  /** Where it is said to be, one position after another. */
  at: z.array(pointSchema).nonempty('must list at least one position').max(20),
  /** How far the first position truly is from there, across the line of sight. */
  aside: quantities('m', upToEitherWay('100 m', 'm')).prefault('0 m'),
});

export const calibrationSchema = z
  .strictObject({
    kind: z.literal('calibration'),
    ...headingShape,
    array: arraySchema
      .omit({ elements: true })
      .extend({
        elements: wholes(4, MOST_ELEMENTS),
        /** With subcarriers: the UE reports a power of each. */
        bandwidth: bandwidthSchema.optional(),
        subcarriers: z.int().min(2).max(65_535).optional(),
      })
      .superRefine((array, context) => {
        if ((array.bandwidth === undefined) !== (array.subcarriers === undefined)) {
          context.addIssue({
            code: 'custom',
            path: ['bandwidth'],
            message: "goes together with 'subcarriers'",
          });
        } else if (array.bandwidth !== undefined) {
          bandAboveZero({ ...array, bandwidth: array.bandwidth }, context);
        }
      }),
    board: z
      .strictObject({
        phaseBits: wholes(1, 16).prefault(6),
        /** Of adjustable delays, one code apart. */
        delayBits: z.int().min(0).max(16).default(0),
        delayRange: upTo('1 ms', 's').optional(),
      })
      .refine(({ delayBits, delayRange }) => delayBits > 0 === (delayRange !== undefined), {
        message: "goes together with 'delayRange'",
        path: ['delayBits'],
      })
      .prefault({}),
    /** By the names that rows and figures have. */
    procedures: z
      .record(
        z.string().min(1),
        z.strictObject({ name: z.enum(PROCEDURES), passes: z.int().min(1).max(100).default(1) }),
      )
      .refine((given) => Object.keys(given).length > 0, 'must name at least one procedure'),
    errors: z
      .record(z.string().min(1), errors)
      .refine((given) => Object.keys(given).length > 0, 'must name at least one set of errors'),
    /** Of a pilot of unit norm, per subcarrier. */
    snr: quantities('dB', within(LEVEL)),
    receivers: z
      .record(z.string().min(1), receiver)
      .refine((given) => Object.keys(given).length > 0, 'must name at least one receiver')
      .prefault({ one: { at: [['10 m', '2 m']] } }),
    /** What each table is checked with afterwards: against a drift of the phases, rms, and against none. */
    drift: zeroTo('180 deg', 'rad').prefault('10 deg'),
    /** Arrays that are drawn for each point. */
    users: z.strictObject({ count: z.int().min(1).max(MAX_USERS).default(20) }).prefault({}),
    seed: z.int().min(0).default(1),
    paper: z.strictObject(paperShape).optional(),
  })
  .superRefine((study, context) => {
    if (context.issues.length > 0) return;
    const complain = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    const { array, procedures, errors: sets, receivers, board } = study;
    const least = smallest(array.elements);
    for (const [name, { dead, stuck }] of Object.entries(sets)) {
      if (dead + stuck > least / 4)
        complain(['errors', name], `may break a quarter of the ${least} elements at most`);
    }
    const several = Object.values(receivers).some(({ at }) => at.length > 1);
    for (const [id, { name }] of Object.entries(procedures)) {
      if (name === 'delays' && array.bandwidth === undefined) {
        complain(['procedures', id], 'of delays needs array.bandwidth and array.subcarriers');
      }
      if (name === 'states' && largest(board.phaseBits) > 8) {
        complain(['procedures', id], 'of states goes through every phase code: 8 phase bits at most');
      }
      if (several && (name === 'delays' || name === 'states')) {
        complain(['procedures', id], 'listens at one position; several go with hadamard and rev');
      }
    }
    const checks = placeChecks(array, largest(array.elements), context);
    for (const [name, { at }] of Object.entries(receivers)) {
      for (const [k, pointM] of at.entries()) checks.place(pointM, ['receivers', name, 'at', k]);
    }
  });

export type CalibrationStudy = z.output<typeof calibrationSchema>;
export type ErrorSet = CalibrationStudy['errors'][string];
