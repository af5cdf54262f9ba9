/** Greets a board without a slot clock and makes an `ArrayBoard` of it. */
import { requireSoundDriver } from './driver-checks.js';
import { HostTimedBoard, type HostTimedOptions } from './host-timed-board.js';

export interface OpenHostTimedOptions extends HostTimedOptions {
  readonly signal?: AbortSignal;
}

/**
 * Opens the driver, greets the board and makes a board of it.
 *
 * @throws BAD_ARGUMENT for a driver whose facts make no sense; what the driver's `open` throws, or the signal's reason; the connection is closed then.
 */
export async function openHostTimedBoard(options: OpenHostTimedOptions): Promise<HostTimedBoard> {
  const { driver, jitterS, signal } = options;
  requireSoundDriver(driver, jitterS);
  signal?.throwIfAborted();
  let board: HostTimedBoard | null = null;
  let lostEarly: string | null = null;
  const onLost = (reason: string) => {
    if (board === null) lostEarly = reason;
    else board.lost(reason);
  };
  const opened = driver.open(onLost);
  opened.catch(() => {}); // awaited below
  let aborted: (() => void) | undefined;
  try {
    const stopped = new Promise<never>((_, reject) => {
      aborted = () => reject(signal!.reason);
      signal?.addEventListener('abort', aborted, { once: true });
    });
    const identity = await Promise.race([opened, stopped]);
    board = new HostTimedBoard(options, identity, onLost);
    if (lostEarly !== null) board.lost(lostEarly);
    return board;
  } catch (error) {
    await driver.close();
    throw error;
  } finally {
    if (aborted !== undefined) signal?.removeEventListener('abort', aborted);
  }
}
