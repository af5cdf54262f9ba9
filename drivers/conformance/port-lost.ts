import { BeamloopError } from '../../src/core/errors.js';

/** PORT_FAILED for a port that went away while a board was judged. */
export function portLost(where: string, reason: string): BeamloopError {
  return new BeamloopError('PORT_FAILED', {
    what: `The port was lost in the middle of a check: ${reason}`,
    where,
    todo: 'Plug the board in again and see that nothing else resets it; what was judged before stands',
  });
}
