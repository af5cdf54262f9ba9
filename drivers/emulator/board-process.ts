/**
 * Entry of the process of an emulated board, or of several that are one array; forked with an IPC channel (side-channel.ts). Owns their
 * plugs (pseudo-terminals unless told otherwise), runs the firmware model, tells the air what is radiated. It ends when its parent ends,
 * however that happened, and leaves no file behind.
 */

import { AirServer } from './air.js';
import { DEFAULT_BOARD } from './board-model.js';
import type { EmulatedBoardConfig } from './emulated-board.js';
import { EmulatedBoards } from './emulated-boards.js';
import { fail, serveParent, tellParent } from './parent.js';
import { makePlug, type PlugKind } from './plug.js';
import { PrivateDirectory } from './private-directory.js';
import type { BoardCommand, BoardReport } from './side-channel.js';

function report(message: BoardReport): void {
  tellParent(message);
}

async function start(configs: readonly EmulatedBoardConfig[], at: PlugKind): Promise<EmulatedBoards> {
  const directory = new PrivateDirectory();
  const made = await Promise.all(
    configs.map(({ model }, k) =>
      makePlug(at, k, model?.serialNumber ?? DEFAULT_BOARD.serialNumber, directory, (chunk) =>
        all.boards[k]!.receive(chunk),
      ),
    ),
  );
  const plugs = made.map(({ plug }) => plug);
  process.once('exit', () => {
    for (const plug of plugs) plug.unplug();
  });
  const all = new EmulatedBoards(
    configs,
    (k) => ({
      toHost: (chunk) => plugs[k]!.write(chunk),
      onBacklog: (full) => plugs[k]!.setPaused(full),
      onPlug: (plugged) => {
        if (!plugged) plugs[k]!.unplug();
        else plugs[k]!.plug().catch(fail);
        report({ type: 'plug', board: k, plugged });
      },
    }),
    (slot) => air.send(slot),
  );
  const air = await AirServer.listen(directory.file('air'), all.numElements, configs[0]!.realtime ?? false);
  for (const plug of plugs) await plug.plug();
  report({
    type: 'ready',
    paths: plugs.map(({ path }) => path),
    environment: Object.assign({}, ...made.map(({ environment }) => environment)),
    airPath: directory.file('air'),
    directory: directory.path,
  });
  return all;
}

function carryOut(all: EmulatedBoards, command: Exclude<BoardCommand, { type: 'start' }>): void {
  switch (command.type) {
    case 'advance':
      report({ type: 'advanced', id: command.id, timesS: all.advanceTo(command.toS) });
      break;
    case 'trigger':
      for (const board of all.boards) board.trigger();
      break;
    case 'reset':
      all.boards[command.board]!.reset();
      break;
    case 'stall':
      all.boards[command.board]!.stall(command.durationS);
      break;
    case 'unplug':
      all.boards[command.board]!.unplug(command.durationS);
      break;
    case 'replug':
      all.boards[command.board]!.replug();
      break;
  }
}

let boards: Promise<EmulatedBoards> | undefined;
serveParent((command: BoardCommand) => {
  if (command.type === 'start') {
    boards ??= start(command.boards, command.at ?? { kind: 'pty' });
    boards.catch(fail);
  } else {
    boards?.then((running) => carryOut(running, command)).catch(fail);
  }
}, '; see beamloop emulate-board --help');
