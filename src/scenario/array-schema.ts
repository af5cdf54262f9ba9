/** The array of a scenario: so many elements in a line, or rows and columns of them in a plane. Keys and units: docs/scenario.md. */
import { z } from 'zod';
import {
  bandAboveZero,
  bandwidthSchema,
  carrierSchema,
  sectorSchema,
  speedOfLightSchema,
} from '../array/array-section.js';
import { SPACING } from '../array/planar-array.js';
import { PLANAR_SPREADS } from '../codebook/planar.js';
import { SPEED_OF_LIGHT_M_PER_S } from '../core/physics.js';
import { upToEitherWay, within, zeroTo } from '../core/settings-quantity.js';

export const BAND_EXAMPLE =
  'Give all three, e.g. bandwidth: 5 GHz, subcarriers: 1024, sector: { angle: 60 deg, distance: [5 m, 30 m] }';
export const BAND_KEYS = ['bandwidth', 'subcarriers', 'sector'] as const;

const EITHER = 'Give elements: 256 of a linear array, or rows: 8 and columns: 8 of a planar one';
const OF_PLANAR = ['spacing', 'boresight', 'tilt', 'height', 'beams', 'beamSpread'] as const;
const OF_LINEAR = ['rings', 'sector'] as const;
const DEFAULT_RINGS = 6;
const DEFAULT_BEAMS: readonly [number, number] = [16, 16];

const wavelengths = within(SPACING);
const beams = z.int().min(1).max(1024);
const count = z.int().min(1).max(65_535);

const given = z.strictObject({
  /** Of a linear array. */
  elements: z.int().min(2).max(65_535).optional(),
  /** Of a planar array. */
  rows: count.optional(),
  columns: count.optional(),
  carrier: carrierSchema,
  speedOfLight: speedOfLightSchema.default(SPEED_OF_LIGHT_M_PER_S),
  /** Between neighbours of a row and of a column, in wavelengths. */
  spacing: z.union([wavelengths, z.tuple([wavelengths, wavelengths])]).optional(),
  /** Where a planar array looks, counter-clockwise from the x axis. */
  boresight: upToEitherWay('360 deg', 'rad').optional(),
  /** By how much it looks down. */
  tilt: upToEitherWay('90 deg', 'rad').optional(),
  /** Of its centre. */
  height: zeroTo('100 km', 'm').optional(),
  /** Azimuths and elevations of the planar codebook. */
  beams: z.tuple([beams, beams], 'must be two numbers, such as [16, 16]').optional(),
  /** How they are spread. */
  beamSpread: z.enum(PLANAR_SPREADS).optional(),
  /** Of the polar codebook. */
  rings: z.int().min(1).max(1000).optional(),
  /** Without these UEs measure at the carrier only. */
  bandwidth: bandwidthSchema.optional(),
  /** As many as a UE can report at most. */
  subcarriers: z.int().min(2).max(4096).optional(),
  sector: sectorSchema.optional(),
});
type Given = z.output<typeof given>;

/** A planar array with defaults filled in; angles in rad, height in m, spacing in wavelengths. */
export interface PlanarSection {
  readonly rows: number;
  readonly columns: number;
  readonly spacing: readonly [alongY: number, alongZ: number];
  readonly boresight: number;
  readonly tilt: number;
  readonly height: number;
  readonly beams: readonly [azimuths: number, elevations: number];
  readonly beamSpread: (typeof PLANAR_SPREADS)[number];
}

function spacingOf({ spacing = 0.5 }: Given): readonly [number, number] {
  return typeof spacing === 'number' ? [spacing, spacing] : spacing;
}

/** One row that looks along x from the origin, half a wavelength apart, is a linear array. */
function isLinear(array: Given): boolean {
  if (array.rows === undefined || array.rows > 1) return array.rows === undefined;
  const { boresight = 0, tilt = 0, height = 0 } = array;
  return spacingOf(array)[0] === 0.5 && boresight === 0 && tilt === 0 && height === 0;
}

type Complaint = readonly [key: keyof Given, message: string, todo: string];

/** What keys ask of one another; null where all is well. */
function shapeComplaint(array: Given): Complaint | null {
  const { elements, rows, columns } = array;
  const isPlaneGiven = rows !== undefined || columns !== undefined;
  if (elements === undefined && !isPlaneGiven) return ['elements', 'is missing', EITHER];
  if (elements !== undefined && isPlaneGiven) {
    return ['elements', "does not go with 'rows' and 'columns'; choose one", EITHER];
  }
  if (isPlaneGiven && (rows === undefined || columns === undefined)) {
    const missing = rows === undefined ? 'rows' : 'columns';
    return [missing, 'is missing: rows and columns go together', EITHER];
  }
  const numElements = elements ?? rows! * columns!;
  if (numElements < 2 || numElements > 65_535) {
    return ['rows', `and columns make ${numElements} elements; 2 to 65535 there can be`, EITHER];
  }
  const isLine = isLinear(array);
  // Of one row it was asked for what makes it a line.
  const strange = isLine ? (isPlaneGiven ? (['beams', 'beamSpread'] as const) : OF_PLANAR) : OF_LINEAR;
  const key = strange.find((each) => array[each] !== undefined);
  if (key === undefined) return null;
  return [
    key,
    isLine ? 'is of planar arrays, and this one is linear' : 'is of linear arrays, and this one is planar',
    key === 'sector' ? 'Say where users are by channel.region, and leave it out' : 'Leave it out',
  ];
}

function checkShape(array: Given, context: z.core.$RefinementCtx): void {
  const complaint = shapeComplaint(array);
  if (complaint === null) return;
  const [key, message, todo] = complaint;
  context.addIssue({ code: 'custom', path: [key], message, params: { todo } });
}

/** Planar arrays have no schemes that would ask for a sector. */
function checkBandKeys(array: Given, context: z.core.$RefinementCtx): void {
  const linear = isLinear(array);
  const keys = linear ? BAND_KEYS : (['bandwidth', 'subcarriers'] as const);
  const missing = keys.filter((key) => array[key] === undefined);
  if (missing.length === 0 || missing.length === keys.length) return;
  context.addIssue({
    code: 'custom',
    path: [missing[0]!],
    message: `is missing: ${keys.join(', ')} go together`,
    params: { todo: linear ? BAND_EXAMPLE : 'Give both, e.g. bandwidth: 100 MHz, subcarriers: 64' },
  });
}

export const arraySchema = given
  .superRefine(checkShape)
  .superRefine(checkBandKeys)
  .superRefine(bandAboveZero)
  .transform((array) => {
    const { elements, rows = 1, columns = 0, carrier, speedOfLight, rings = DEFAULT_RINGS } = array;
    const { bandwidth, subcarriers, sector } = array;
    const { boresight = 0, tilt = 0, height = 0, beams: grid = DEFAULT_BEAMS, beamSpread = 'angles' } = array;
    const planar: PlanarSection | undefined = isLinear(array)
      ? undefined
      : { rows, columns, spacing: spacingOf(array), boresight, tilt, height, beams: grid, beamSpread };
    return {
      elements: elements ?? rows * columns,
      carrier,
      speedOfLight,
      /** Of the polar codebook, which planar arrays do not have. */
      rings,
      ...(bandwidth !== undefined && { bandwidth }),
      ...(subcarriers !== undefined && { subcarriers }),
      ...(sector !== undefined && { sector }),
      /** Absent for linear arrays. */
      ...(planar !== undefined && { planar }),
    };
  });
