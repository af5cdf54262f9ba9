/** Places and regions as scenarios give them. */
import { z } from 'zod';
import { type PointM, polarPointM } from '../array/linear-array.js';
import type { DistanceRegion, UserRegion } from '../channel/paths.js';
import { DISTANCE } from '../core/bounds.js';
import { upToEitherWay, within } from '../core/settings-quantity.js';

const coordinateSchema = upToEitherWay('100 km', 'm');

/** That it is in front of the array is checked when it is known where it is. */
export const directionSchema = upToEitherWay('180 deg', 'rad');

export const positionSchema = z.union([
  z
    .tuple([coordinateSchema, coordinateSchema], 'must be [x, y], each with its unit, such as [20 m, 5 m]')
    .transform(([xM, yM]): PointM => [xM, yM]),
  z
    .strictObject({ distance: within(DISTANCE), angle: directionSchema })
    .transform(({ distance, angle }) => polarPointM(distance, angle)),
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

export const regionSchema = z.union([
  z
    .strictObject({ ringDistance: distancesSchema, angle: directions })
    .transform(({ ringDistance, angle }): UserRegion => ({ ringDistanceM: ringDistance, angleRad: angle })),
  z
    .strictObject({ distance: distancesSchema, angle: directions })
    .transform(({ distance, angle }): DistanceRegion => ({ distanceM: distance, angleRad: angle })),
]);
