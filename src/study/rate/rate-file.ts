/** Study files of kind `rate`: what serving the estimates of wideband schemes yields. Keys and units: docs/study.md. */
import { z } from 'zod';
import { LEVEL } from '../../core/bounds.js';
import { levelOrInfinite, quantities, upTo, zeroTo } from '../../core/settings-quantity.js';
import { schemeSchema } from '../../training/registry.js';
import {
  checkSector,
  distancesSchema,
  headingShape,
  MAX_USERS,
  paperShape,
  placeChecks,
  widebandArraySchema,
} from '../common/file-sections.js';

/** Of powers that stay numbers. */
const SNR_BOUND_DB = 300;
const finiteSnr = z
  .number('must be finite: the rate at an infinite SNR is infinite')
  .min(-SNR_BOUND_DB, `must be at least ${-SNR_BOUND_DB} dB`)
  .max(SNR_BOUND_DB, `must be at most ${SNR_BOUND_DB} dB`);

const bits = z.int().min(1, 'must be at least 1').max(16);
const oneOrMore = <T extends z.ZodType>(schema: T) =>
  z.union([schema.transform((value) => [value]), z.array(schema).nonempty('must list at least one value')]);

/** A board, or several that differ in what is listed. */
const hardware = z
  .strictObject({
    label: z.string().min(1),
    phaseBits: oneOrMore(bits).optional(),
    delayBits: oneOrMore(bits).optional(),
    /** Largest delay of the adjustable part. */
    delayRange: upTo('18446 s', 's').optional(),
    lines: z.boolean().default(false),
    /** Rms of the delay of every line, or of every element. */
    delayError: quantities('s', zeroTo('1 us', 's')).prefault(0),
    calibrated: z.boolean().default(false),
    carrierIntoPhase: z.boolean().default(true),
  })
  .refine((board) => (board.delayBits === undefined) === (board.delayRange === undefined), {
    message: 'goes together with delayBits',
    path: ['delayRange'],
  });

export const rateSchema = z
  .strictObject({
    kind: z.literal('rate'),
    ...headingShape,
    array: widebandArraySchema,
    users: z
      .strictObject({
        count: z.int().min(1).max(MAX_USERS).default(1000),
        /** Users at these distances in place of the sector's. */
        distance: distancesSchema.optional(),
      })
      .prefault({}),
    /** How waves reach users: spherical, or to second order in the element's position. */
    air: z.enum(['exact', 'fresnel']).default('exact'),
    /** After beamforming: of a perfectly focused beam over the noise of one subcarrier. */
    snr: quantities('dB').pipe(z.array(finiteSnr)),
    /** Of the pilots where it is not that of the data; Infinity = pilots without noise. */
    pilotSnr: levelOrInfinite(LEVEL)
      .refine((value) => value > -Infinity, 'must be above -Infinity')
      .optional(),
    /** By a name of one's own, which stands in figures and claims. */
    schemes: z
      .record(z.string().min(1), schemeSchema)
      .refine((schemes) => Object.keys(schemes).length > 0, 'must list at least one scheme'),
    /** Numbers of pilots that a scheme is tried with, by its name. */
    pilots: z
      .record(z.string(), z.array(z.int().min(1, 'must be at least 1').max(65_535)).nonempty())
      .default({}),
    /** Boards that send the pilots; without, everything is radiated as it is meant. */
    hardware: z.array(hardware).nonempty('must list at least one board').optional(),
    /** Names of schemes that share figures, by the figures' name; schemes that none names are in all. */
    panels: z.record(z.string().min(1), z.array(z.string()).nonempty()).default({}),
    seed: z.int().min(0).default(1),
    paper: z.strictObject(paperShape).optional(),
  })
  .superRefine((study, context) => {
    const complain = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    const isUnknown = (id: string) => !Object.hasOwn(study.schemes, id);
    const among = `among the schemes: ${Object.keys(study.schemes).join(', ')}`;
    for (const id of Object.keys(study.pilots).filter(isUnknown)) {
      complain(['pilots', id], `is not ${among}`);
    }
    for (const [name, ids] of Object.entries(study.panels)) {
      const unknown = ids.find(isUnknown);
      if (unknown !== undefined) complain(['panels', name], `has '${unknown}', which is not ${among}`);
    }
    const labels = study.hardware?.map(({ label }) => label) ?? [];
    labels.forEach((label, k) => {
      if (labels.indexOf(label) < k) complain(['hardware', k, 'label'], `is that of another board: ${label}`);
    });
    checkSector(study.array, context);
    if (context.issues.length > 0) return;
    const checks = placeChecks(study.array, study.array.elements, context);
    const { maxAngleRad } = study.array.sector;
    const angleRad = [-maxAngleRad, maxAngleRad] as const;
    study.users.distance?.forEach((distance) => {
      checks.region({ distanceM: [distance, distance], angleRad }, ['users', 'distance']);
    });
  });

export type RateStudy = z.output<typeof rateSchema>;
