/** What the driver makes of boards of version 1.0, and of boards that say odd things about their fixed lines. */
import { afterEach, expect, it } from 'vitest';
import type { NativeBoard } from '../../drivers/boards/native-board.js';
import type { Transport } from '../../drivers/transports/transport.js';
import { encodeFrame, type Frame, FrameDecoder } from '../../firmware-protocol/frame.js';
import { Welcome } from '../../firmware-protocol/messages/hello.js';
import { LineDelays, ReadLines } from '../../firmware-protocol/messages/read-lines.js';
import { connect, type EmulatedRig, loopbackRig, until } from './board-rigs.js';
import { BoardWatcher, randomCodewords } from './board-watcher.js';

const model = { numElements: 8, delayLinesS: [1, 2, 3].map((step) => new Float64Array(8).fill(step * 1e-9)) };

let rig: EmulatedRig | null = null;
let board: NativeBoard | null = null;
afterEach(async () => {
  await board?.close();
  await rig?.close();
  board = null;
  rig = null;
});

/** The transport with what the board sends changed frame by frame; `asked` collects the types of the host's frames. */
function tampered(transport: Transport, change: (frame: Frame) => Frame, asked: number[] = []): Transport {
  const fromHost = new FrameDecoder(({ type }) => asked.push(type));
  return {
    name: transport.name,
    open: (listener) => {
      const fromBoard = new FrameDecoder((frame) => listener.onBytes(encodeFrame(change(frame))));
      return transport.open({ ...listener, onBytes: (chunk) => fromBoard.push(chunk) });
    },
    write: (bytes) => {
      fromHost.push(bytes);
      return transport.write(bytes);
    },
    close: () => transport.close(),
  };
}

function edited(frame: Frame, edit: (payload: Uint8Array) => Uint8Array): Frame {
  return { ...frame, payload: edit(frame.payload) };
}

it('a board of version 1.0 is not asked for lines and works as before', async () => {
  rig = await loopbackRig({ model: { numElements: 8 } });
  const asked: number[] = [];
  const old = (frame: Frame) =>
    frame.type === Welcome.type
      ? edited(frame, (payload) => payload.map((byte, k) => (k === 1 ? 0 : byte)))
      : frame;
  board = await connect({ ...rig, transport: tampered(rig.transport, old, asked) });
  expect(board.description).toMatchObject({ protocolVersion: '1.0', lineBits: 0, delayLinesS: null });
  const codewords = randomCodewords(board, 3, 1);
  await board.load(codewords);
  expect(board.codewordsHeld()).toBe(3);
  expect(asked).not.toContain(ReadLines.type);
  expect(asked.length).toBeGreaterThan(5);
});

it('a board that gives fewer delays than asked for is refused', async () => {
  rig = await loopbackRig({ model });
  const short = (frame: Frame) =>
    frame.type === LineDelays.type && frame.payload[9] === 8
      ? edited(frame, (payload) => payload.slice(0, -4).map((byte, k) => (k === 9 ? 7 : byte)))
      : frame;
  const opening = connect({ ...rig, transport: tampered(rig.transport, short) });
  await expect(opening).rejects.toMatchObject({
    code: 'BOARD_FAULT',
    what: 'The board gave 7 delays of its line 1 when asked for 8',
  });
});

it('a board that restarts with other lines is another board', async () => {
  rig = await loopbackRig({ model });
  let restarted = false;
  const changed = (frame: Frame) =>
    restarted && frame.type === LineDelays.type && frame.payload.length > 11
      ? edited(frame, (payload) => payload.map((byte, k) => (k === 11 ? byte ^ 1 : byte)))
      : frame;
  board = await connect({ ...rig, transport: tampered(rig.transport, changed) });
  const watcher = new BoardWatcher(board);
  const codewords = randomCodewords(board, 2, 1);
  restarted = true;
  rig.emulated.reset();
  await until(() => watcher.resets > 0);
  await expect(board.load(codewords)).rejects.toMatchObject({
    code: 'BOARD_MISMATCH',
    what: 'The board restarted with other fixed lines',
  });
  expect(watcher.links.at(-1)).toBe('down');
});
