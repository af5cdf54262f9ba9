import { parseTcpAddress } from '../../../drivers/transports/tcp.js';
import { BeamloopError } from '../../core/errors.js';
import { readSettingsFile } from '../../core/settings-file.js';
import { shellWord } from '../../core/shell-word.js';
import { readScenario } from '../../scenario/scenario.js';
import { emulatedSection, type PlugKind, startStandaloneBoard } from '../../testbed.js';
import { isOwnBoard, startScenarioOwnBoard } from '../../testbed-own.js';
import { type Command, type CommandContext, printJson } from '../command.js';
import { baudOption, MAX_SEED, wholeOption } from '../options.js';
import { fileOrShipped } from '../shipped-files.js';

/** `beamloop emulate-board`: a board without hardware, at a port that any program can open. */
export const emulateBoardCommand: Command = (yargs, { signal, stdout }) =>
  yargs.command(
    'emulate-board',
    'Run an emulated board in real time at a serial port, on TCP or USB, until Ctrl-C',
    (builder) =>
      builder
        .options({
          elements: { type: 'string', default: '512', requiresArg: true, describe: 'Elements of the array' },
          baud: {
            type: 'string',
            default: '3000000',
            requiresArg: true,
            describe: 'Bits per second at which bytes are paced, both ways',
          },
          settings: {
            type: 'string',
            requiresArg: true,
            describe:
              "YAML file with what a scenario's board.emulated may hold: bits, memory, impairments, faults",
          },
          at: {
            type: 'string',
            requiresArg: true,
            describe:
              'Where it can be reached, unless the settings say it: pty (a serial port; the default), tcp:HOST:PORT, or usb, a bus that programs see when they are started as printed',
          },
          scenario: {
            type: 'string',
            requiresArg: true,
            describe:
              'A scenario whose board speaks its own language (board.driver): that board, as its emulated one would be; elements, settings and seed are its',
          },
          seed: { type: 'string', default: '1', requiresArg: true, describe: 'Of errors and faults' },
        })
        .example('$0 emulate-board', 'Prints the port to put into a scenario, or to give to beamloop board')
        .example('$0 emulate-board --elements 64 --settings board.yaml', '')
        .example(
          '$0 emulate-board --scenario iio-board --at tcp:127.0.0.1:30431',
          'For iio_info -u ip:127.0.0.1',
        )
        .example('$0 emulate-board --at tcp:127.0.0.1:4001', 'As behind a serial server'),
    async (args) => {
      if (args.scenario !== undefined) {
        return emulateOwnBoard({ signal, stdout }, args.scenario, args.at, args.json);
      }
      const numElements = wholeOption('elements', args.elements, 2, 65_535);
      const baud = baudOption(args.baud);
      const seed = wholeOption('seed', args.seed, 0, MAX_SEED);
      const emulated =
        args.settings === undefined
          ? emulatedSection.parse({})
          : readSettingsFile(args.settings, emulatedSection, 'board description');
      const board = await startStandaloneBoard({
        emulated,
        numElements,
        baud,
        seed,
        at: plugOption(args.at ?? emulated.at ?? 'pty'),
      });
      try {
        const { path, pid, environment } = board;
        if (args.json) printJson(stdout, { port: path, baud, numElements, pid, environment });
        else {
          stdout.write(`An emulated board of ${numElements} elements is at\n\n  ${path}\n\n`);
          stdout.write(`at ${baud} baud. In a scenario:  board: { port: '${path}', baud: ${baud} }\n`);
          const settings = Object.entries(environment).map(([name, value]) => `${name}=${shellWord(value)} `);
          if (settings.length > 0) {
            stdout.write(
              `It is seen by programs that are started so:\n\n  ${settings.join('')}beamloop boards\n\n`,
            );
          }
          stdout.write('Ctrl-C ends it.\n');
        }
        await Promise.race([aborted(signal), board.ended.then(gone)]);
      } finally {
        await board.close();
      }
    },
  );

/** @throws BAD_ARGUMENT for a scenario whose board has beamloop's firmware. */
async function emulateOwnBoard(
  { signal, stdout }: Pick<CommandContext, 'signal' | 'stdout'>,
  name: string,
  at: string | undefined,
  json: boolean,
): Promise<void> {
  const file = fileOrShipped(name);
  const { scenario } = readScenario(file, emulatedSection);
  if (!isOwnBoard(scenario)) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: "Its board has beamloop's firmware",
      where: file,
      todo: 'Leave --scenario out, and give --elements and --settings',
    });
  }
  const plug = plugOption(at ?? scenario.board.emulated.at ?? 'pty');
  const board = await startScenarioOwnBoard(scenario, undefined, plug);
  try {
    const { path, pid } = board;
    const { elements } = scenario.array;
    const { driver } = scenario.board;
    if (json) printJson(stdout, { port: path, driver, numElements: elements, pid });
    else {
      stdout.write(`An emulated board of ${elements} elements is at\n\n  ${path}\n\n`);
      stdout.write(`In ${file}:  board: { driver: ${driver}, port: '${path}', … }\nCtrl-C ends it.\n`);
    }
    await Promise.race([aborted(signal), board.ended.then(gone)]);
  } finally {
    await board.close();
  }
}

function plugOption(text: string): PlugKind {
  if (text === 'pty') return { kind: 'pty' };
  // A bus that this program was started with is shared with the boards that are on it.
  const bus = process.env.BEAMLOOP_USB_BUS;
  if (text === 'usb') return { kind: 'usb', ...(bus !== undefined && { bus }) };
  const address = /^tcp:(.*)$/s.exec(text)?.[1];
  if (address !== undefined) return { kind: 'tcp', ...parseTcpAddress(address, text, 0) };
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `--at cannot be ${text}`,
    todo: 'It may be pty, usb or tcp:HOST:PORT',
  });
}

/** Ctrl-C is how this command is meant to end. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function gone(): never {
  throw new BeamloopError('BOARD_SILENT', {
    what: "The emulated board's process has ended",
    todo: 'See the messages before this one, and start it again',
  });
}
