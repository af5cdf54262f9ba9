/** What a UE does wrong, in words for whoever wrote it and for whoever waits for it. */
import type { Complaint } from './bridge.js';
import { MESSAGES_FROM_UE } from './messages.js';
import type { Malformed } from './wire.js';

const SEE = 'see docs/ue-protocol.md';
const LAYOUT = `Compare the bytes with docs/ue-protocol.md, "Power messages"`;

/** @param detail where in the message it is, and what is there. */
export function complaintOfPowers(malformed: Malformed, detail: string): Complaint {
  const code = malformed;
  const isNegative = /: -(?!Infinity)/.test(detail);
  const isNaNOrInfinite = /: (-?Infinity|NaN)/.test(detail);
  if (malformed === 'bad-power' || malformed === 'bad-noise-floor') {
    const name = malformed === 'bad-power' ? 'power' : 'noise floor';
    if (isNegative)
      return {
        code,
        message: `sent a negative ${name} (${detail}): powers are linear, this looks like dB or dBm`,
        todo: 'Send 10^(dB/10), in one unit for powers and noise floor',
      };
    if (isNaNOrInfinite)
      return {
        code,
        message: `sent a ${name} that is no finite number (${detail})`,
        todo: 'Send finite linear powers; leave out the record of a slot that could not be measured',
      };
  }
  return { code, message: `sent a power message that cannot be read, ${malformed}: ${detail}`, todo: LAYOUT };
}

/** A text message that is none of the protocol's. */
export function complaintOfText(text: string, detail: string): Complaint {
  const type = typeOf(text);
  if (type !== undefined && !MESSAGES_FROM_UE.has(type))
    return {
      code: 'unknown-message',
      message: `sent a text message of type ${JSON.stringify(type.slice(0, 40))}, which UEs do not send`,
      todo: `Send powers as binary messages, never as JSON (${SEE}, "Power messages"); as text only ${[...MESSAGES_FROM_UE].join(', ')}`,
    };
  if (type === 'sensor')
    return {
      code: 'bad-sensor',
      message: `sent a sensor reading that cannot be read: ${detail}`,
      todo: `Compare it with docs/ue-protocol.md, "Sensor readings"`,
    };
  return {
    code: 'bad-control',
    message: `sent a control message that cannot be read: ${detail}`,
    todo: `Compare it with docs/ue-protocol.md, "Control messages"`,
  };
}

function typeOf(text: string): string | undefined {
  try {
    const { type } = JSON.parse(text) as { type?: unknown };
    return typeof type === 'string' ? type : undefined;
  } catch {
    return undefined;
  }
}

export function complaintOfSubcarriers(
  numPowers: number,
  sequence: number,
  slot: number,
  said: number,
): Complaint {
  return {
    code: 'wrong-subcarriers',
    message: `sent ${numPowers} subcarriers in record ${sequence} of slot ${slot}, hello said ${said}`,
    todo: 'Send as many powers in every record as numSubcarriers in hello',
  };
}

export function complaintOfSlot(
  slot: number,
  asked: readonly [first: number, last: number] | null,
): Complaint {
  return {
    code: 'not-asked',
    message:
      `sent a power of slot ${slot}, which it was not asked for` +
      (asked === null ? '' : ` (the last request: slots ${asked[0]} to ${asked[1]})`),
    todo: `Send the slot numbers of the measure request (${SEE}, "Measure requests")`,
  };
}

export function complaintOfTime(why: string): Complaint {
  return {
    code: 'cannot-tell',
    message: `cannot tell the slots apart that it is asked for: ${why}`,
    todo: `Use longer slots; have the UE ask for the time more often or over a quieter line; or, where the board has a slot output that the UE does not have yet, give it that as a trigger (${SEE}, "When a slot is")`,
  };
}

export function complaintOfFullScale(slot: number, fullScale: number): Complaint {
  return {
    code: 'saturated',
    message: `is at its full scale of ${fullScale} in slot ${slot}`,
    todo: 'Turn down the receiver, or the array, until the strongest beam stays below full scale',
  };
}

/** @param announced whether its hello said that it has sensors. */
export function complaintOfUnasked(announced: boolean): Complaint {
  return {
    code: 'sensor-not-asked',
    message: announced
      ? 'sends sensor readings, which this run does not want'
      : 'sends sensor readings, of which its hello did not speak',
    todo: announced
      ? `Send them only where welcome has 'sensors' (${SEE}, "Sensor readings")`
      : `Say sensors: true in the description of hello (${SEE}, "Sensor readings")`,
  };
}
