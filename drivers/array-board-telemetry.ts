/** Asks any board how it does. */
import { BeamloopError } from '../src/core/errors.js';
import type { ArrayBoard, BoardTelemetry } from './array-board.js';

/** Longer than the second after which a board sends telemetry by itself. */
const TELEMETRY_TIMEOUT_MS = 3000;

/** What the board says when asked how it does. Throws BOARD_SILENT when it says nothing; the signal's reason. */
export function nextTelemetry(board: ArrayBoard, signal?: AbortSignal): Promise<BoardTelemetry> {
  return new Promise((resolve, reject) => {
    const timeout = setTimeout(
      () =>
        settle(() =>
          reject(
            new BeamloopError('BOARD_SILENT', {
              what: 'The board sends no telemetry',
              todo: 'Restart the board',
            }),
          ),
        ),
      TELEMETRY_TIMEOUT_MS,
    );
    const told = (telemetry: BoardTelemetry) => settle(() => resolve(telemetry));
    const stopped = () => settle(() => reject(signal!.reason));
    const settle = (finish: () => void) => {
      clearTimeout(timeout);
      board.off('telemetry', told);
      signal?.removeEventListener('abort', stopped);
      finish();
    };
    board.on('telemetry', told);
    signal?.addEventListener('abort', stopped, { once: true });
    if (signal?.aborted) stopped();
    else board.requestTelemetry();
  });
}
