import type { EstimateSetup } from './bridge.js';
import { MAX_CONTROL_LENGTH_FROM_BRIDGE, MAX_KEPT_SLOTS } from './messages.js';

/** Characters that a slot takes at most, its comma included. */
const SLOT_LENGTH = 11;
/** What a request says besides slots and setup. */
const FRAME_LENGTH = 200;

/** Why a UE cannot be asked for an estimate of so many pilots, or not told so much about them; null when it can. */
export function whyNoEstimate(numPilots: number, setup: EstimateSetup): string | null {
  if (numPilots < 1 || numPilots > MAX_KEPT_SLOTS) {
    return `UEs keep the powers of 1 to ${MAX_KEPT_SLOTS} pilots for an estimate, not of ${numPilots}`;
  }
  const length = JSON.stringify(setup).length + SLOT_LENGTH * numPilots + FRAME_LENGTH;
  if (length <= MAX_CONTROL_LENGTH_FROM_BRIDGE) return null;
  return (
    `What a UE must be told of ${numPilots} pilots to estimate by itself takes ${length} characters; a message has room for ` +
    `${MAX_CONTROL_LENGTH_FROM_BRIDGE}`
  );
}
