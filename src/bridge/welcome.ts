import type { BridgeLimits } from './limits.js';
import type { Welcome } from './messages.js';
import type { UeSession } from './ue-session.js';

/** What a UE is told when it is let in. */
export function welcomeTo(
  session: UeSession,
  run: string,
  nextSequence: number,
  limits: BridgeLimits,
): Welcome {
  return {
    type: 'welcome',
    run,
    session: session.key,
    nextSequence,
    acknowledged: session.tracker.acknowledged,
    window: limits.window,
    heartbeatS: limits.heartbeatS,
    limits: {
      maxMessageBytes: limits.maxMessageBytes,
      maxRecordsPerMessage: limits.maxRecordsPerMessage,
      maxSubcarriers: limits.maxSubcarriers,
      recordsPerS: limits.recordsPerS,
      controlPerS: limits.controlPerS,
    },
    ...(session.isAskedForReadings && {
      sensors: { after: session.readings!.highest, readingsPerS: limits.readingsPerS },
    }),
  };
}
