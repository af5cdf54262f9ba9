/** All that a board is held to, in the order in which it is worth knowing. */
import type { Check } from './check.js';
import { DELIVERY_CHECKS } from './checks/delivery.js';
import { EXPANSION_CHECKS } from './checks/expansion.js';
import { FRAME_CHECKS } from './checks/frames.js';
import { MEMORY_CHECKS } from './checks/memory.js';
import { SESSION_CHECKS } from './checks/sessions.js';
import { SLOT_CLOCK_CHECKS } from './checks/slot-clock.js';
import { SLOT_CHECKS } from './checks/slots.js';

export const CHECKS: readonly Check[] = [
  ...FRAME_CHECKS,
  ...DELIVERY_CHECKS,
  ...SESSION_CHECKS,
  ...MEMORY_CHECKS,
  ...EXPANSION_CHECKS,
  ...SLOT_CHECKS,
  ...SLOT_CLOCK_CHECKS,
];
