import { BeamloopError } from '../../core/errors.js';
import { type ListedBoard, listBoards, stateInWords } from '../boards/board-list.js';
import { lineOptions } from '../boards/board-options.js';
import { boardClear, boardInfo, boardMute, boardTest } from '../boards/one-board.js';
import { type Command, printJson, warn } from '../command.js';
import { formatTable } from '../text-table.js';

/** `beamloop boards [info|test|mute|clear PORT]`: which boards there are, and what is done with one of them. */
export const boardsCommand: Command = (yargs, context) =>
  yargs.command(
    'boards',
    'List the boards at serial ports, USB and TCP, or test, mute or clear one',
    (builder) =>
      [boardTest, boardMute, boardClear]
        .reduce((parser, add) => add(parser, context), boardInfo(builder, context, 'info'))
        .options(lineOptions)
        .option('tcp', {
          type: 'string',
          array: true,
          global: false,
          requiresArg: true,
          describe: 'HOST:PORT to ask, too; may be given several times',
        })
        .example('$0 boards', 'Asks whatever may be a board, but for ports that a program has open')
        .example('$0 boards --tcp 10.0.0.7:4001 --json', '')
        .example('$0 boards test usb:device=1fc9:0094', 'Measures round trips, loading and the clock'),
    async (args) => {
      const { stdout, columns } = context;
      const tcp = (args.tcp ?? []).map((address) => `tcp:${address}`);
      const { boards, warnings } = await listBoards(tcp, args, context);
      const wrong = boards.find((board) => board.state === 'failed' && board.code === 'BAD_ARGUMENT');
      if (wrong?.state === 'failed') {
        throw new BeamloopError('BAD_ARGUMENT', { what: wrong.why, todo: 'Write --tcp HOST:PORT' });
      }
      if (args.json) return printJson(stdout, { boards, warnings });
      warn(context, warnings);
      if (boards.length === 0) return void stdout.write('There is no port that may have a board.\n');
      return void stdout.write(formatTable(tableOf(boards), columns));
    },
  );

function tableOf(boards: readonly ListedBoard[]) {
  const columns = [
    { title: 'port', align: 'left' as const },
    { title: 'model', align: 'left' as const },
    { title: 'serial number', align: 'left' as const },
    { title: 'firmware', align: 'left' as const, dropFirst: 1 },
    { title: 'elements', align: 'right' as const },
    { title: 'state', align: 'left' as const },
  ];
  const rows = boards.map((board) =>
    board.state === 'board'
      ? [board.port, board.model, board.serialNumber, board.firmware, String(board.numElements), 'answers']
      : [board.port, '-', '-', '-', '-', stateInWords(board)],
  );
  return { columns, rows };
}
