import type { ArrayBoard, Receipt } from '../../../drivers/array-board.js';
import { BeamloopError } from '../../core/errors.js';
import type { RunFeed } from '../../live/run-feed.js';
import { type Command, type CommandContext, printJson } from '../command.js';
import { type Aim, aimOf, type SteeringBy } from '../steering/aim.js';
import { pointBeam, type SteeredArray, type SteeredBeam } from '../steering/beam.js';
import { steerByLines } from '../steering/orders.js';
import { showBeam, showHeldBeams } from '../steering/shown-beam.js';
import { openTarget } from '../steering/target.js';
import { wireLogOption, withWireLog } from '../wire-log-option.js';

/** `beamloop steer <target> --to "20 m, 15 deg"`: one beam, held if asked for, and what the board latched. */
export const steerCommand: Command = (yargs, context) =>
  yargs.command(
    'steer <target>',
    'Point one beam, and print what the board latched',
    (builder) =>
      builder
        .positional('target', {
          type: 'string',
          demandOption: true,
          describe: 'Serial port of a board, or a scenario file, for its array, board and calibration',
        })
        .options({
          to: {
            type: 'string',
            nargs: 1,
            describe:
              'Where to: distance and angle, e.g. "20 m, 15 deg"; "inf, 15 deg" for the far field; of planar arrays with an elevation, "20 m, 15 deg, -5 deg"',
          },
          stdin: {
            type: 'boolean',
            default: false,
            describe:
              'Steer by lines of standard input, {"to":"20 m, 15 deg"} or {"mute":true}, each answered by one; mutes when they end',
          },
          hold: {
            type: 'boolean',
            default: false,
            describe: 'Hold the beam until Ctrl-C; else mute at once',
          },
          by: {
            choices: ['phases', 'delays'] as const,
            default: 'phases' as const,
            describe: 'Focus at the carrier by phases, or over the band by true time delays',
          },
          carrier: {
            type: 'string',
            requiresArg: true,
            describe: 'Carrier frequency, e.g. "28 GHz"; with a port',
          },
          calibration: {
            type: 'string',
            requiresArg: true,
            describe: 'Calibration table of the board; with a port',
          },
          baud: {
            type: 'string',
            requiresArg: true,
            describe: 'Bits per second of the line; with a port [3000000]',
          },
          ...wireLogOption,
        })
        .example('$0 steer /dev/ttyUSB0 --carrier "28 GHz" --to "20 m, 15 deg" --hold', 'Until Ctrl-C')
        .example(
          '$0 steer scenarios/first-light.yaml --to "inf, -30 deg"',
          "The scenario's board, here an emulated one",
        ),
    async (args) => {
      const { target, to, stdin, hold: held, by, json } = args;
      if (to === undefined && !stdin) {
        throw new BeamloopError('BAD_ARGUMENT', {
          what: 'Nobody says where to point the beam',
          where: '--to',
          todo: 'Add --to "20 m, 15 deg", or --stdin',
        });
      }
      if (stdin && (to !== undefined || held)) {
        throw new BeamloopError('BAD_ARGUMENT', {
          what: `--stdin says where to point, and holds; --${to === undefined ? 'hold' : 'to'} does not go with it`,
          where: '--stdin',
          todo: 'Leave out one of them',
        });
      }
      // What is wrong with it at any array is told before a port is touched.
      if (to !== undefined) aimOf(to, null);
      await withWireLog(context, args.wireLog, async (log) => {
        const opened = await openTarget(args, context.signal, log);
        try {
          const aim = to === undefined ? null : aimOf(to, opened.array);
          if (aim !== null && !held) {
            const beam = await pointBeam(context, opened, aim, by);
            tell(context, json, opened, { aim, by, held, beam });
            return;
          }
          await untilEnded(context, target, opened, async (signal, feed) => {
            const own = { ...context, signal };
            if (aim === null) return steerByLines(own, process.stdin, opened, by, feed);
            const beam = await pointBeam(own, opened, aim, by);
            tell(context, json, opened, { aim, by, held, beam });
            if (feed !== null) showBeam(feed, aim, beam);
            if (!json) context.stderr.write('Held; Ctrl-C mutes the array and ends\n');
            await raised(signal);
          });
        } finally {
          await opened.close();
        }
      });
    },
  );

/**
 * Has beams held, for others to watch, until the work is done, Ctrl-C, or somebody stops it, all of which are ordinary ends.
 *
 * @throws BOARD_RESET when the board lost the beam; what `work` throws.
 */
async function untilEnded(
  { signal, ...context }: CommandContext,
  target: string,
  steered: SteeredArray & { readonly isEmulated: boolean },
  work: (signal: AbortSignal, feed: RunFeed | null) => Promise<void>,
): Promise<void> {
  const stopped = new AbortController();
  const lost = new AbortController();
  // Before it is held, so that nothing that happens meanwhile is missed.
  whenLost(steered.board, (error) => lost.abort(error));
  const feed = await showHeldBeams({ ...context, signal }, target, steered, steered.isEmulated, (error) =>
    stopped.abort(error),
  );
  let failure: unknown = null;
  try {
    await work(AbortSignal.any([signal, stopped.signal, lost.signal]), feed);
  } catch (error) {
    if (!signal.aborted && !stopped.signal.aborted) failure = error;
  }
  if (lost.signal.aborted && !signal.aborted && !stopped.signal.aborted) failure = lost.signal.reason;
  await steered.board.close();
  await feed?.end(failure);
  if (failure !== null) throw failure;
}

function raised(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Told when the board lost the beam. */
function whenLost(board: ArrayBoard, onLost: (error: BeamloopError) => void): void {
  const lost = (what: string) =>
    onLost(new BeamloopError('BOARD_RESET', { what, todo: 'Check its supply and cable, then steer again' }));
  board.on('reset', () => lost('The board restarted and radiates the beam no more'));
  board.on('fault', ({ code }) => {
    if (code === 'watchdog') lost('The board heard nothing for too long and muted itself');
  });
  board.on('link', (state, reason) => {
    if (state === 'down')
      lost(`The link to the board is lost (${reason}); ${board.muteDoubt ?? 'its watchdog mutes the beam'}`);
  });
}

/** What a receipt that is no latch leaves open. */
const UNKNOWN_LATCH: Readonly<Partial<Record<Receipt['status'], string>>> = {
  acknowledged: 'the board answered; it does not say when it applied the codeword',
  sent: 'the bytes went out; whether the board applied them nobody knows',
};

interface Told {
  readonly aim: Aim;
  readonly by: SteeringBy;
  readonly held: boolean;
  readonly beam: SteeredBeam;
}

function tell(
  { stdout }: CommandContext,
  json: boolean,
  { array, board: { description: d } }: SteeredArray,
  { aim: { name }, by, held, beam: { receipt, gainLossDb, phaseRad, delayS } }: Told,
): void {
  if (json) {
    const sent = { phaseRad: [...phaseRad], delayS: delayS && [...delayS] };
    printJson(stdout, { board: d.serialNumber, to: name, by, gainLossDb, receipt, held, ...sent });
    return;
  }
  const lines: [string, string][] = [
    ['board', `${d.model}, serial number ${d.serialNumber}, ${d.numElements} elements`],
    ['beam', `${name}, by ${by} at ${Number((array.carrierHz / 1e9).toPrecision(6))} GHz`],
    ['lost', `${Math.max(0, gainLossDb).toFixed(2)} dB where it focuses, by quantisation`],
    [
      receipt.status === 'acknowledged' ? 'answered' : receipt.status,
      `codeword ${receipt.hash} at board time ${receipt.boardTimeS.toFixed(6)} s`,
    ],
    ...(receipt.status === 'latched' ? [] : [['', UNKNOWN_LATCH[receipt.status]!] as [string, string]]),
  ];
  stdout.write(lines.map(([what, text]) => `${what.padEnd(9)}${text}\n`).join(''));
}
