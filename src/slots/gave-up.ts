/** What is said when a pilot cannot be measured: by whose fault, and what to do. */
import type { BoardDescription } from '../../drivers/array-board.js';
import type { Complaint } from '../bridge/bridge.js';
import { BeamloopError } from '../core/errors.js';
import { leastHostSlotS } from './host-timed-plan.js';
import { seconds } from './plan-lint.js';
import type { SlotEnd } from './slot-outcome.js';

/** A board that restarts so often before its slot clock runs is broken. */
export const MAX_RESTARTS = 20;

const WRONG_CODEWORD =
  'its receipt has another hash than that of the codeword that was queued (SPEC 6.11, 7.3)';

/** Errors that end what one UE takes part in; any other ends all. */
export function isOfOneUe(error: unknown): error is BeamloopError {
  return error instanceof BeamloopError && /^UE_(ABSENT|SILENT|MISMATCH|ESTIMATE)$/.test(error.code);
}

export function restartsForEver(): BeamloopError {
  return new BeamloopError('BOARD_FAULT', {
    what: `The board restarted ${MAX_RESTARTS} times before its slot clock could be started`,
    todo: 'Check its power supply, and that no other program talks to it',
  });
}

/** What is known of a board whose slots this machine keeps. */
export interface HostTimedTrouble {
  readonly leastSlotS: number;
  /** What was wrong last, in words. */
  readonly says: string | null;
}

/** Null for a board with a slot clock of its own. */
export function hostTimedTrouble(
  { hostTimed }: BoardDescription,
  says: string | null,
): HostTimedTrouble | null {
  return hostTimed === undefined ? null : { leastSlotS: leastHostSlotS(hostTimed), says };
}

/**
 * A pilot that could not be measured in as many slots as it may have.
 *
 * @param wasSilent the board's watchdog found this machine silent meanwhile.
 * @param breach what the board did against its protocol, if it was seen to.
 * @param complaint what was wrong with what the UE sent meanwhile; null when nothing was.
 * @param ofHost of a board whose slots this machine keeps.
 */
export function gaveUp(
  ue: string,
  attempts: number,
  end: SlotEnd,
  wasSilent: boolean,
  breach: string | null,
  complaint: Pick<Complaint, 'message' | 'todo'> | null,
  ofHost: HostTimedTrouble | null = null,
): BeamloopError {
  if (end === 'untold') {
    return new BeamloopError('UE_SILENT', {
      what: `UE '${ue}' ${complaint?.message ?? 'cannot tell slots apart'}, ${attempts} times`,
      todo: complaint?.todo ?? 'Use longer slots',
    });
  }
  if (end === 'no-power' && complaint !== null) {
    return new BeamloopError('UE_SILENT', {
      what: `UE '${ue}' reported no power that could be used for a slot, ${attempts} times: it ${complaint.message}`,
      todo: complaint.todo,
    });
  }
  if (end === 'no-power') {
    return new BeamloopError('UE_SILENT', {
      what: `UE '${ue}' reported no power for a slot, ${attempts} times`,
      todo: 'Check that the UE measures the slots that it is asked for',
    });
  }
  if (end === 'unconfirmed') {
    return new BeamloopError('UE_SILENT', {
      what: `UE '${ue}' confirmed too late that it listens, ${attempts} times`,
      todo: 'Check what holds up the UE: slots lie farther ahead each time, and it confirmed later still',
    });
  }
  const why = {
    late: 'the board latched it late',
    missed: 'the board missed it',
    lost: 'the board restarted',
    'wrong-codeword': 'the board latched another codeword',
    'no-receipt': 'no receipt came',
    unloaded: 'the board took its codeword too late',
    joined: 'it ended well',
  }[end];
  const what = `A pilot for '${ue}' failed ${attempts} times, last because ${why}`;
  const seen = breach ?? (end === 'wrong-codeword' ? WRONG_CODEWORD : null);
  if (ofHost !== null && end === 'lost') {
    return new BeamloopError('BOARD_FAULT', {
      what: `${what.replace('the board restarted', 'the board was away')}${ofHost.says === null ? '' : `: ${ofHost.says}`}`,
      todo: 'Check its power supply and its line',
    });
  }
  if (ofHost !== null && (end === 'late' || end === 'missed')) {
    return new BeamloopError('BOARD_FAULT', {
      what: `${what.replace(' latched it late', ' took it too late')}${ofHost.says === null ? '' : `: ${ofHost.says}`}`,
      todo: `Make slots longer than the ${seconds(ofHost.leastSlotS)} that they need at least, raise board.hostJitter on a busy machine, or the times of the template where the board is slower than it says`,
    });
  }
  const against = end === 'lost' ? null : seen;
  if (against !== null && !wasSilent) {
    return new BeamloopError('BOARD_FAULT', {
      what: `${what}. The board does not keep to its protocol: ${against}`,
      todo: 'Correct the firmware of the board by those clauses of firmware-protocol/SPEC.md, or tell its maker',
    });
  }
  return new BeamloopError('BOARD_FAULT', {
    what,
    todo: wasSilent
      ? 'This machine did not talk to the board for longer than its watchdog allows: do not stop it, and keep it from being overloaded'
      : end === 'lost'
        ? 'Check the power supply of the board, and that no other program talks to it'
        : end === 'no-receipt'
          ? 'A board owes a receipt for every slot that it confirmed (SPEC 7.5): look for reconnects and corrupt frames; if the line is good, its firmware is at fault'
          : 'Give the link more time with slots.turnaround; beamloop run --dry-run shows the plan',
  });
}
