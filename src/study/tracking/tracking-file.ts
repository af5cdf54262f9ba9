/** Study files of kind `tracking`: moving users kept in their beams by trackers. Keys and units: docs/study.md. */
import { z } from 'zod';
import { DISTANCE, LEVEL } from '../../core/bounds.js';
import { nearest } from '../../core/nearest.js';
import { levelOrInfinite, quantities, upTo, within, zeroTo } from '../../core/settings-quantity.js';
import { trackerSchema } from '../../scenario/trackers.js';
import { schemeSchema } from '../../training/registry.js';
import {
  arraySchema,
  frontAngleSchema,
  headingShape,
  MAX_USERS,
  numElementsSchema,
  paperShape,
  placeChecks,
} from '../common/file-sections.js';

/** What the users of a group are told apart by must stay few: every epoch each hears all beams. */
const MOST_TOGETHER = 200;

const snr = levelOrInfinite(LEVEL).refine((value) => value > -Infinity, 'must be above -Infinity');

const users = z.strictObject({
  /** At each point. */
  count: z.int().min(1).max(MAX_USERS).default(1000),
  /** Served at the same time. */
  together: z
    .union([
      z
        .int()
        .min(1)
        .max(MOST_TOGETHER)
        .transform((one) => [one]),
      z.array(z.int().min(1).max(MOST_TOGETHER)).nonempty('must list at least one number'),
    ])
    .prefault(10),
  /** Uniform by area between two distances from the array. */
  between: z
    .tuple([within(DISTANCE), within(DISTANCE)], 'must be two distances, the smaller first')
    .refine(([near, far]) => near < far, 'must list the smaller distance first'),
  within: frontAngleSchema.pipe(z.number().positive('must be above 0')).prefault('60 deg'),
});

const motion = z
  .strictObject({
    speed: quantities('m/s', zeroTo('1000 m/s', 'm/s')).prefault(18),
    /** `independent`: drawn anew for every epoch, as printed in the paper. */
    heading: z.enum(['correlated', 'independent']).default('correlated'),
    /** Of correlated headings, from epoch to epoch, rms. */
    turn: zeroTo('180 deg', 'rad').prefault('5 deg'),
  })
  .prefault({});

const sensors = z
  .strictObject({
    position: quantities('m', zeroTo('1 km', 'm')).prefault('0.5 m'),
    speed: zeroTo('1000 m/s', 'm/s').optional(),
    heading: zeroTo('180 deg', 'rad').optional(),
  })
  .refine(({ speed, heading }) => (speed === undefined) === (heading === undefined), {
    message: "goes together with 'heading'",
    path: ['speed'],
  });

const probes = {
  /** Most codewords that a user probes in an epoch. */
  most: z.int().min(0).max(1000),
  /** Of all slots, the most that are probes. */
  share: z.number().min(0).max(1),
  confidence: z.number().min(0).max(1),
};

export const trackingSchema = z
  .strictObject({
    kind: z.literal('tracking'),
    ...headingShape,
    array: arraySchema.extend({ elements: numElementsSchema }),
    /** That the trackers choose from: directions and rings, none at infinity. */
    codebook: z
      .strictObject({
        directions: z.int().min(2).max(65_535).default(256),
        rings: z.int().min(1).max(1000).default(8),
        ringSpacing: z.number().min(0.01).max(100).default(1.2),
      })
      .prefault({}),
    /** By the names that rows and figures have. */
    trackers: z
      .record(z.string().min(1), trackerSchema)
      .refine((given) => Object.keys(given).length > 0, 'must name at least one tracker'),
    users,
    epoch: quantities('s', upTo('60 s', 's')),
    /** That are served after the start. */
    epochs: z.int().min(1).max(100_000).default(8),
    /** Epochs before them that do not count; in the first users are found. */
    warmUp: z.int().min(1).max(100_000).default(8),
    motion,
    sensors: sensors.optional(),
    channel: z
      .strictObject({
        /** Of the circular normal gains: the line of sight's first. */
        gainVariances: z
          .array(z.number().min(0).max(1e6))
          .nonempty('must list the line of sight at least')
          .max(1001)
          .default([1, 0.01, 0.01]),
        /** `fixed`: gains stay as they are drawn, as in the paper; `travelling`: they turn with the ways that waves go. */
        phases: z.enum(['fixed', 'travelling']).default('fixed'),
      })
      .prefault({}),
    snr: quantities('dB', snr),
    /** How users begin, and are found when they are lost; `exact`: somebody says which codeword is the best. */
    start: z.union([z.literal('exact'), schemeSchema]).default('exact'),
    probing: z
      .strictObject({
        most: probes.most.default(2),
        share: probes.share.default(0.1),
        confidence: probes.confidence.default(0.9),
        /** Of single trackers, by their names in the file: in place of what is said for all. */
        except: z.record(z.string(), z.strictObject(probes).partial()).default({}),
        /** Slots in which each user is served in an epoch. */
        servingSlots: z.int().min(1).max(1000).default(10),
      })
      .prefault({}),
    /**
     * Whether a beam that falls gives way to the last good one, and its user is found anew where that does not help, as in
     * campaigns. Without it what is served is what trackers foretell, good or bad.
     */
    guarded: z.boolean().default(true),
    seed: z.int().min(0).default(1),
    paper: z.strictObject(paperShape).optional(),
  })
  .superRefine((study, context) => {
    if (context.issues.length > 0) return;
    const { between, within: maxAngle } = study.users;
    placeChecks(study.array, study.array.elements, context).region(
      { distanceM: between, angleRad: [-maxAngle, maxAngle] },
      ['users', 'between'],
    );
    const ids = Object.keys(study.trackers);
    for (const id of Object.keys(study.probing.except)) {
      if (ids.includes(id)) continue;
      const message = `names no tracker of the study; did you mean '${nearest(id, ids)}'?`;
      context.addIssue({ code: 'custom', path: ['probing', 'except', id], message });
    }
  });

export type TrackingStudy = z.output<typeof trackingSchema>;
