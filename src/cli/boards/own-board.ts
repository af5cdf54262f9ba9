/** Commands about a board that speaks its own language: a scenario says how, in place of a port. */
import type { HostTimedBoard } from '../../../drivers/boards/host-timed/host-timed-board.js';
import { BeamloopError } from '../../core/errors.js';
import { printable } from '../../core/printable.js';
import { readScenario } from '../../scenario/scenario.js';
import { hostTimedLines } from '../../slots/host-timed-plan.js';
import { emulatedSection } from '../../testbed.js';
import { isOwnBoard, openOwnBoard, startScenarioOwnBoard } from '../../testbed-own.js';
import { type CommandContext, printJson } from '../command.js';
import { fileOrShipped } from '../shipped-files.js';

/** Whether a command's target is a scenario. */
export function isScenarioFile(target: string): boolean {
  return /\.ya?ml$/i.test(target);
}

/** @throws BAD_ARGUMENT: `what` is of boards with the firmware. */
export function requireFirmware(target: string, what: string): void {
  if (!isScenarioFile(target)) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `${what} is for boards with beamloop's firmware, by their port`,
    where: target,
    todo: 'Of a board that speaks its own language there are boards info, boards mute, steer and run',
  });
}

/** What a board of its own language says of itself, and what it can promise. */
export async function ownBoardInfo(file: string, context: CommandContext, json: boolean): Promise<void> {
  await withOwnBoard(file, context, async (board, port, driver, slotDurationS) => {
    const { description, identity } = board;
    const link = board.linkStatistics();
    const hostTimed = description.hostTimed!;
    if (json) {
      printJson(context.stdout, { port, driver, identity, description, link });
      return;
    }
    const { roundTripS } = link;
    const [timing, evidence] = hostTimedLines(hostTimed, slotDurationS) as [string, string];
    const lines: [string, string][] = [
      [
        'board',
        `${identity.model}, serial number ${identity.serialNumber}, firmware ${identity.firmware}, at ${port}`,
      ],
      ['driver', driver],
      [
        'elements',
        `${description.numElements}; phase ${description.phaseBits} bits, amplitude ${description.amplitudeBits} bits`,
      ],
      [
        'codeword table',
        hostTimed.storeBytes > 0 ? `${description.memoryDepth} codewords on the board` : 'none on the board',
      ],
      ['slots', timing],
      ['', evidence],
      [
        'round trip',
        roundTripS === null
          ? 'not known: it does not answer'
          : `${Number((roundTripS * 1e3).toPrecision(4))} ms`,
      ],
    ];
    for (const [name, text] of lines) context.stdout.write(`${name.padEnd(17)}${printable(text)}\n`);
  });
}

/** Mutes it, as far as it can be told. */
export async function muteOwnBoard(file: string, context: CommandContext, json: boolean): Promise<void> {
  await withOwnBoard(file, context, async (board, port) => {
    await board.mute(true);
    const { muted } = board;
    if (json) printJson(context.stdout, { port, muted });
    else if (muted === true)
      context.stdout.write(`The board at ${port} says that it is muted, until a program has it radiate.\n`);
    else
      context.stdout.write(
        `A mute was sent to the board at ${port}, which does not say whether it obeyed: make sure of it yourself.\n`,
      );
  });
}

async function withOwnBoard(
  name: string,
  { signal }: CommandContext,
  task: (board: HostTimedBoard, port: string, driver: string, slotDurationS: number) => Promise<void>,
): Promise<void> {
  const file = fileOrShipped(name);
  const { scenario } = readScenario(file, emulatedSection);
  const { driver, port } = scenario.board;
  if (!isOwnBoard(scenario)) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: "Its board has beamloop's firmware",
      where: file,
      todo:
        port === 'emulated'
          ? 'An emulated board is there while a run goes on; beamloop emulate-board keeps one'
          : `Name its port: ${port}`,
    });
  }
  const emulated = port === 'emulated' ? await startScenarioOwnBoard(scenario) : null;
  try {
    const board = await openOwnBoard(scenario, emulated?.path ?? port, signal);
    try {
      await task(board, emulated?.path ?? port, driver!, scenario.slots.duration);
    } finally {
      await board.leave();
    }
  } finally {
    await emulated?.close();
  }
}
