/** What scenarios and studies alike say in their section `array`. Keys and units: docs/scenario.md, docs/study.md. */
import { z } from 'zod';
import { BANDWIDTH, CARRIER, DISTANCE, SPEED_OF_LIGHT } from '../core/bounds.js';
import { quantity, within } from '../core/settings-quantity.js';
import type { Sector } from './focal-point.js';

export const carrierSchema = within(CARRIER);
export const bandwidthSchema = within(BANDWIDTH);
export const speedOfLightSchema = within(SPEED_OF_LIGHT);

const distance = within(DISTANCE);

/** Where users can be: within +-angle of broadside, from near to far. */
export const sectorSchema = z
  .strictObject({
    angle: quantity('rad').pipe(
      z
        .number('must be finite')
        .positive('must be above 0')
        .lt(Math.PI / 2, 'must be below 90 deg'),
    ),
    distance: z
      .tuple([distance, distance], 'must be two distances, such as [5 m, 30 m]')
      .refine(([near, far]) => near < far, 'must list the smaller distance first'),
  })
  .transform(({ angle, distance }): Sector => ({ maxAngleRad: angle, distanceM: distance }));

/** A check of sections that have a carrier and a bandwidth: all frequencies must be above 0. */
export function bandAboveZero(
  { carrier, bandwidth }: { readonly carrier: number; readonly bandwidth?: number | undefined },
  context: z.core.$RefinementCtx,
): void {
  if (bandwidth === undefined || bandwidth < 2 * carrier) return;
  context.addIssue({ code: 'custom', path: ['bandwidth'], message: 'must be below twice the carrier' });
}
