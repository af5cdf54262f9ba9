import { boardInfo } from '../boards/one-board.js';
import type { Command } from '../command.js';

/** `beamloop board PORT`: the older name of `beamloop boards info PORT`. */
export const boardCommand: Command = (yargs, context) => boardInfo(yargs, context, 'board');
