/** The `radio` section: the users' UEs are radios, and what these are where they are emulated. */
import { z } from 'zod';
import { BeamloopError } from '../core/errors.js';
import { quantity, upToEitherWay, within, zeroTo } from '../core/settings-quantity.js';
import type { EmulatedRadioPlan } from '../emulation/emulated-radio.js';
import { FORMAT_NAMES } from '../radio/sample-format.js';
import { FEWEST_PILOTS, MOST_PILOTS, pilotsFor, Waveform } from '../radio/waveform.js';
import type { Scenario } from './scenario-schema.js';

/** From that of a slow sound card to that of the fastest converters. */
export const SAMPLE_RATE = { unit: 'Hz', least: 1e4, most: 1e10 } as const;

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

/** Null where UEs are no radios. @throws SCENARIO_INVALID when the waveform does not fit into slots. */
export function radioPlanOf(
  { radio, array, slots, users }: Scenario,
  where = 'radio',
): EmulatedRadioPlan | null {
  if (radio === undefined) return null;
  const { sampleRate: sampleRateHz, emulated: own } = radio;
  requireUsers(Object.keys(own.serve), users, where);
  const numSubcarriers = array.subcarriers ?? 1;
  const numPilots = radio.pilots ?? pilotsFor(numSubcarriers);
  if (numPilots < numSubcarriers || numPilots > MOST_PILOTS)
    throw new BeamloopError('SCENARIO_INVALID', {
      what: `A radio measures at most one subcarrier per pilot: there are ${numSubcarriers}, and ${Math.min(numPilots, MOST_PILOTS)} pilots`,
      where: `${where}.pilots`,
      todo: `Take a power of two up to ${MOST_PILOTS}, or fewer subcarriers`,
    });
  const waveform = { sampleRateHz, slotDurationS: slots.duration, numPilots };
  try {
    new Waveform(waveform);
  } catch (error) {
    if (!(error instanceof BeamloopError)) throw error;
    const { what, todo } = error;
    throw new BeamloopError('SCENARIO_INVALID', {
      what,
      where,
      ...(todo !== undefined && { todo }),
      cause: error,
    });
  }
  return {
    ...waveform,
    format: own.format,
    gainDb: own.gain,
    clockDriftPpm: own.clockDriftPpm,
    carrierOffsetHz: own.carrierOffset,
    startUncertaintyS: own.startUncertainty,
    dropShare: own.drops?.share ?? 0,
    dropSamples: own.drops?.burst ?? 1,
    tellsGaps: own.drops?.told ?? true,
  };
}

function requireUsers(named: readonly string[], users: Scenario['users'], where: string): void {
  const ids = Array.isArray(users)
    ? users.map(({ id }) => id)
    : Array.from({ length: users.count }, (_, k) => `ue${k + 1}`);
  const unknown = named.find((id) => !ids.includes(id));
  if (unknown === undefined) return;
  throw new BeamloopError('SCENARIO_INVALID', {
    what: `There is no user '${unknown}' whose samples could be served`,
    where: `${where}.emulated.serve`,
    todo: `Name one of ${ids.slice(0, 10).join(', ')}`,
  });
}
