/**
 * Entry of the process of an emulated board that speaks its own language; forked with an IPC channel (side-channel.ts). It owns the
 * board's plug and tells the air what the elements radiate, always in real time. It ends when its parent ends, and leaves no file behind.
 */
import { AirServer } from '../air.js';
import { FaultEvents } from '../faults/fault-events.js';
import { fail, serveParent, tellParent } from '../parent.js';
import type { PlugKind } from '../plug.js';
import { PrivateDirectory } from '../private-directory.js';
import type { BoardCommand, BoardReport } from '../side-channel.js';
import { wallTimers } from '../timers.js';
import { makeOwnBoard } from './make-own-board.js';
import type { OwnBoard, OwnBoardConfig } from './own-board.js';

export type OwnBoardCommand =
  | { readonly type: 'start'; readonly board: OwnBoardConfig; readonly at: PlugKind }
  | Exclude<BoardCommand, { type: 'start' }>;

interface Running {
  readonly board: OwnBoard;
  unplug(durationS?: number): void;
  replug(): void;
}

function report(message: BoardReport): void {
  tellParent(message);
}

async function start(config: OwnBoardConfig, at: PlugKind): Promise<Running> {
  const directory = new PrivateDirectory();
  const board = await makeOwnBoard(config, at, directory, {
    onAir: (piece) => air.send(piece),
    onBytes: (count) => events.bytes(count),
  });
  process.once('exit', () => board.unplug());
  // What is radiated before anybody can listen is nobody's loss.
  const air = await AirServer.listen(directory.file('air'), board.numElements, true);
  const unplug = (durationS?: number) => {
    board.unplug();
    report({ type: 'plug', board: 0, plugged: false });
    if (durationS !== undefined) wallTimers.after(durationS, replug);
  };
  const replug = () => {
    board.plug().catch(fail);
    report({ type: 'plug', board: 0, plugged: true });
  };
  const events = new FaultEvents(config.faults.events, wallTimers, (action) => {
    if (action.kind === 'stall') board.stall(action.durationS);
    else if (action.kind === 'unplug') unplug(action.durationS);
    else board.reset();
  });
  await board.plug();
  report({
    type: 'ready',
    paths: [board.path],
    environment: board.environment,
    airPath: directory.file('air'),
    directory: directory.path,
  });
  return { board, unplug, replug };
}

function carryOut(
  { board, unplug, replug }: Running,
  command: Exclude<OwnBoardCommand, { type: 'start' }>,
): void {
  switch (command.type) {
    case 'advance':
      throw new Error('a board that speaks its own language runs in real time');
    case 'trigger':
      board.trigger();
      break;
    case 'reset':
      board.reset();
      break;
    case 'stall':
      board.stall(command.durationS);
      break;
    case 'unplug':
      unplug(command.durationS);
      break;
    case 'replug':
      replug();
      break;
  }
}

let running: Promise<Running> | undefined;
serveParent((command: OwnBoardCommand) => {
  if (command.type === 'start') {
    running ??= start(command.board, command.at);
    running.catch(fail);
  } else running?.then((board) => carryOut(board, command)).catch(fail);
});
