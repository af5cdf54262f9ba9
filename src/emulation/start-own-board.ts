/** An emulated board that speaks its own language, in a process of its own, behind a port that any program can open. */
import type { OwnBoardConfig } from '../../drivers/emulator/own/own-board.js';
import type { OwnBoardCommand } from '../../drivers/emulator/own/own-board-process.js';
import type { PlugKind } from '../../drivers/emulator/plug.js';
import type { BoardReport } from '../../drivers/emulator/side-channel.js';
import { compiledEntry } from '../core/compiled-entry.js';
import type { BeamloopError } from '../core/errors.js';
import { Child } from './child.js';
import { boardTroubles, EmulatedBoardHandle } from './start-emulated-board.js';

type Ready = Extract<BoardReport, { type: 'ready' }>;

/**
 * Starts it. Its process ends with this one, even when this one is killed, and removes its files.
 *
 * @param onFailure told when its process ends without having been closed.
 * @throws BeamloopError PORT_FAILED where it cannot be started.
 */
export async function startOwnBoard(
  board: OwnBoardConfig,
  at: PlugKind,
  onFailure: (error: BeamloopError) => void = () => {},
): Promise<EmulatedBoardHandle> {
  const { child, ready } = await Child.start<OwnBoardCommand, BoardReport, Ready>({
    entry: compiledEntry('../../drivers/emulator/own/own-board-process.js', import.meta.url),
    start: { type: 'start', board, at },
    onReport: () => {},
    ...boardTroubles(onFailure),
  });
  return new EmulatedBoardHandle(child, ready);
}
