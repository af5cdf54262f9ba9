import { type LoggedFrame, Marker } from '../../../drivers/wire/marks.js';
import { readWireLog } from '../../../drivers/wire/read-log.js';
import { hexOf, readingJson, readingText, type Side } from '../../../drivers/wire/reading.js';
import { type MessageName, messageByName } from '../../../firmware-protocol/registry.js';
import { BeamloopError, EXIT } from '../../core/errors.js';
import { plural } from '../../core/plural.js';
import { printable } from '../../core/printable.js';
import { replayWire, type WireReplay } from '../../testbed.js';
import { type Command, type CommandContext, printJson } from '../command.js';
import { drainedWrite } from '../drained-write.js';
import { quantityOption } from '../options.js';

/** Differences of a replay that are printed; `--json` has more. */
const MOST_PRINTED = 20;
/** Lines are written together, and Ctrl-C is heard in between. */
const WRITE_LENGTH = 1 << 16;
const FRAMES_PER_BREATH = 4096;
const MARKED = ['bad', 'malformed', 'again', 'other session'] as const;

/** `beamloop wire LOG`: what went over the line, and whether an emulated board would have answered so. */
export const wireCommand: Command = (yargs, context) =>
  yargs.command(
    'wire <log>',
    'Print what --wire-log wrote, or say it again to an emulated board',
    (builder) =>
      builder
        .positional('log', { type: 'string', demandOption: true, describe: 'File that --wire-log wrote' })
        .options({
          only: {
            type: 'string',
            array: true,
            nargs: 1,
            default: [] as string[],
            describe: `Only messages of this name (Receipts), or frames marked so: ${MARKED.join(', ')}`,
          },
          side: {
            choices: ['host', 'board'] as const,
            requiresArg: true,
            describe: 'Only what this side sent',
          },
          from: {
            type: 'string',
            requiresArg: true,
            describe: 'Only from this time of the log on, e.g. "1.5 s"',
          },
          to: { type: 'string', requiresArg: true, describe: 'Only up to this time of the log' },
          hex: { type: 'boolean', default: false, describe: 'Show the bytes too' },
          replay: {
            type: 'boolean',
            default: false,
            describe:
              'Say the host’s side again to an emulated board like the logged one, and tell where that answers otherwise',
          },
        })
        .example('$0 wire board.pcapng --only again --only bad', 'What was sent twice, and what was no frame')
        .example('$0 wire board.pcapng --replay', 'Would an emulated board have answered so?'),
    async (args) => {
      if (args.replay) return replay(context, args);
      return print(context, args, filterOf(args));
    },
  );

interface Filter {
  readonly only: readonly string[];
  readonly side: Side | undefined;
  readonly fromS: number;
  readonly toS: number;
}

function filterOf(args: {
  readonly only: readonly string[];
  readonly side: Side | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
}): Filter {
  for (const name of args.only) {
    if ((MARKED as readonly string[]).includes(name) || isMessage(name)) continue;
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `'${name}' is neither a message nor a mark`,
      where: '--only',
      todo: `Messages are named in firmware-protocol/SPEC.md, such as Receipts; marks are ${MARKED.join(', ')}`,
    });
  }
  return {
    only: args.only,
    side: args.side,
    fromS: args.from === undefined ? Number.NEGATIVE_INFINITY : quantityOption('from', args.from, 's'),
    toS: args.to === undefined ? Number.POSITIVE_INFINITY : quantityOption('to', args.to, 's'),
  };
}

function isMessage(name: string): boolean {
  try {
    messageByName(name as MessageName);
    return true;
  } catch {
    return false;
  }
}

function passes({ only, side, fromS, toS }: Filter, { atS, packet, reading, marks }: LoggedFrame): boolean {
  if (atS < fromS || atS > toS || (side !== undefined && packet.from !== side)) return false;
  if (only.length === 0) return true;
  const name = reading.kind === 'bad' ? null : reading.name;
  return only.some((each) => each === name || (marks as readonly string[]).includes(each));
}

/** One frame after the other: a log may be longer than the memory. */
async function print(
  context: CommandContext,
  { log, json, hex }: { readonly log: string; readonly json: boolean; readonly hex: boolean },
  filter: Filter,
): Promise<void> {
  const { stdout, stderr } = context;
  const write = drainedWrite(context);
  let text = '';
  const counts = { frames: 0, bad: 0, malformed: 0, again: 0, 'other session': 0, dropped: 0 };
  const marker = new Marker();
  let printed = 0;
  let failure: unknown = null;
  if (json) stdout.write('{"frames":[');
  try {
    for await (const packet of readWireLog(log)) {
      const frame = marker.mark(packet);
      counts.frames++;
      if (counts.frames % FRAMES_PER_BREATH === 0) context.signal.throwIfAborted();
      counts.dropped += packet.dropped;
      for (const mark of frame.marks) counts[mark]++;
      if (!passes(filter, frame)) continue;
      const line = json ? `${printed === 0 ? '' : ','}${jsonOf(frame)}` : textOf(frame, hex);
      printed++;
      text += line;
      if (text.length < WRITE_LENGTH) continue;
      await write(text);
      text = '';
    }
  } catch (error) {
    if (counts.frames === 0 && !json) throw error;
    failure = error;
  }
  if (text !== '') await write(text);
  if (json) {
    const damage = failure instanceof BeamloopError ? failure.message : null;
    stdout.write(`],"counts":${JSON.stringify(counts)},"damage":${JSON.stringify(damage)}}\n`);
    if (failure instanceof BeamloopError) process.exitCode = failure.exitCode;
    else if (failure !== null) throw failure;
    return;
  }
  if (failure !== null) throw failure;
  const rest = [
    ...MARKED.map((mark) => [counts[mark], mark] as const),
    [counts.dropped, 'not logged'] as const,
  ]
    .filter(([count]) => count > 0)
    .map(([count, what]) => `, ${count} ${what}`);
  stderr.write(`${plural(counts.frames, 'frame')}${rest.join('')}; ${printed} shown\n`);
}

function textOf({ atS, packet, reading, marks }: LoggedFrame, hex: boolean): string {
  const marked = marks.filter((mark) => mark !== 'bad' && mark !== 'malformed');
  const lost = packet.dropped > 0 ? ` [${packet.dropped} not logged before]` : '';
  const line =
    `${atS.toFixed(6).padStart(12)} ${packet.from === 'host' ? '>' : '<'} ` +
    `${printable(readingText(reading))}${marked.map((mark) => ` [${mark}]`).join('')}${lost}\n`;
  return hex ? `${line}${' '.repeat(15)}${hexOf(packet.stretch)}\n` : line;
}

function jsonOf({ atS, packet, reading, marks }: LoggedFrame): string {
  const { from, stretch, dropped, timeNs } = packet;
  return JSON.stringify({
    atS,
    time: new Date(Number(timeNs / 1_000_000n)),
    from,
    ...readingJson(reading),
    marks,
    ...(dropped > 0 && { dropped }),
    hex: hexOf(stretch),
  });
}

async function replay(
  { stdout, signal }: CommandContext,
  { log, json }: { readonly log: string; readonly json: boolean },
): Promise<void> {
  const packets = async function* () {
    for await (const packet of readWireLog(log)) {
      signal.throwIfAborted();
      yield packet;
    }
  };
  const result = await replayWire(packets);
  if (json) {
    printJson(stdout, result);
    if (result.numDifferences > 0) process.exitCode = EXIT.nonconforming;
    return;
  }
  stdout.write(replayText(result));
  if (result.numDifferences === 0) return;
  throw new BeamloopError('REPLAY_DIFFERS', {
    what: `The emulated board answers otherwise ${plural(result.numDifferences, 'time')}`,
    where: log,
    todo: 'Look at the first difference: later ones may follow from it. Slots that were late or missed on the line need not be so here',
  });
}

function replayText({
  board,
  answers,
  receipts,
  faults,
  differences,
  numDifferences,
  remarks,
}: WireReplay): string {
  const shown = differences
    .slice(0, MOST_PRINTED)
    .map(
      ({ atS, what, logged, emulated }) =>
        `${atS.toFixed(6).padStart(12)} ${what}\n` +
        `             logged   ${printable(JSON.stringify(logged))}\n` +
        `             emulated ${emulated === null ? 'nothing' : printable(JSON.stringify(emulated))}\n`,
    );
  const more =
    numDifferences > shown.length ? [`             … ${numDifferences - shown.length} more\n`] : [];
  return [
    `${printable(board.model)}, serial number ${printable(board.serialNumber)}, ${board.numElements} elements\n`,
    ...remarks.map((remark) => `Note: ${remark}\n`),
    ...shown,
    ...more,
    `${plural(answers, 'answer')}, ${plural(receipts, 'receipt')}, ${plural(faults, 'fault')} compared: ` +
      `${numDifferences === 0 ? 'no difference' : plural(numDifferences, 'difference')}\n`,
  ].join('');
}
