/** What the `radio` section of a scenario comes to, with the slots and subcarriers that it is for. */
import { BeamloopError } from '../core/errors.js';
import type { EmulatedRadioPlan } from '../radio/radio-plan.js';
import { sampleFormat } from '../radio/sample-format.js';
import { FEWEST_OF_SLOT } from '../radio/trigger-source.js';
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
  if (own.trigger) requireTriggerable(radio, array.subcarriers ?? 1, slots.duration, where);
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
    hasTrigger: own.trigger,
  };
}

function requireTriggerable(
  { sampleRate, emulated: { format, startUncertainty } }: NonNullable<Scenario['radio']>,
  numSubcarriers: number,
  slotDurationS: number,
  where: string,
): void {
  const refuse = (what: string, todo: string) => {
    throw new BeamloopError('SCENARIO_INVALID', { what, where: `${where}.emulated.trigger`, todo });
  };
  if (numSubcarriers > 1)
    refuse(
      `A radio with a trigger measures one power a slot, and there are ${numSubcarriers} subcarriers`,
      'Leave out trigger: powers per subcarrier are measured by the waveform',
    );
  if (sampleFormat(format).readMarked === null)
    refuse(
      `Samples in ${format} are floats, which have no lowest bit for a trigger`,
      'Take format cu8, cs8 or cs16',
    );
  if (sampleRate * slotDurationS < FEWEST_OF_SLOT)
    refuse(
      `A slot has ${Number((sampleRate * slotDurationS).toPrecision(4))} samples, and its power takes at least ${FEWEST_OF_SLOT}`,
      'Raise radio.sampleRate, or slots.duration',
    );
  if (startUncertainty >= slotDurationS / 2)
    refuse(
      `A trigger tells where a slot begins and not which one it is; when samples are taken is known to ${startUncertainty} s either way, and half a slot is ${slotDurationS / 2} s`,
      'Lower radio.emulated.startUncertainty, or raise slots.duration',
    );
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
