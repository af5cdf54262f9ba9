/** Sections that study files of several kinds share. Keys and units: docs/study.md. */
import { z } from 'zod';
import {
  bandAboveZero,
  bandwidthSchema,
  carrierSchema,
  sectorSchema,
  speedOfLightSchema,
} from '../../array/array-section.js';
import type { Sector } from '../../array/focal-point.js';
import { LinearArray, type PointM } from '../../array/linear-array.js';
import type { UserRegion } from '../../channel/paths.js';
import { placeText, wrongPlace, wrongRegion } from '../../channel/place-checks.js';
import { DISTANCE, LEVEL } from '../../core/bounds.js';
import { SPEED_OF_LIGHT_M_PER_S } from '../../core/physics.js';
import {
  levelOrInfinite,
  quantities,
  quantity,
  upToEitherWay,
  within,
} from '../../core/settings-quantity.js';
import { short } from './format.js';

export const numElementsSchema = z.int().min(2).max(65_535);

/** Array and polar codebook; `elements` may stand in the cases instead. */
export const arraySchema = z.strictObject({
  elements: numElementsSchema.optional(),
  carrier: carrierSchema.default(100e9),
  speedOfLight: speedOfLightSchema.default(SPEED_OF_LIGHT_M_PER_S),
});

/** An array with a band of subcarriers and the sector that its codebooks cover. */
export const widebandArraySchema = arraySchema
  .extend({
    elements: numElementsSchema,
    bandwidth: bandwidthSchema,
    subcarriers: z.int().min(2).max(65_535),
    /** What the codebooks cover, and where users are drawn. */
    sector: sectorSchema,
  })
  .superRefine(bandAboveZero);

/** A check of studies with a band: the sector is a place where users can be. */
export function checkSector(
  array: ArraySection & { readonly elements: number; readonly sector: Sector },
  context: z.core.$RefinementCtx,
): void {
  // An array that is wrong in itself has been complained about, and may lack what is looked at here.
  if (context.issues.length > 0) return;
  const { maxAngleRad, distanceM } = array.sector;
  placeChecks(array, array.elements, context).region({ distanceM, angleRad: [-maxAngleRad, maxAngleRad] }, [
    'array',
    'sector',
    'distance',
  ]);
}

/** Users of a point. */
export const MAX_USERS = 100_000_000;

export const codebookSchema = z
  .strictObject({
    rings: z.int().min(1).max(1000).default(6),
    ringSpacing: quantity('1')
      .pipe(z.number().min(0.01, 'must be at least 0.01').max(100, 'must be at most 100'))
      .default(1.2),
  })
  .prefault({});

export type ArraySection = z.output<typeof arraySchema>;
export type WidebandArraySection = z.output<typeof widebandArraySchema>;
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
  z.boolean(),
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
    /** Of this study, and not of the paper. */
    isOurs: z.boolean().default(false),
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

const coordinate = upToEitherWay('100 km', 'm');
export const pointSchema = z.tuple(
  [coordinate, coordinate],
  'must be [x, y], each with its unit, such as [20 m, 5 m]',
);

const FRONT = 'must be within +-90 deg';
/** Of a user that is not beside the array. */
export const frontAngleSchema = quantity('rad').pipe(
  z
    .number(FRONT)
    .gt(-Math.PI / 2, FRONT)
    .lt(Math.PI / 2, FRONT),
);

/** One or more ring distances or distances. */
export const distancesSchema = quantities('m', within(DISTANCE));

export const ricianFactorSchema = levelOrInfinite(LEVEL).default(13);
export const scatterersSchema = z.int().min(0).max(1000).default(5);

/** A check of a section of places: `refuse` is told what is wrong with a place or region, if anything is. */
export function placeChecks(
  array: Omit<ArraySection, 'elements'>,
  numElements: number,
  context: z.core.$RefinementCtx,
): {
  place(pointM: PointM, path: (string | number)[]): void;
  region(region: UserRegion, path: (string | number)[]): void;
} {
  const geometry = new LinearArray({
    numElements,
    carrierHz: array.carrier,
    speedOfLightMPerS: array.speedOfLight,
  });
  const complain = (path: (string | number)[], message: string, todo: string) =>
    context.addIssue({ code: 'custom', path, message, params: { todo } });
  return {
    place: (pointM, path) => {
      const wrong = wrongPlace(geometry, pointM);
      if (wrong !== null) complain(path, `${placeText(pointM)} ${wrong.what}`, wrong.todo);
    },
    region: (region, path) => {
      const wrong = wrongRegion(geometry, region);
      if (wrong !== null) complain(path, wrong.what, wrong.todo);
    },
  };
}

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
