/** Codes carried inside messages. Receivers accept codes that they do not know (SPEC 10.3). */

/** `status` of every response. SPEC 9.1. */
export const STATUS = {
  ok: 0,
  unknownMessage: 1,
  malformed: 2,
  badIndex: 3,
  hashMismatch: 4,
  queueFull: 5,
  slotOrder: 6,
  notLoaded: 7,
  badTiming: 8,
  notArmed: 9,
  noCapability: 10,
  badCode: 11,
} as const;

/** `status` of a receipt. SPEC 7.3. */
export const RECEIPT_STATUS = { latched: 0, late: 1, missed: 2 } as const;

/** `code` of a Fault. SPEC 9.2. */
export const FAULT = {
  watchdog: 1,
  latchMissed: 2,
  overTemperature: 3,
  underVoltage: 4,
  memory: 5,
  malformedMessage: 6,
  powerUp: 7,
} as const;

/** Bits of Telemetry `flags`. SPEC 6.10. */
export const TELEMETRY_FLAG = { muted: 1, armed: 2, watchdogFired: 4 } as const;

/** `mode` of Arm. SPEC 6.5. */
export const ARM_MODE = { time: 0, trigger: 1 } as const;
