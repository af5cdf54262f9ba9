/** What is said of a board that was away, stays away, or comes back as another. */
import { BeamloopError } from '../../../src/core/errors.js';
import type { BoardIdentity } from './element-driver.js';

export function wasAway(where: string, reason: string): BeamloopError {
  return new BeamloopError('BOARD_RESET', {
    what: `The board was away (${reason}): what it held and what was queued is not relied on`,
    where,
    todo: 'Load, arm and queue again',
  });
}

export function staysAway(where: string, forS: number, reason: string): BeamloopError {
  return new BeamloopError('BOARD_SILENT', {
    what: `The board was away for ${forS} s: ${reason}`,
    where,
    todo: 'Check cable and power',
  });
}

export function isAnother(where: string, before: BoardIdentity, now: BoardIdentity): BeamloopError {
  return new BeamloopError('BOARD_MISMATCH', {
    what: `Another board answers: ${now.model} ${now.serialNumber}`,
    where,
    todo: `Connect ${before.model} ${before.serialNumber} as it was, or start again`,
  });
}
