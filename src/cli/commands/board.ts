import type { BoardTelemetry } from '../../../drivers/array-board.js';
import { type BoardState, readBoardState } from '../../../drivers/boards/board-state.js';
import { BeamloopError } from '../../core/errors.js';
import { plural } from '../../core/plural.js';
import { printable } from '../../core/printable.js';
import { openBoardAt } from '../../testbed.js';
import { type Command, printJson } from '../command.js';
import { baudOption, quantityOption } from '../options.js';
import { wireLogOption, withWireLog } from '../wire-log-option.js';

const MOST_OPEN_TIMEOUT_S = 600;

/** `beamloop board PORT`: asks a board about itself. It leaves what it finds; a board that runs mutes itself for every new program. */
export const boardCommand: Command = (yargs, context) =>
  yargs.command(
    'board <port>',
    'Ask the board at a serial port what it is and how it does',
    (builder) =>
      builder
        .positional('port', {
          type: 'string',
          demandOption: true,
          describe:
            'Port of the board: a path, or usb:VENDOR:PRODUCT[:SERIAL]; see beamloop ports and docs/ports.md',
        })
        .option('baud', {
          type: 'string',
          default: '3000000',
          requiresArg: true,
          describe: 'Bits per second of the line; the same as the board is set to',
        })
        .option('open-timeout', {
          type: 'string',
          default: '3 s',
          requiresArg: true,
          describe:
            'How long the board may take to answer after its port was opened, as one that restarts then',
        })
        .option('dtr', {
          choices: ['on', 'off'] as const,
          requiresArg: true,
          describe:
            'Level of the line DTR once the port is open, and after; many adapters restart a board with it',
        })
        .option('rts', {
          choices: ['on', 'off'] as const,
          requiresArg: true,
          describe: 'The same of the line RTS',
        })
        .options(wireLogOption)
        .example('$0 board /dev/ttyUSB0', 'Self-description, memory, clock and telemetry')
        .example('$0 board usb:0403:6014 --json', 'The same for machines'),
    async ({ port, baud, openTimeout, dtr, rts, json, wireLog }) => {
      const { signal, stdout } = context;
      const settings = { baud: baudOption(baud), openTimeout: openTimeoutOption(openTimeout), dtr, rts };
      await withWireLog(context, wireLog, async (log) => {
        const { board } = await openBoardAt({ port, ...settings }, signal, log);
        try {
          const state = await readBoardState(board, signal);
          if (json) printJson(stdout, asJson(port, state));
          else stdout.write(asText(port, state));
        } finally {
          await board.leave();
        }
      });
    },
  );

function asJson(port: string, { description, held, boardTime, telemetry, link }: BoardState) {
  return {
    port,
    // Typed arrays are no lists in JSON.
    description: { ...description, delayLinesS: description.delayLinesS?.map((line) => [...line]) ?? null },
    memory: { depth: description.memoryDepth, held },
    clock: { boardTimeS: [boardTime.loS, boardTime.hiS] },
    telemetry,
    greeting: greeted(telemetry),
    link,
  };
}

function asText(port: string, { description: d, held, boardTime, telemetry: t, link }: BoardState): string {
  const { loS, hiS } = boardTime;
  const adjustable = `${d.delayBits} bits of ${figure(d.delayLsbS * 1e12)} ps, up to ${figure(d.delayRangeS * 1e12)} ps`;
  const fixed = (lines: readonly Float64Array[]) =>
    `${lines.length} fixed lines, up to ${figure(longestS(lines) * 1e9)} ns`;
  const delay = [
    ...(d.delayBits === 0 ? [] : [adjustable]),
    ...(d.delayLinesS === null ? [] : [fixed(d.delayLinesS)]),
  ].join('; ');
  const lines: [string, string][] = [
    ['board', `${d.model}, serial number ${d.serialNumber}, firmware ${d.firmware}, at ${port}`],
    ['protocol', d.protocolVersion],
    ['elements', `${d.numElements}; phase ${d.phaseBits} bits, amplitude ${d.amplitudeBits} bits`],
    ['true time delay', delay === '' ? 'none' : delay],
    ['memory', `${held} of ${d.memoryDepth} codewords held`],
    ['slot queue', `${t.queueDepth} of ${d.queueDepth} slots queued`],
    ['switch time', `${figure(d.switchTimeS * 1e6)} µs`],
    ['clock', `${figure(d.clockRateHz / 1e6)} MHz, board time ${loS.toFixed(6)} s to ${hiS.toFixed(6)} s`],
    ['state', `${t.armed ? 'armed' : 'not armed'}, ${t.muted ? 'muted' : 'not muted'}`],
    ['this command', greeted(t)],
    ['telemetry', `${t.temperatureC.toFixed(1)} °C, ${t.supplyV.toFixed(2)} V`],
    ['round trip', link.roundTripS === null ? '-' : `${figure(link.roundTripS * 1e3)} ms`],
  ];
  return lines.map(([name, value]) => `${name.padEnd(17)}${printable(value)}\n`).join('');
}

/** What greeting did to the board, and what that means for what an earlier program left on it. */
function greeted({ muted, armed, queueDepth }: BoardTelemetry): string {
  if (!armed) return 'began a session, which changed nothing: the slot clock was not running';
  const queued = `${plural(queueDepth, 'slot')} that an earlier program queued`;
  return muted
    ? `began a session, for which a running board mutes itself until it is armed again: ${queued} pass unlatched`
    : `began a session, for which the board should have muted itself (SPEC 8.1) and did not: ${queued} may be radiated`;
}

function longestS(lines: readonly Float64Array[]): number {
  return Math.max(...lines.map((line) => line.reduce((a, b) => Math.max(a, b))));
}

function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function openTimeoutOption(text: string): number {
  const timeoutS = quantityOption('open-timeout', text, 's');
  if (timeoutS >= 1e-3 && timeoutS <= MOST_OPEN_TIMEOUT_S) return timeoutS;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `--open-timeout must be from 1 ms to ${MOST_OPEN_TIMEOUT_S} s, not ${text}`,
  });
}
