/** How warm a board is, for tables that hold at about that temperature. */
import type { ArrayBoard, BoardTelemetry } from '../../../drivers/array-board.js';
import type { Clock } from '../../core/clock.js';

/** A board sends its telemetry every second. */
const TIMEOUT_S = 2.5;

/** Degrees Celsius; null of a board that does not say. Throws the signal's reason. */
export async function boardTemperatureC(
  board: ArrayBoard,
  clock: Clock,
  signal: AbortSignal,
): Promise<number | null> {
  const answered = new AbortController();
  let telemetry: BoardTelemetry | null = null;
  const listen = (told: BoardTelemetry) => {
    telemetry = told;
    answered.abort();
  };
  board.on('telemetry', listen);
  try {
    board.requestTelemetry();
    await clock.sleep(TIMEOUT_S, AbortSignal.any([signal, answered.signal])).catch((error: unknown) => {
      if (signal.aborted) throw error;
    });
    return (telemetry as BoardTelemetry | null)?.temperatureC ?? null;
  } finally {
    board.off('telemetry', listen);
  }
}
