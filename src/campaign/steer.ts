/** One beam on a board, and what the board says of it: the first thing that anybody does with a new board. */
import type { ArrayBoard, BoardFault, PackedCodeword, Receipt } from '../../drivers/array-board.js';
import { type Clock, monotonicClock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
import { leastHostSlotS } from '../slots/host-timed-plan.js';
import { isKept } from '../slots/slot-outcome.js';

/** Long for the switch time of any board with a slot clock, and short for whoever waits. */
const SLOT_S = 10e-3;
/** From arming to the slot, s; twice as much each time that this was too little for the board. */
const AHEAD_S = 0.1;
const MOST_AHEAD_S = 10;
/** From the end of the slot until a receipt is asked for again, and given up, s. */
const ASK_AGAIN_S = 1;
const PATIENCE_S = 5;

/**
 * Loads a codeword, has the board latch it (one without a slot clock: take it), and resolves with the receipt. The beam then stays until the board is muted,
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
  const { hostTimed } = board.description;
  const slotDurationS = hostTimed === undefined ? SLOT_S : Math.ceil(2e3 * leastHostSlotS(hostTimed)) / 1e3;
  for (let aheadS = AHEAD_S; ; aheadS *= 2) {
    signal.throwIfAborted();
    await board.stop();
    const { hiS } = await board.readBoardTime();
    signal.throwIfAborted();
    try {
      await board.arm({
        firstSlot: 0,
        startBoardTimeS: hiS + aheadS + (hostTimed?.aheadS ?? 0),
        slotDurationS,
      });
      return await latch(
        board,
        packed.hash,
        aheadS + (hostTimed?.aheadS ?? 0) + slotDurationS,
        signal,
        clock,
      );
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
  endsInS: number,
  signal: AbortSignal,
  clock: Clock,
): Promise<Receipt> {
  const arrived = new AbortController();
  let receipt: Receipt | null = null;
  let says: string | null = null;
  const onFault = (fault: BoardFault) => {
    says = fault.says ?? says;
  };
  const onReceipt = (each: Receipt) => {
    if (each.slot !== 0) return;
    receipt = each;
    arrived.abort('arrived');
  };
  board.on('receipt', onReceipt);
  try {
    await board.queue([{ slot: 0, hash }]);
    board.on('fault', onFault);
    const either = AbortSignal.any([signal, arrived.signal]);
    const wait = (seconds: number) => clock.sleep(seconds, either).catch(() => undefined);
    await wait(endsInS + ASK_AGAIN_S);
    if (receipt === null && !signal.aborted) {
      await board.requestReceipts(0, 1);
      await wait(PATIENCE_S);
    }
    signal.throwIfAborted();
    return judged(receipt, hash, says);
  } finally {
    board.off('fault', onFault);
    board.off('receipt', onReceipt);
  }
}

/** @param says what was wrong in the board's words, where it has some. */
function judged(receipt: Receipt | null, hash: string, says: string | null): Receipt {
  if (receipt === null) {
    throw new BeamloopError('BOARD_SILENT', {
      what: 'The board confirmed the beam and sent no receipt for it',
      todo: 'Restart the board; if it happens again, its firmware owes a receipt per slot (SPEC 7.3)',
    });
  }
  if (!isKept(receipt.status)) {
    throw new BeamloopError('BOARD_FAULT', {
      what: `The board ${receipt.status === 'late' ? 'latched the beam late' : 'missed the slot of the beam'}${says === null ? '' : `: ${says}`}`,
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
