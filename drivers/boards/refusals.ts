/** What it means that a board refused a request: whose fault it is, by which clause of SPEC.md, and what to do. */
import { PROTOCOL_VERSION } from '../../firmware-protocol/messages/hello.js';
import { STATUS } from '../../firmware-protocol/status.js';
import { BeamloopError } from '../../src/core/errors.js';

/** What to do about a board that does not keep to its protocol. */
export const FIRMWARE_AT_FAULT =
  'The firmware of the board is at fault: correct it by those clauses of firmware-protocol/SPEC.md, or tell its maker';

interface Refusal {
  readonly reason: string;
  /** What the board does against which clause; null: the request may have been wrong. */
  readonly breach: string | null;
  readonly todo: string;
}

const REFUSALS: Readonly<Record<string, Refusal>> = {
  unknownMessage: fault(
    'it does not know this message',
    'which its version of the protocol has (SPEC 6, 10.2)',
  ),
  malformed: fault('it could not read this message', 'which follows its layout (SPEC 6, 9.3)'),
  badIndex: fault(
    'no such place in the codeword memory or the table of lines',
    'though it said that it has that many (SPEC 6.1, 6.2, 6.14)',
  ),
  hashMismatch: fault(
    'the codeword arrived differently from its hash',
    'though it acknowledged the frames undamaged (SPEC 4.1, 4.3, 6.2)',
  ),
  queueFull: mine('its slot queue is full', 'Queue fewer slots ahead'),
  slotOrder: mine(
    'slots must rise strictly over all queued entries',
    'Stop the board before queueing earlier slots again',
  ),
  notLoaded: fault(
    'a codeword is not in its memory',
    'though it had confirmed that it holds it (SPEC 6.2, 6.4)',
  ),
  badTiming: mine(
    'the slot clock cannot be kept (start already past, or slots shorter than the switch time)',
    'Start later, or make the slots longer',
  ),
  notArmed: fault('the slot clock is not armed', 'which is no answer to any message (SPEC 9.1)'),
  noCapability: mine('it has no such hardware', 'See `beamloop board PORT` for what it has'),
  badCode: mine(
    'a delay or a line of the codeword is beyond what its elements have',
    'Compare the codeword with the delays and lines that `beamloop board PORT` shows',
  ),
};

function fault(reason: string, breach: string): Refusal {
  return { reason, breach, todo: FIRMWARE_AT_FAULT };
}

function mine(reason: string, todo: string): Refusal {
  return { reason, breach: null, todo };
}

/** BOARD_REFUSED for a request that was answered with this status; its cause is the status' name. */
export function refused(request: string, status: number, where: string): BeamloopError {
  const cause = Object.entries(STATUS).find(([, code]) => code === status)?.[0] ?? 'unknown';
  const { reason, breach, todo } = REFUSALS[cause] ?? {
    reason: `status ${status}`,
    breach: 'which this beamloop does not know (SPEC 9.1)',
    todo: `Install a beamloop as new as the firmware of the board; version ${PROTOCOL_VERSION.major}.${PROTOCOL_VERSION.minor} has no such status`,
  };
  const what = `The board refused ${request}: ${reason}${breach === null ? '' : `, ${breach}`}`;
  return new BeamloopError('BOARD_REFUSED', { what, where, todo, cause });
}
