/** What the `radio` section of a scenario comes to, with the slots and subcarriers that it is for. */
import { BeamloopError } from '../core/errors.js';
import type { EmulatedRadioPlan } from '../radio/radio-plan.js';
import { MOST_PILOTS, pilotsFor, Waveform } from '../radio/waveform.js';
import type { Scenario } from './scenario-schema.js';

/** Null where UEs are no radios. @throws SCENARIO_INVALID when the waveform does not fit into slots. */
export function radioPlanOf(
  { radio, array, board, slots, users }: Scenario,
  where = 'radio',
): EmulatedRadioPlan | null {
  if (radio === undefined) return null;
  if (board.driver !== undefined && board.driver !== 'native') {
    throw new BeamloopError('SCENARIO_INVALID', {
      what: `An emulated radio hears a transmitter that counts the slots of a board; one by driver ${board.driver} has no slot clock to count by`,
      where,
      todo: 'Leave out radio: its UEs then measure powers in the middle of each slot',
    });
  }
  const { sampleRate: sampleRateHz, emulated: own } = radio;
  requireUsers(Object.keys(own.serve), users, where);
  const numSubcarriers = array.subcarriers ?? 1;
  const numPilots = radio.pilots ?? pilotsFor(numSubcarriers);
  if (numPilots < numSubcarriers || numPilots > MOST_PILOTS)
    throw new BeamloopError('SCENARIO_INVALID', {
      what: `A radio measures at most one subcarrier per pilot: there are ${numSubcarriers}, and ${Math.min(numPilots, MOST_PILOTS)} pilots`,
      where: `${where}.pilots`,
      todo: `Take a power of two up to ${MOST_PILOTS}, or fewer subcarriers`,
    });
  const waveform = { sampleRateHz, slotDurationS: slots.duration, numPilots };
  try {
    new Waveform(waveform);
  } catch (error) {
    if (!(error instanceof BeamloopError)) throw error;
    const { what, todo } = error;
    throw new BeamloopError('SCENARIO_INVALID', {
      what,
      where,
      ...(todo !== undefined && { todo }),
      cause: error,
    });
  }
  return {
    ...waveform,
    format: own.format,
    gainDb: own.gain,
    clockDriftPpm: own.clockDriftPpm,
    carrierOffsetHz: own.carrierOffset,
    startUncertaintyS: own.startUncertainty,
    dropShare: own.drops?.share ?? 0,
    dropSamples: own.drops?.burst ?? 1,
    tellsGaps: own.drops?.told ?? true,
  };
}

function requireUsers(named: readonly string[], users: Scenario['users'], where: string): void {
  const ids = Array.isArray(users)
    ? users.map(({ id }) => id)
    : Array.from({ length: users.count }, (_, k) => `ue${k + 1}`);
  const unknown = named.find((id) => !ids.includes(id));
  if (unknown === undefined) return;
  throw new BeamloopError('SCENARIO_INVALID', {
    what: `There is no user '${unknown}' whose samples could be served`,
    where: `${where}.emulated.serve`,
    todo: `Name one of ${ids.slice(0, 10).join(', ')}`,
  });
}
