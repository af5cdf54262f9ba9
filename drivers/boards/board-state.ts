/** What a board is and how it does. Asking leaves it as it is, but for the session that greeting it began. */
import { BeamloopError } from '../../src/core/errors.js';
import type { BoardDescription, BoardTelemetry, BoardTimeInterval, LinkStatistics } from '../array-board.js';
import type { NativeBoard } from './native-board.js';

export interface BoardState {
  readonly description: BoardDescription;
  /** Codewords that its memory holds. */
  readonly held: number;
  readonly boardTime: BoardTimeInterval;
  readonly telemetry: BoardTelemetry;
  readonly link: LinkStatistics;
}

/** Longer than the second after which a board sends telemetry by itself. */
const TELEMETRY_TIMEOUT_MS = 3000;

/** @throws BOARD_SILENT when it sends no telemetry; the signal's reason. */
export async function readBoardState(board: NativeBoard, signal?: AbortSignal): Promise<BoardState> {
  const telemetry = await nextTelemetry(board, signal);
  const boardTime = await board.readBoardTime();
  const { description } = board;
  return { description, held: board.codewordsHeld(), boardTime, telemetry, link: board.linkStatistics() };
}

function nextTelemetry(board: NativeBoard, signal: AbortSignal | undefined): Promise<BoardTelemetry> {
  return new Promise((resolve, reject) => {
    const timeout = setTimeout(() => {
      reject(
        new BeamloopError('BOARD_SILENT', {
          what: 'The board sends no telemetry',
          todo: 'Restart the board',
        }),
      );
    }, TELEMETRY_TIMEOUT_MS);
    const settle = (finish: () => void) => {
      clearTimeout(timeout);
      finish();
    };
    board.on('telemetry', (telemetry) => settle(() => resolve(telemetry)));
    signal?.addEventListener('abort', () => settle(() => reject(signal.reason)), { once: true });
    board.requestTelemetry();
  });
}
