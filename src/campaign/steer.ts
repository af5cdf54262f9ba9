/** One beam on a board, and what the board latched: the first thing that anybody does with a new board. */
import type { ArrayBoard, PackedCodeword, Receipt } from '../../drivers/array-board.js';
import { type Clock, monotonicClock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';

/** Long for any board's switch time, and short for whoever waits. */
const SLOT_S = 10e-3;
/** From arming to the slot, s; twice as much each time that this was too little for the board. */
const AHEAD_S = 0.1;
const MOST_AHEAD_S = 10;
/** From the end of the slot until a receipt is asked for again, and given up, s. */
const ASK_AGAIN_S = 1;
const PATIENCE_S = 5;

/**
 * Loads a codeword, has the board latch it, and resolves with the receipt. The beam then stays until the board is muted,
 * stopped or closed.
 *
 * @throws BOARD_SILENT when no receipt comes, BOARD_FAULT when the board latched something else or nothing; the signal's reason.
 */
export async function steer(
  board: ArrayBoard,
  packed: PackedCodeword,
  signal: AbortSignal,
  clock: Clock = monotonicClock,
): Promise<Receipt> {
  await board.load([packed]);
  for (let aheadS = AHEAD_S; ; aheadS *= 2) {
    signal.throwIfAborted();
    await board.stop();
    const { hiS } = await board.readBoardTime();
    signal.throwIfAborted();
    try {
      await board.arm({ firstSlot: 0, startBoardTimeS: hiS + aheadS, slotDurationS: SLOT_S });
      return await latch(board, packed.hash, aheadS, signal, clock);
    } catch (error) {
      // The board heard of its slot too late.
      const isLate =
        error instanceof BeamloopError && (error.cause === 'badTiming' || error.cause === 'late');
      if (!isLate || aheadS > MOST_AHEAD_S) throw error;
    }
  }
}

async function latch(
  board: ArrayBoard,
  hash: string,
  aheadS: number,
  signal: AbortSignal,
  clock: Clock,
): Promise<Receipt> {
  const arrived = new AbortController();
  let receipt: Receipt | null = null;
  const onReceipt = (each: Receipt) => {
    if (each.slot !== 0) return;
    receipt = each;
    arrived.abort('arrived');
  };
  board.on('receipt', onReceipt);
  try {
    await board.queue([{ slot: 0, hash }]);
    const either = AbortSignal.any([signal, arrived.signal]);
    const wait = (seconds: number) => clock.sleep(seconds, either).catch(() => undefined);
    await wait(aheadS + SLOT_S + ASK_AGAIN_S);
    if (receipt === null && !signal.aborted) {
      await board.requestReceipts(0, 1);
      await wait(PATIENCE_S);
    }
    signal.throwIfAborted();
    return judged(receipt, hash);
  } finally {
    board.off('receipt', onReceipt);
  }
}

function judged(receipt: Receipt | null, hash: string): Receipt {
  if (receipt === null) {
    throw new BeamloopError('BOARD_SILENT', {
      what: 'The board confirmed the beam and sent no receipt for it',
      todo: 'Restart the board; if it happens again, its firmware owes a receipt per slot (SPEC 7.3)',
    });
  }
  if (receipt.status !== 'latched') {
    throw new BeamloopError('BOARD_FAULT', {
      what: `The board ${receipt.status === 'late' ? 'latched the beam late' : 'missed the slot of the beam'}`,
      todo: 'Try again; if it happens again, the link is slower than the board says',
      cause: 'late',
    });
  }
  if (receipt.hash !== hash) {
    throw new BeamloopError('BOARD_FAULT', {
      what: `The board latched codeword ${receipt.hash} instead of ${hash}`,
      todo: 'Its firmware latches or reports the wrong codeword (SPEC 7.3, 7.5)',
    });
  }
  return receipt;
}
