/** The `radio` section: the users' UEs are radios, and what these are where they are emulated. */
import { z } from 'zod';
import { quantity, upToEitherWay, within, zeroTo } from '../core/settings-quantity.js';
import { FORMAT_NAMES } from '../radio/sample-format.js';
import { FEWEST_PILOTS, MOST_PILOTS } from '../radio/waveform.js';

/** From that of a slow sound card to that of the fastest converters. */
const SAMPLE_RATE = { unit: 'Hz', least: 1e4, most: 1e10 } as const;

const address = /^(\[[0-9a-fA-F:.%\w]+\]|[^\s:[\]/]+):\d{1,5}$/;

const emulated = z
  .strictObject({
    format: z.enum(FORMAT_NAMES as [string, ...string[]]).default('cs16'),
    /** Of a sample at full scale; 0 dB leaves room for the strongest beam. */
    gain: upToEitherWay('120 dB', 'dB').default(0),
    clockDriftPpm: z.number().min(-100).max(100).default(0),
    carrierOffset: upToEitherWay('1 GHz', 'Hz').default(0),
    /** When samples are taken is known to this. */
    startUncertainty: zeroTo('1 s', 's').default(300e-6),
    drops: z
      .strictObject({
        /** Of all samples. */
        share: quantity('1').pipe(
          z.number().min(0, 'must be from 0 to 0.5').max(0.5, 'must be from 0 to 0.5'),
        ),
        /** Samples at a time, on average. */
        burst: z.int().min(1).max(1e9).default(1000),
        /** Whether the radio says where. */
        told: z.boolean().default(false),
      })
      .optional(),
    /** The lowest bit of I is the board's slot output, by which slots are found. */
    trigger: z.boolean().default(false),
    /** By user: HOST:PORT at which its samples can be had; its UE is whoever calls itself so at the bridge. */
    serve: z.record(z.string(), z.string().regex(address, 'must be HOST:PORT')).default({}),
  })
  .prefault({});

export const radioSchema = z.strictObject({
  sampleRate: within(SAMPLE_RATE),
  /** As many as there are subcarriers, or more, unless given. */
  pilots: z
    .int()
    .min(FEWEST_PILOTS)
    .max(MOST_PILOTS)
    .refine((count) => Number.isInteger(Math.log2(count)), 'must be a power of two')
    .optional(),
  emulated,
});
