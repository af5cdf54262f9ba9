/** What a board tells unasked, in the units and words of the rest of beamloop. */
import type { PayloadOf } from '../../firmware-protocol/registry.js';
import { FAULT, TELEMETRY_FLAG } from '../../firmware-protocol/status.js';
import type { BoardFault, BoardTelemetry } from '../array-board.js';

const FAULT_NAMES = new Map<number, string>(Object.entries(FAULT).map(([name, code]) => [code, name]));

/** SPEC 6.12. */
export function faultOf(
  { code, detail, ticks }: PayloadOf<'Fault'>,
  { clockRateHz }: { readonly clockRateHz: number },
): BoardFault {
  const name = FAULT_NAMES.get(code) ?? `fault${code}`;
  return { code: name, detail, boardTimeS: Number(ticks) / clockRateHz };
}

/** A message that is none; the first time, it is said which clauses that breaks. */
export function malformedFault(where: string, boardTimeS: number, isFirst: boolean): BoardFault {
  const breach = `a message of it does not follow its layout: ${where} (SPEC 6, 9.3)`;
  return { code: 'malformedFromBoard', detail: 0, boardTimeS, ...(isFirst && { breach }) };
}

/** SPEC 6.10. */
export function telemetryOf({
  temperatureCentiC,
  supplyMv,
  queueDepth,
  flags,
}: PayloadOf<'Telemetry'>): BoardTelemetry {
  return {
    temperatureC: temperatureCentiC / 100,
    supplyV: supplyMv / 1000,
    queueDepth,
    muted: (flags & TELEMETRY_FLAG.muted) !== 0,
    armed: (flags & TELEMETRY_FLAG.armed) !== 0,
  };
}
