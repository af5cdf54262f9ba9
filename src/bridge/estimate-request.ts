import { BeamloopError } from '../core/errors.js';
import type { EstimateSetup } from './bridge.js';
import { MAX_CONTROL_LENGTH_FROM_BRIDGE, MAX_KEPT_SLOTS } from './messages.js';

/** Characters that a slot takes at most, its comma included. */
const SLOT_LENGTH = 11;
/** What a request says besides slots and setup. */
const FRAME_LENGTH = 200;

/**
 * @param where for whom the request is, or what asks for it.
 * @throws BAD_ARGUMENT when a UE cannot be asked for an estimate of so many pilots, or not told so much about them.
 */
export function requireRoomForEstimate(numPilots: number, setup: EstimateSetup, where: string): void {
  if (numPilots < 1 || numPilots > MAX_KEPT_SLOTS)
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `A UE estimates from 1 to ${MAX_KEPT_SLOTS} pilots, not from ${numPilots}`,
      where,
      todo: 'Have the powers reported, or use fewer pilots',
    });
  const length = JSON.stringify(setup).length + SLOT_LENGTH * numPilots + FRAME_LENGTH;
  if (length > MAX_CONTROL_LENGTH_FROM_BRIDGE)
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `What a UE needs to know of ${numPilots} pilots takes ${length} characters, the protocol has room for ${MAX_CONTROL_LENGTH_FROM_BRIDGE}`,
      where,
      todo: 'Have the powers reported, or use fewer pilots or ideal dictionaries',
    });
}
