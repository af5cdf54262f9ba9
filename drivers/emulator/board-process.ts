/**
 * Entry of an emulated board's own process, forked with an IPC channel (side-channel.ts): owns its plug (a
 * pseudo-terminal unless told otherwise), runs the firmware model, tells the air what is radiated. It ends when its parent ends, however that happened, and
 * leaves no file behind.
 */

import { AirServer } from './air.js';
import { DEFAULT_BOARD } from './board-model.js';
import { EmulatedBoard, type EmulatedBoardConfig } from './emulated-board.js';
import { fail, tellParent } from './parent.js';
import { makePlug, type PlugKind } from './plug.js';
import { PrivateDirectory } from './private-directory.js';
import type { BoardCommand, BoardReport } from './side-channel.js';

function report(message: BoardReport): void {
  tellParent(message);
}

async function start(config: EmulatedBoardConfig, at: PlugKind): Promise<EmulatedBoard> {
  const directory = new PrivateDirectory();
  const serialNumber = config.model?.serialNumber ?? DEFAULT_BOARD.serialNumber;
  const { plug, environment } = await makePlug(at, serialNumber, directory, (chunk) => board.receive(chunk));
  process.once('exit', () => plug.unplug());
  const board = new EmulatedBoard(config, {
    toHost: (chunk) => plug.write(chunk),
    onAir: (slot) => air.send(slot),
    onBacklog: (full) => plug.setPaused(full),
    onPlug: (plugged) => {
      if (!plugged) plug.unplug();
      else plug.plug().catch(fail);
      report({ type: 'plug', plugged });
    },
  });
  const air = await AirServer.listen(
    directory.file('air'),
    board.model.numElements,
    config.realtime ?? false,
  );
  await plug.plug();
  const { path } = plug;
  report({ type: 'ready', path, environment, airPath: directory.file('air'), directory: directory.path });
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
    board ??= start(command.config, command.at ?? { kind: 'pty' });
    board.catch(fail);
  } else {
    board?.then((running) => carryOut(running, command)).catch(fail);
  }
});
