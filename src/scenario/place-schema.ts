/** Places and regions as scenarios give them. */
import { z } from 'zod';
import type { PlaceM } from '../array/antenna-array.js';
import { sphericalPlaceM } from '../array/array-frame.js';
import { polarPointM } from '../array/linear-array.js';
import type { DistanceRegion, UserRegion } from '../channel/paths.js';
import { DISTANCE } from '../core/bounds.js';
import { upToEitherWay, within } from '../core/settings-quantity.js';

const coordinateSchema = upToEitherWay('100 km', 'm');

/** That it is in front of the array is checked when it is known where it is. */
export const directionSchema = upToEitherWay('180 deg', 'rad');

export const positionSchema = z.union([
  z
    .tuple(
      [coordinateSchema, coordinateSchema, coordinateSchema.optional()],
      'must be [x, y] or [x, y, z], each with its unit, such as [20 m, 5 m]',
    )
    .transform(([xM, yM, zM]): PlaceM => (zM === undefined ? [xM, yM] : [xM, yM, zM])),
  z
    .strictObject({
      distance: within(DISTANCE),
      angle: directionSchema,
      /** Above the ground, seen from the origin. */
      elevation: upToEitherWay('90 deg', 'rad').optional(),
    })
    .transform(({ distance, angle, elevation }): PlaceM => {
      if (elevation === undefined) return polarPointM(distance, angle);
      return sphericalPlaceM(distance, { azimuthRad: angle, elevationRad: elevation });
    }),
  z
    .strictObject({ ring: within(DISTANCE), angle: directionSchema })
    .transform(({ ring, angle }) => polarPointM(ring * Math.cos(angle) ** 2, angle)),
]);

export const distancesSchema = z
  .tuple([within(DISTANCE), within(DISTANCE)], 'must be two distances, the smaller first')
  .refine(([low, high]) => low <= high, 'the second must not be below the first');
const directions = z
  .tuple([directionSchema, directionSchema], 'must be two angles, the smaller first')
  .refine(([low, high]) => low <= high, 'the second must not be below the first');

const elevation = upToEitherWay('90 deg', 'rad');
const elevations = z
  .tuple([elevation, elevation], 'must be two angles, the smaller first')
  .refine(([low, high]) => low <= high, 'the second must not be below the first');
const heights = z
  .tuple([coordinateSchema, coordinateSchema], 'must be two heights, the smaller first')
  .refine(([low, high]) => low <= high, 'the second must not be below the first');

export const regionSchema = z.union([
  z
    .strictObject({ ringDistance: distancesSchema, angle: directions })
    .transform(({ ringDistance, angle }): UserRegion => ({ ringDistanceM: ringDistance, angleRad: angle })),
  z
    .strictObject({
      distance: distancesSchema,
      angle: directions,
      /** Above the ground, seen from the origin. */
      elevation: elevations.optional(),
      /** In place of elevations; the distance is then the one on the ground. */
      height: heights.optional(),
    })
    .superRefine(({ elevation, height }, context) => {
      if (elevation === undefined || height === undefined) return;
      context.addIssue({
        code: 'custom',
        path: ['height'],
        message: "does not go with 'elevation'; choose one",
      });
    })
    .transform(
      ({ distance, angle, elevation, height }): DistanceRegion => ({
        distanceM: distance,
        angleRad: angle,
        ...(elevation !== undefined && { elevationRad: elevation }),
        ...(height !== undefined && { heightM: height }),
      }),
    ),
]);
