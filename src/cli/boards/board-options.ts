/** How a command opens the board at a port, and that it leaves alone what another program holds. */
import type { Argv } from 'yargs';
import type { NativeBoard } from '../../../drivers/boards/native-board.js';
import { type PortHolder, portHolders } from '../../../drivers/transports/port-holders.js';
import { BeamloopError } from '../../core/errors.js';
import { openBoardAt, placeOfPort } from '../../testbed.js';
import type { CommandContext } from '../command.js';
import { baudOption, quantityOption } from '../options.js';
import { wireLogOption, withWireLog } from '../wire-log-option.js';

const MOST_OPEN_TIMEOUT_S = 600;

/** For yargs. Commands below another one say for themselves that they have them. */
export const lineOptions = {
  baud: {
    type: 'string',
    default: '3000000',
    requiresArg: true,
    global: false,
    describe: 'Bits per second of a serial line; the same as the board is set to',
  },
  'open-timeout': {
    type: 'string',
    default: '3 s',
    requiresArg: true,
    global: false,
    describe: 'How long the board may take to answer after its port was opened, as one that restarts then',
  },
  dtr: {
    choices: ['on', 'off'] as const,
    requiresArg: true,
    global: false,
    describe: 'Level of the line DTR once the port is open, and after; many adapters restart a board with it',
  },
  rts: {
    choices: ['on', 'off'] as const,
    requiresArg: true,
    global: false,
    describe: 'The same of the line RTS',
  },
} as const;

export function boardPortOptions<T>(builder: Argv<T>) {
  return builder
    .positional('port', {
      type: 'string',
      demandOption: true,
      describe:
        'Port of the board: a path, usb:VENDOR:PRODUCT[:SERIAL], usb:device=VENDOR:PRODUCT[:SERIAL] or tcp:HOST:PORT; see docs/ports.md. For info and mute also a scenario (.yaml) whose board speaks its own language',
    })
    .options(lineOptions)
    .options(wireLogOption);
}

export interface LineArguments {
  readonly baud: string;
  readonly openTimeout: string;
  readonly dtr?: 'on' | 'off' | undefined;
  readonly rts?: 'on' | 'off' | undefined;
}

interface BoardArguments {
  readonly port: string;
  readonly wireLog?: string | undefined;
}

/**
 * Opens the board, does something with it, and leaves it as it is then.
 *
 * @throws PORT_BUSY, naming the program, when another one of this machine has the port open: the board is not spoken to.
 */
export async function withBoard<T>(
  { port, baud, openTimeout, dtr, rts, wireLog }: LineArguments & BoardArguments,
  context: CommandContext,
  task: (board: NativeBoard) => Promise<T>,
): Promise<T> {
  const settings = { baud: baudOption(baud), openTimeout: openTimeoutOption(openTimeout), dtr, rts };
  const held = await holdersOf(port);
  if (held.length > 0) {
    throw new BeamloopError('PORT_BUSY', {
      what: `Another program has the port open: ${held.map(holderInWords).join(', ')}`,
      where: port,
      todo: 'Wait until it ends, or end it. The board was left alone',
    });
  }
  return withWireLog(context, wireLog, async (log) => {
    const { board } = await openBoardAt({ port, ...settings }, context.signal, log);
    try {
      return await task(board);
    } finally {
      await board.leave();
    }
  });
}

/** Programs of this machine that have the port open. A port that is nowhere is held by nobody: opening it says why. */
export async function holdersOf(port: string): Promise<PortHolder[]> {
  const place = await placeOfPort(port).catch((error: unknown) => {
    if (error instanceof BeamloopError && error.code !== 'BAD_ARGUMENT') return null;
    throw error;
  });
  return place === null ? [] : portHolders(place);
}

export function holderInWords({ pid, command }: PortHolder): string {
  return `${command} (process ${pid})`;
}

function openTimeoutOption(text: string): number {
  const timeoutS = quantityOption('open-timeout', text, 's');
  if (timeoutS >= 1e-3 && timeoutS <= MOST_OPEN_TIMEOUT_S) return timeoutS;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `--open-timeout must be from 1 ms to ${MOST_OPEN_TIMEOUT_S} s, not ${text}`,
  });
}
