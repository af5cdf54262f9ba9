/** Study files of kind `pattern`: amplitudes over a plane or along a ring. Keys and units: docs/study.md. */
import { z } from 'zod';
import { DIRECTION, DISTANCE } from '../../core/bounds.js';
import { within } from '../../core/settings-quantity.js';
import { schemeSchema } from '../../training/registry.js';
import {
  arraySchema,
  codebookSchema,
  distancesSchema,
  headingShape,
  numElementsSchema,
  paperShape,
  placeChecks,
  pointSchema,
} from '../common/file-sections.js';

const common = {
  kind: z.literal('pattern'),
  ...headingShape,
  array: arraySchema.extend({ elements: numElementsSchema }),
  paper: z.strictObject(paperShape).optional(),
};

const gridPoints = z.int().min(2).max(5000);

/** In apertures D, so that arrays of any size compare. */
const pointInAperturesSchema = z.tuple([z.number(), z.number()]);

const focalPointSchema = pointInAperturesSchema.refine(
  ([x]) => x < 0,
  'must lie behind the array (x below 0)',
);

/** Amplitude over the plane in front for one diverging codeword. */
const divergingSchema = z.strictObject({
  ...common,
  pattern: z.literal('diverging'),
  virtualFocalPoint: focalPointSchema,
  /** Cells per side for the diverging degree, one or more. */
  gridPoints: z.union([gridPoints.transform((n) => [n]), z.array(gridPoints).nonempty()]).prefault(1000),
  /** Cells per side of the figure. */
  drawnPoints: gridPoints.default(200),
});

/** Diverging degree over virtual focal points, for several arrays. */
const degreeSchema = z.strictObject({
  ...common,
  array: arraySchema.omit({ elements: true }),
  pattern: z.literal('diverging-degree'),
  elements: z.array(numElementsSchema).nonempty(),
  /** Virtual focal points tried: columns over x in [-D, 0], rows over y in [-1.5 D, 1.5 D]. */
  focalColumns: z.int().min(2).max(500).default(20),
  focalRows: z.int().min(2).max(500).default(60),
  gridPoints: gridPoints.default(100),
});

/** Amplitude at one user over the virtual focal points behind the array. */
const twinSchema = z
  .strictObject({
    ...common,
    pattern: z.literal('twin'),
    user: pointSchema,
    /** Depth and height of the area behind the array, in apertures. */
    depth: z.number().positive().default(4),
    height: z.number().positive().default(6),
    drawnPoints: gridPoints.default(240),
  })
  .superRefine(({ array, user }, context) =>
    placeChecks(array, array.elements, context).place(user, ['user']),
  );

/** Power along a ring for the codewords of schemes. */
const ringSchema = z
  .strictObject({
    ...common,
    pattern: z.literal('ring'),
    codebook: codebookSchema,
    ring: distancesSchema,
    schemes: z.array(schemeSchema).nonempty(),
    /** Coarse levels that are judged, from 1. */
    levels: z.int().min(1).max(16).default(4),
    /** Level whose beams are drawn. */
    drawnLevel: z.int().min(1).max(5).default(3),
    /** Directions along the ring, within +-60 degrees. */
    directions: z.int().min(10).max(100_000).default(1201),
  })
  .superRefine(({ array, ring }, context) => {
    if (context.issues.length > 0) return;
    const checks = placeChecks(array, array.elements, context);
    for (const distanceM of ring) {
      checks.region({ ringDistanceM: [distanceM, distanceM], angleRad: [-Math.PI / 3, Math.PI / 3] }, [
        'ring',
      ]);
    }
  });

/** The approximation of the diverging amplitude by an integral, for places of v and u. */
const lemmaSchema = z.strictObject({
  ...common,
  pattern: z.literal('lemma'),
  /** How far v and u both are from where their line crosses the array, and the line's angle. */
  places: z.array(z.strictObject({ distance: within(DISTANCE), angle: within(DIRECTION) })).nonempty(),
});

/** In apertures: a point that the array radiates at. */
const userInAperturesSchema = pointInAperturesSchema.refine(
  ([x]) => x > 0,
  'must lie in front of the array (x above 0)',
);

/** Amplitude of the first n elements of one diverging codeword at users. */
const cumulativeSchema = z.strictObject({
  ...common,
  pattern: z.literal('cumulative'),
  virtualFocalPoint: focalPointSchema,
  /** By a name of one's own. */
  users: z
    .record(z.string().min(1), userInAperturesSchema)
    .refine((users) => Object.keys(users).length > 0, 'must list at least one user'),
});

/** Regions of the diverging codewords of one level. */
const regionsSchema = z.strictObject({
  ...common,
  pattern: z.literal('regions'),
  level: z.int().min(1).max(16),
  /** All of the level unless given. */
  sectors: z.array(z.int().min(1)).nonempty().optional(),
  rangeReduction: z
    .union([z.boolean().transform((one) => [one]), z.array(z.boolean()).nonempty()])
    .prefault(true),
  /** k of the rings r_k beyond which regions are looked at. */
  rings: z.array(z.int().min(1).max(10_000)).nonempty().default([1]),
  /** How far figures reach, in apertures. */
  drawnDepth: z.number().positive().max(100_000).default(3),
});

export const patternSchema = z.discriminatedUnion('pattern', [
  divergingSchema,
  degreeSchema,
  twinSchema,
  ringSchema,
  lemmaSchema,
  cumulativeSchema,
  regionsSchema,
]);

export type DivergingPattern = z.output<typeof divergingSchema>;
export type DegreePattern = z.output<typeof degreeSchema>;
export type TwinPattern = z.output<typeof twinSchema>;
export type RingPattern = z.output<typeof ringSchema>;
export type LemmaPattern = z.output<typeof lemmaSchema>;
export type CumulativePattern = z.output<typeof cumulativeSchema>;
export type RegionsPattern = z.output<typeof regionsSchema>;
export type PatternStudy = z.output<typeof patternSchema>;
