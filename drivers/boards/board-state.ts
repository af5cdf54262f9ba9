/** What a board is and how it does. Asking leaves it as it is, but for the session that greeting it began. */
import type { BoardDescription, BoardTelemetry, BoardTimeInterval, LinkStatistics } from '../array-board.js';
import { nextTelemetry } from '../array-board-telemetry.js';
import type { NativeBoard } from './native-board.js';

export interface BoardState {
  readonly description: BoardDescription;
  /** Codewords that its memory holds. */
  readonly held: number;
  readonly boardTime: BoardTimeInterval;
  readonly telemetry: BoardTelemetry;
  readonly link: LinkStatistics;
}

/** @throws BOARD_SILENT when it sends no telemetry; the signal's reason. */
export async function readBoardState(board: NativeBoard, signal?: AbortSignal): Promise<BoardState> {
  const telemetry = await nextTelemetry(board, signal);
  const boardTime = await board.readBoardTime();
  const { description } = board;
  return { description, held: board.codewordsHeld(), boardTime, telemetry, link: board.linkStatistics() };
}
