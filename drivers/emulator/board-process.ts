/**
 * Entry of an emulated board's own process, forked with an IPC channel (side-channel.ts): owns the pseudo-terminal,
 * runs the firmware model, tells the air what is radiated. It ends when its parent ends, however that happened, and
 * leaves no file behind.
 */

import { AirServer } from './air.js';
import { EmulatedBoard, type EmulatedBoardConfig } from './emulated-board.js';
import { fail, tellParent } from './parent.js';
import { PrivateDirectory } from './private-directory.js';
import { PtyHost } from './pty-host.js';
import type { BoardCommand, BoardReport } from './side-channel.js';

function report(message: BoardReport): void {
  tellParent(message);
}

async function start(config: EmulatedBoardConfig): Promise<EmulatedBoard> {
  const directory = new PrivateDirectory();
  const pty = new PtyHost(directory.file('board'), (chunk) => board.receive(chunk));
  const board = new EmulatedBoard(config, {
    toHost: (chunk) => pty.write(chunk),
    onAir: (slot) => air.send(slot),
    onBacklog: (full) => pty.setPaused(full),
    onPlug: (plugged) => {
      if (!plugged) pty.unplug();
      else pty.plug().catch(fail);
      report({ type: 'plug', plugged });
    },
  });
  const air = await AirServer.listen(
    directory.file('air'),
    board.model.numElements,
    config.realtime ?? false,
  );
  await pty.plug();
  report({ type: 'ready', path: pty.path, airPath: directory.file('air'), directory: directory.path });
  return board;
}

function carryOut(board: EmulatedBoard, command: Exclude<BoardCommand, { type: 'start' }>): void {
  switch (command.type) {
    case 'advance': {
      const { id, toS } = command;
      report({ type: 'advanced', id, toS, nowS: board.advanceTo(toS) });
      break;
    }
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
      board.unplug(command.durationS);
      break;
    case 'replug':
      board.replug();
      break;
  }
}

if (process.send === undefined) {
  process.stderr.write(
    'This is a part of beamloop that it starts itself; see beamloop emulate-board --help\n',
  );
  process.exit(2);
}
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
// Ctrl-C reaches every process of the terminal; this one must outlive the controller, which still has to mute it.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});
process.on('uncaughtException', fail);

let board: Promise<EmulatedBoard> | undefined;
process.on('message', (command: BoardCommand) => {
  if (command.type === 'start') {
    board ??= start(command.config);
    board.catch(fail);
  } else {
    board?.then((running) => carryOut(running, command)).catch(fail);
  }
});
