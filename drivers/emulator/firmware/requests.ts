/** What the board does for each request of the host. SPEC 6. */
import type { DecodedMessage } from '../../../firmware-protocol/codec.js';
import type { NameFrom, PayloadOf } from '../../../firmware-protocol/registry.js';
import { ARM_MODE, STATUS } from '../../../firmware-protocol/status.js';
import type { BoardModel } from '../board-model.js';
import type { BoardState } from './board-state.js';
import type { Outbox } from './outbox.js';

/** Numbered messages of the host. */
type RequestName = Exclude<NameFrom<'host'>, 'Hello' | 'Ack' | 'ReadClock' | 'ReadTelemetry'>;
export type Request = DecodedMessage<RequestName>;

/** Board time is exact up to here; at 100 MHz that is 2.8 years after power-up. */
const LAST_TICKS = BigInt(Number.MAX_SAFE_INTEGER);

const FS_PER_S = 1e15;

/** Carries out one request; `done` is called when the board is ready for the next, now or later. */
export function carryOut(
  board: BoardState,
  message: Request,
  request: number,
  outbox: Outbox,
  done: () => void,
): void {
  switch (message.name) {
    case 'LoadCodeword':
      load(board, message.value, request, outbox, done);
      return;
    case 'QueryMemory':
      outbox.post('MemoryContents', memoryContents(board, message.value, request));
      break;
    case 'QueueSlots': {
      const { entries } = message.value;
      const status = queueStatus(board, entries, outbox.unsafeReceipts);
      const accepted = status === STATUS.ok ? entries.length : 0;
      // Answered before slots that have begun already give their receipts.
      const free = board.hardware.model.queueDepth - board.clock.queued - accepted;
      outbox.post('QueueSlotsResult', { request, status, accepted, free });
      if (status === STATUS.ok) board.clock.enqueue(entries);
      break;
    }
    case 'Arm':
      outbox.post('ArmResult', { request, status: arm(board, message.value) });
      break;
    case 'Stop': {
      const dropped = board.clock.stop();
      outbox.flushReceipts();
      outbox.post('StopResult', { request, status: STATUS.ok, dropped });
      break;
    }
    case 'Mute':
      board.muted = message.value.muted === 1;
      if (!board.muted) board.sessionMuted = false;
      outbox.post('MuteResult', { request, status: STATUS.ok });
      break;
    case 'ReadLines':
      outbox.post('LineDelays', lineDelays(board.hardware.model, message.value, request));
      break;
    case 'QueryReceipts': {
      const receipts = board.log.range(message.value.firstSlot, message.value.count);
      outbox.post('QueryReceiptsResult', { request, status: STATUS.ok, found: receipts.length });
      outbox.repeatReceipts(receipts);
      break;
    }
  }
  done();
}

function load(
  board: BoardState,
  chunk: PayloadOf<'LoadCodeword'>,
  request: number,
  outbox: Outbox,
  done: () => void,
): void {
  const { index, hash, last } = chunk;
  const status = board.memory.stage(chunk);
  const { session } = outbox;
  const finish = () => {
    // Who asked may be gone by the time the memory is ready.
    if (outbox.session === session) outbox.post('LoadCodewordResult', { request, status, index, hash });
    done();
  };
  if (status !== STATUS.ok || last === 0) {
    finish();
    return;
  }
  board.hardware.writeMemory(() => {
    board.memory.commit(chunk);
    finish();
  });
}

function memoryContents(
  board: BoardState,
  { firstIndex, count }: PayloadOf<'QueryMemory'>,
  request: number,
): PayloadOf<'MemoryContents'> {
  if (firstIndex + count > board.memory.depth) {
    return { request, status: STATUS.badIndex, firstIndex, entries: [] };
  }
  const entries = Array.from({ length: count }, (_, k) => {
    const codeword = board.memory.at(firstIndex + k);
    return { valid: codeword === undefined ? 0 : 1, hash: codeword?.hash ?? 0n };
  });
  return { request, status: STATUS.ok, firstIndex, entries };
}

function lineDelays(
  { delayLinesS, numElements }: BoardModel,
  { line, firstElement, count }: PayloadOf<'ReadLines'>,
  request: number,
): PayloadOf<'LineDelays'> {
  const numLines = delayLinesS?.length ?? 0;
  const asked = { request, numLines, line, firstElement };
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
