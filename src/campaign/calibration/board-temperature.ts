/** How warm a board is, for tables that hold at about that temperature. */
import type { ArrayBoard } from '../../../drivers/array-board.js';
import { nextTelemetry } from '../../../drivers/array-board-telemetry.js';
import { BeamloopError } from '../../core/errors.js';

/** Degrees Celsius; null of a board that does not say. Throws the signal's reason. */
export async function boardTemperatureC(board: ArrayBoard, signal: AbortSignal): Promise<number | null> {
  try {
    return (await nextTelemetry(board, signal)).temperatureC;
  } catch (error) {
    if (error instanceof BeamloopError && error.code === 'BOARD_SILENT' && !signal.aborted) return null;
    throw error;
  }
}
