/** Commands about the board at one port. They leave the board as they find it, but for what they are called for. */
import { readBoardState } from '../../../drivers/boards/board-state.js';
import { BeamloopError } from '../../core/errors.js';
import { plural } from '../../core/plural.js';
import { shellWord } from '../../core/shell-word.js';
import { type CommandContext, type Parser, printJson } from '../command.js';
import { quantityOption, wholeOption } from '../options.js';
import { stateAsJson, stateAsText } from './board-info.js';
import { boardPortOptions, withBoard } from './board-options.js';
import { isScenarioFile, muteOwnBoard, ownBoardInfo, requireFirmware } from './own-board.js';
import { selfTest, testAsText } from './self-test.js';

const MOST_CLOCK_S = 3600;

/** Asks a board about itself. It leaves what it finds; a board that runs mutes itself for every new program. */
export function boardInfo(yargs: Parser, context: CommandContext, name: string): Parser {
  const called = name === 'board' ? 'board' : `boards ${name}`;
  return yargs.command(
    `${name} <port>`,
    'Ask the board at a port what it is and how it does',
    (builder) =>
      boardPortOptions(builder)
        .example(`$0 ${called} /dev/ttyUSB0`, 'Self-description, memory, clock and telemetry')
        .example(`$0 ${called} usb:0403:6014 --json`, 'The same for machines')
        .example(
          `$0 ${called} own-board.yaml`,
          'A board that speaks its own language, as a scenario names it',
        ),
    async (args) => {
      if (isScenarioFile(args.port)) return ownBoardInfo(args.port, context, args.json);
      const { signal, stdout } = context;
      const state = await withBoard(args, context, (board) => readBoardState(board, signal));
      if (args.json) printJson(stdout, stateAsJson(args.port, state));
      else stdout.write(stateAsText(args.port, state));
    },
  );
}

export function boardTest(yargs: Parser, context: CommandContext): Parser {
  return yargs.command(
    'test <port>',
    'Measure round trips, loading and the clock of the board at a port',
    (builder) =>
      boardPortOptions(builder)
        .options({
          'round-trips': {
            type: 'string',
            default: '500',
            requiresArg: true,
            describe: 'Questions for the time',
          },
          for: {
            type: 'string',
            default: '2 s',
            requiresArg: true,
            describe: 'How long the clock is watched at least',
          },
          codewords: {
            type: 'string',
            default: '64',
            requiresArg: true,
            describe: 'Codewords to load, of random phases; they stay in the memory, whose oldest make room',
          },
        })
        .example(
          '$0 boards test tcp:10.0.0.7:4001',
          'Percentiles of round trips, goodput, drift of the clock',
        ),
    async (args) => {
      requireFirmware(args.port, 'A test of round trips, loading and clock');
      const { signal, stdout } = context;
      const numRoundTrips = wholeOption('round-trips', args.roundTrips, 10, 1_000_000);
      const clockS = quantityOption('for', args.for, 's');
      if (!(clockS > 0 && clockS <= MOST_CLOCK_S)) {
        throw new BeamloopError('BAD_ARGUMENT', {
          what: `--for must be above 0 and up to ${MOST_CLOCK_S} s, not ${args.for}`,
        });
      }
      const numCodewords = wholeOption('codewords', args.codewords, 1, 65_535);
      const result = await withBoard(args, context, async (board) => {
        const { queueDepth } = (await readBoardState(board, signal)).telemetry;
        if (queueDepth > 0) throw slotsLeft(args.port, queueDepth);
        return selfTest(board, { numRoundTrips, numCodewords, clockS }, signal);
      });
      if (args.json) printJson(stdout, { port: args.port, ...result });
      else stdout.write(testAsText(args.port, result));
    },
  );
}

/** Loading may take the place of codewords that they need, and nobody knows which those are. */
function slotsLeft(where: string, count: number): BeamloopError {
  return new BeamloopError('BAD_ARGUMENT', {
    what: `The board has ${plural(count, 'slot')} queued that an earlier program left, which a test could spoil`,
    where,
    todo: `If nobody needs them, beamloop boards clear ${shellWord(where)} empties the queue`,
  });
}

export function boardMute(yargs: Parser, context: CommandContext): Parser {
  return yargs.command(
    'mute <port>',
    'Mute the board at a port; it stays muted until a program arms it',
    (builder) =>
      boardPortOptions(builder).example('$0 boards mute /dev/ttyUSB0', 'The array radiates nothing'),
    async (args) => {
      if (isScenarioFile(args.port)) return muteOwnBoard(args.port, context, args.json);
      const { stdout } = context;
      await withBoard(args, context, (board) => board.mute(true));
      if (args.json) printJson(stdout, { port: args.port, muted: true });
      else stdout.write(`The board at ${args.port} is muted, until a program arms it.\n`);
    },
  );
}

export function boardClear(yargs: Parser, context: CommandContext): Parser {
  return yargs.command(
    'clear <port>',
    'Stop the board at a port, empty its slot queue and its codeword memory',
    (builder) =>
      boardPortOptions(builder).example(
        '$0 boards clear /dev/ttyUSB0',
        'As after power-up, but for its clock and its receipts',
      ),
    async (args) => {
      requireFirmware(args.port, 'Emptying queue and memory');
      const { stdout } = context;
      const cleared = await withBoard(args, context, async (board) => {
        const held = board.codewordsHeld();
        await board.clear();
        return held;
      });
      if (args.json) printJson(stdout, { port: args.port, codewordsCleared: cleared });
      else {
        const emptied = `its slot queue is empty, and ${plural(cleared, 'codeword')} in its memory`;
        stdout.write(
          `The board at ${args.port} is stopped; ${emptied} ${cleared === 1 ? 'is' : 'are'} gone.\n`,
        );
      }
    },
  );
}
