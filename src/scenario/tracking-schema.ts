/** Schema of the section `tracking` of scenario files. docs/scenario.md is the reader's version. */
import { z } from 'zod';
import { quantity, upTo, zeroTo } from '../core/settings-quantity.js';
import { cameraSchema } from './camera-schema.js';
import { trackerSchema } from './trackers.js';

const share = quantity('1').pipe(
  z.number('must be finite').min(0, 'must be from 0 to 1').max(1, 'must be from 0 to 1'),
);
/** Of two powers; the weaker is at least so far below. */
const ratio = zeroTo('300 dB', 'dB');

export const trackingSchema = z.strictObject({
  epoch: upTo('60 s', 's'),
  /** Of all epochs together. */
  duration: upTo('86400 s', 's'),
  tracker: trackerSchema,
  /** Of the tracker: directions, evenly spread over their sines, on each of so many finite rings. */
  codebook: z
    .strictObject({
      directions: z.int().min(2).max(4096).default(256),
      /** Finite ones; 0: beams to infinity alone. */
      rings: z.int().min(0).max(100).default(8),
      /** Evenly over the sines of directions, or over the directions themselves, all 180 degrees of them. */
      spread: z.enum(['sines', 'angles']).optional(),
    })
    .prefault({}),
  /** That the tracker sees by; most trackers need none. */
  camera: cameraSchema.optional(),
  /** Of each user in an epoch. */
  servingSlots: z.int().min(1).max(1000).default(4),
  /** That the tracker may take to foretell an epoch. */
  prediction: zeroTo('60 s', 's').default(1e-3),
  probing: z
    .strictObject({
      /** Share of all slots, over the window. */
      budget: share.default(0.1),
      confidence: share.default(0.9),
      /** Of one user. */
      mostPerEpoch: z.int().min(0).max(4096).default(3),
      window: upTo('3600 s', 's').default(1),
      /** `first`: before the slots that serve, which the strongest of them serves then; beside them unless given. */
      order: z.enum(['beside', 'first']).optional(),
    })
    .prefault({}),
  lost: z
    .strictObject({
      /** Below the best power lately. */
      drop: ratio.default(10),
      overNoise: ratio.default(3),
      /** Epochs in a row. */
      after: z.int().min(1).max(1000).default(3),
      /** Trainings in a row that find nothing. */
      giveUpAfter: z.int().min(1).max(1000).default(3),
      retryAfter: upTo('3600 s', 's').default(1),
    })
    .prefault({}),
});

export type TrackingSection = z.output<typeof trackingSchema>;
