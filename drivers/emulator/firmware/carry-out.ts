/** What the board does for each request of the host. SPEC 6. */
import type { DecodedMessage } from '../../../firmware-protocol/codec.js';
import {
  type PayloadOf,
  type RequestName,
  type ResponseName,
  responseTo,
} from '../../../firmware-protocol/registry.js';
import { ARM_MODE, STATUS } from '../../../firmware-protocol/status.js';
import type { BoardModel } from '../board-model.js';
import type { BoardState } from './board-state.js';
import type { Outbox } from './outbox.js';

/** A response of the type that the request declares; which request it answers is filled in. */
type Answer<N extends RequestName> = Omit<PayloadOf<ResponseName<N>>, 'request'>;

interface Carried<N extends RequestName> {
  readonly answer: Answer<N>;
  /** Takes time, before the answer: calls back when it is over. */
  readonly before?: (ready: () => void) => void;
  /** Is done when the request has been answered. */
  readonly after?: () => void;
}

type Handler<N extends RequestName> = (board: BoardState, value: PayloadOf<N>, outbox: Outbox) => Carried<N>;

/** Board time is exact up to here; at 100 MHz that is 2.8 years after power-up. */
const LAST_TICKS = BigInt(Number.MAX_SAFE_INTEGER);

const FS_PER_S = 1e15;

const HANDLERS: { readonly [N in RequestName]: Handler<N> } = {
  LoadCodeword: load,
  QueryMemory: (board, value) => ({ answer: memoryContents(board, value) }),
  QueueSlots: (board, { entries }, outbox) => {
    const status = queueStatus(board, entries, outbox.unsafeReceipts);
    const accepted = status === STATUS.ok ? entries.length : 0;
    const free = board.hardware.model.queueDepth - board.clock.queued - accepted;
    // Answered before slots that have begun already give their receipts.
    const after = () => status === STATUS.ok && board.clock.enqueue(entries);
    return { answer: { status, accepted, free }, after };
  },
  Arm: (board, value) => ({ answer: { status: arm(board, value) } }),
  Stop: (board, _value, outbox) => {
    const dropped = board.clock.stop();
    outbox.flushReceipts();
    return { answer: { status: STATUS.ok, dropped } };
  },
  Mute: (board, { muted }) => {
    board.muted = muted === 1;
    if (!board.muted) board.sessionMuted = false;
    return { answer: { status: STATUS.ok } };
  },
  SetGeometry: (board, value) => {
    const status = board.expansion.setGeometry(value);
    return { answer: { status, corrections: status === STATUS.noCapability ? 0 : 1 } };
  },
  SetCorrections: (board, value) => ({ answer: { status: board.expansion.setCorrections(value) } }),
  LoadFoci: (board, { entries }) => written(board, board.expansion.foci(entries)),
  LoadSplits: (board, { entries }) => written(board, board.expansion.splits(entries)),
  ReadLines: (board, value) => ({ answer: lineDelays(board.hardware.model, value) }),
  QueryReceipts: (board, { firstSlot, count }, outbox) => {
    const receipts = board.log.range(firstSlot, count);
    return {
      answer: { status: STATUS.ok, found: receipts.length },
      after: () => outbox.repeatReceipts(receipts),
    };
  },
};

/** Carries out the request of frame `sequence`; `done` is called when the board is ready for the next, now or later. */
export function carryOut<N extends RequestName>(
  board: BoardState,
  { name, value }: DecodedMessage<N>,
  sequence: number,
  outbox: Outbox,
  done: () => void,
): void {
  const { session } = outbox;
  const { answer, before, after } = HANDLERS[name](board, value, outbox);
  const finish = () => {
    const response = { request: sequence, ...answer } as PayloadOf<ResponseName<N>>;
    // Who asked may be gone by the time the board is ready.
    if (outbox.session === session) outbox.post(responseTo(name), response);
    after?.();
    done();
  };
  if (before === undefined) finish();
  else before(finish);
}

function load(board: BoardState, chunk: PayloadOf<'LoadCodeword'>): Carried<'LoadCodeword'> {
  const { index, hash, last } = chunk;
  const status = board.memory.stage(chunk);
  const answer = { status, index, hash };
  if (status !== STATUS.ok || last === 0) return { answer };
  const before = (ready: () => void) =>
    board.hardware.writeMemory(() => {
      board.memory.commit(chunk);
      ready();
    });
  return { answer, before };
}

/** Takes as long as writing the codewords does. */
function written<N extends 'LoadFoci' | 'LoadSplits'>(
  board: BoardState,
  answer: Answer<'LoadFoci'>,
): Carried<N> {
  const write = (numLeft: number, ready: () => void): void =>
    numLeft === 0 ? ready() : board.hardware.writeMemory(() => write(numLeft - 1, ready));
  return { answer: answer as Answer<N>, before: (ready) => write(answer.loaded, ready) };
}

function memoryContents(
  board: BoardState,
  { firstIndex, count }: PayloadOf<'QueryMemory'>,
): Answer<'QueryMemory'> {
  if (firstIndex + count > board.memory.depth) {
    return { status: STATUS.badIndex, firstIndex, entries: [] };
  }
  const entries = Array.from({ length: count }, (_, k) => {
    const codeword = board.memory.at(firstIndex + k);
    return { valid: codeword === undefined ? 0 : 1, hash: codeword?.hash ?? 0n };
  });
  return { status: STATUS.ok, firstIndex, entries };
}

function lineDelays(
  { delayLinesS, numElements }: BoardModel,
  { line, firstElement, count }: PayloadOf<'ReadLines'>,
): Answer<'ReadLines'> {
  const numLines = delayLinesS?.length ?? 0;
  const asked = { numLines, line, firstElement };
  if ((count > 0 && line >= numLines) || firstElement + count > numElements) {
    return { ...asked, status: STATUS.badIndex, delays: [] };
  }
  const delays = Array.from({ length: count }, (_, k) => ({
    delayFs: Math.round(delayLinesS![line]![firstElement + k]! * FS_PER_S),
  }));
  return { ...asked, status: STATUS.ok, delays };
}

function queueStatus(
  board: BoardState,
  entries: PayloadOf<'QueueSlots'>['entries'],
  unsafeReceipts: number,
): number {
  let last = board.clock.lastAcceptedSlot;
  for (const { slot } of entries) {
    if (slot <= last) return STATUS.slotOrder;
    last = slot;
  }
  if (entries.some(({ index }) => index >= board.memory.depth)) return STATUS.badIndex;
  if (entries.some(({ index }) => board.memory.at(index) === undefined)) return STATUS.notLoaded;
  const queued = board.clock.queued + entries.length;
  if (queued > board.hardware.model.queueDepth) return STATUS.queueFull;
  // SPEC 7.5: no receipt may be pushed out of the log before the host has it.
  if (entries.length > 0 && queued + unsafeReceipts > board.log.capacity) return STATUS.queueFull;
  return STATUS.ok;
}

function arm(board: BoardState, { mode, firstSlot, startTicks, slotTicks }: PayloadOf<'Arm'>): number {
  const { model } = board.hardware;
  const switchTicks = model.switchTimeS * model.clockRateHz;
  if (slotTicks <= switchTicks) return STATUS.badTiming;
  if (mode === ARM_MODE.trigger) {
    board.sessionMuted = false;
    board.clock.armOnTrigger(firstSlot, slotTicks);
    return STATUS.ok;
  }
  if (startTicks < board.ticks || startTicks > LAST_TICKS) return STATUS.badTiming;
  board.sessionMuted = false;
  board.clock.arm({ firstSlot, startTicks: Number(startTicks), slotTicks });
  return STATUS.ok;
}
