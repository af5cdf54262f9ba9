/** Sections that study files of several kinds share. Keys and units: docs/study.md. */
import { z } from 'zod';
import { bandAboveZero, sectorSchema } from '../array/array-section.js';
import { SPEED_OF_LIGHT_M_PER_S } from '../core/physics.js';
import { positiveQuantity, quantity } from '../core/settings-quantity.js';
import { short } from './format.js';

export const numElementsSchema = z.int().min(2).max(65_535);

/** Array and polar codebook; `elements` may stand in the cases instead. */
export const arraySchema = z.strictObject({
  elements: numElementsSchema.optional(),
  carrier: positiveQuantity('Hz').default(100e9),
  speedOfLight: positiveQuantity('m/s').default(SPEED_OF_LIGHT_M_PER_S),
});

/** An array with a band of subcarriers and the sector that its codebooks cover. */
export const widebandArraySchema = arraySchema
  .extend({
    elements: numElementsSchema,
    bandwidth: positiveQuantity('Hz'),
    subcarriers: z.int().min(1).max(65_535),
    /** What the codebooks cover, and where users are drawn. */
    sector: sectorSchema,
  })
  .superRefine(bandAboveZero);

/** Users of a point. */
export const MAX_USERS = 100_000_000;

export const codebookSchema = z
  .strictObject({
    rings: z.int().min(1).max(1000).default(6),
    ringSpacing: positiveQuantity('1').default(1.2),
  })
  .prefault({});

export type ArraySection = z.output<typeof arraySchema>;
export type CodebookSection = z.output<typeof codebookSchema>;

/** What every kind of study may say about itself. */
export const headingShape = {
  title: z.string().min(1),
  description: z.string().optional(),
};

/** A claim of the paper that no number of this study bears out or contradicts; `ours` says why. */
const plainClaim = z.strictObject({ claim: z.string(), paper: z.string(), ours: z.string() });

/** A value, [least, most], or several names. */
const cellSchema = z.union([
  z.string(),
  z.number(),
  z.tuple([z.number(), z.number()]),
  z.array(z.string()).nonempty(),
]);
const cells = z.record(z.string(), cellSchema);

/**
 * A claim that a column of the rows is held against. `where` chooses rows by their columns (a value, [least, most], or one of
 * several names); the number is the column's, or by how much it is `above` or `below` that of the row which differs in these
 * columns only: of each of them where there are several names. `any` as a value lets a column differ.
 */
const checkedClaim = z
  .strictObject({
    claim: z.string(),
    paper: z.string(),
    column: z.string(),
    where: cells.default({}),
    above: cells.optional(),
    below: cells.optional(),
    /** Differences in shares of the other row's number. */
    relative: z.boolean().default(false),
    /** The largest of the numbers less the smallest, instead of each. */
    spread: z.boolean().default(false),
    atLeast: z.number().optional(),
    atMost: z.number().optional(),
    equals: z.number().optional(),
    /** Both ways: of `equals`, or of the other row. */
    within: z.number().min(0).optional(),
  })
  .refine((c) => c.above === undefined || c.below === undefined, {
    error: 'cannot have both above and below',
  })
  .transform((c) => {
    const compares = c.above !== undefined || c.below !== undefined;
    return compares && c.within !== undefined && c.equals === undefined ? { ...c, equals: 0 } : c;
  })
  .refine((c) => [c.atLeast, c.atMost, c.equals].filter((bound) => bound !== undefined).length === 1, {
    error: 'must have one of atLeast, atMost, equals with within, and within of another row',
  })
  .refine((c) => (c.equals === undefined) === (c.within === undefined), {
    error: 'must have within (a tolerance) together with equals',
  })
  .refine((c) => !c.relative || c.above !== undefined || c.below !== undefined, {
    error: 'is relative to nothing without above or below',
  });

export type CheckedClaim = z.output<typeof checkedClaim>;
export type Claim = z.output<typeof plainClaim> | CheckedClaim;

export const paperShape = {
  reference: z.string(),
  claims: z.array(z.union([plainClaim, checkedClaim])).default([]),
};

const coordinate = quantity('m').pipe(z.number('must be finite'));
export const pointSchema = z.tuple([coordinate, coordinate], 'must be [x, y] in metres');

/** Label and value of the array's physics. */
export function describeArray(array: Omit<ArraySection, 'elements'>): [string, string][] {
  return [
    ['Carrier', `${short(array.carrier / 1e9)} GHz`],
    ['Speed of light', `${array.speedOfLight} m/s`],
  ];
}

export function describeCodebook(
  array: Omit<ArraySection, 'elements'>,
  codebook: CodebookSection,
): [string, string][] {
  return [
    ...describeArray(array),
    ['Polar codebook', `${codebook.rings} rings, ring spacing ${codebook.ringSpacing}`],
  ];
}
