import { monotonicClock } from '../../core/clock.js';
import { BeamloopError } from '../../core/errors.js';
import { VERSION } from '../../core/version.js';
import type { Radio } from '../../radio/radio.js';
import { FORMAT_NAMES } from '../../radio/sample-format.js';
import { openStream } from '../../radio/streams/open-stream.js';
import { pump, type SampleStream } from '../../radio/streams/sample-stream.js';
import { UeAgent } from '../../ue/agent.js';
import { isSensorReport } from '../../ue/power-source.js';
import { type Command, type CommandContext, printJson, warn } from '../command.js';
import { interruptible } from '../interruptible.js';
import { quantityOption, wholeOption } from '../options.js';
import { RadioStatus } from '../radio-status.js';
import { radioOf, TRIGGERS } from './ue-radio.js';

const BRIDGE_PATTERN = /^wss?:\/\//;
/** What standard input, sockets and drivers may hold back, s. */
const LATENCY = '500 ms';
const STALL = '5 s';

/** `beamloop ue`: a software radio as a UE. */
export const ueCommand: Command = (yargs, context) =>
  yargs.command(
    'ue',
    'Be a UE: turn the samples of a software radio into powers of slots, and tell the bridge',
    (builder) =>
      builder
        .options({
          source: {
            type: 'string',
            demandOption: true,
            requiresArg: true,
            describe:
              'Where samples come from: - (standard input), a file or named pipe, a .sigmf-meta file, tcp:HOST:PORT or rtl_tcp:HOST:PORT',
          },
          bridge: {
            type: 'string',
            requiresArg: true,
            describe:
              'Address that beamloop run prints, ws://HOST:PORT; without it, the slots that are heard are printed',
          },
          id: { type: 'string', requiresArg: true, describe: 'By which the scenario knows this UE' },
          token: { type: 'string', requiresArg: true, describe: 'Which the bridge asks for' },
          'slot-duration': {
            type: 'string',
            demandOption: true,
            requiresArg: true,
            describe: 'The scenario\'s slots.duration, e.g. "2 ms"',
          },
          rate: {
            type: 'string',
            requiresArg: true,
            describe: 'Complex samples per second, e.g. "2.4 MHz"; a SigMF recording says it itself',
          },
          format: {
            type: 'string',
            requiresArg: true,
            describe: `Of the samples: ${FORMAT_NAMES.join(', ')}`,
          },
          trigger: {
            choices: TRIGGERS,
            requiresArg: true,
            describe:
              'Slots begin where the lowest bit of I rises (lsb), or at annotations of a SigMF recording that are labelled trigger; no waveform is needed',
          },
          pilots: {
            type: 'string',
            requiresArg: true,
            describe: 'Of the waveform; as many as there are subcarriers, or 64, unless given',
          },
          subcarriers: {
            type: 'string',
            default: '1',
            requiresArg: true,
            describe: "The scenario's array.subcarriers",
          },
          frequency: {
            type: 'string',
            requiresArg: true,
            describe: 'To which a receiver behind rtl_tcp is tuned',
          },
          gain: {
            type: 'string',
            requiresArg: true,
            describe: 'Of a receiver behind rtl_tcp, e.g. "30 dB"; its own unless given',
          },
          latency: {
            type: 'string',
            default: LATENCY,
            requiresArg: true,
            describe: 'What a sample may take to come here at most',
          },
          gapless: {
            type: 'boolean',
            default: false,
            describe: 'The stream loses no sample: weak slots are believed, too',
          },
          'stall-after': {
            type: 'string',
            default: STALL,
            requiresArg: true,
            describe: 'Silence of the source that is an error',
          },
          'give-up-after': {
            type: 'string',
            requiresArg: true,
            describe: 'How long the bridge may be out of reach; for ever unless given',
          },
        })
        .example(
          '$0 ue --source rtl_tcp:127.0.0.1:1234 --frequency "1.2 GHz" --rate "2.4 MHz" --slot-duration "2 ms" --bridge ws://127.0.0.1:8517 --id ada',
          'A USB receiver',
        )
        .example(
          'hackrf_transfer -r - -f 2400000000 -s 10000000 | $0 ue --source - --format cs8 --rate "10 MHz" --slot-duration "2 ms" --bridge ws://127.0.0.1:8517 --id ada',
          'A pipe',
        )
        .example(
          'rx_sdr -F CS16 -f 1200000000 -s 1000000 - | $0 ue --source - --format cs16 --rate "1 MHz" --slot-duration "20 ms" --latency "8 ms" --trigger lsb --bridge ws://127.0.0.1:8517 --id ada',
          "The board's slot output at the radio's trigger input",
        )
        .example('$0 ue --source capture.sigmf-meta --slot-duration "2 ms"', 'What slots a recording holds'),
    async (args) => {
      const { source: sourceName, bridge, id } = args;
      const sampleRateHz = args.rate === undefined ? null : positive('rate', args.rate, 'Hz');
      const stream = openStream(sourceName, {
        format: args.format ?? null,
        isGapless: args.gapless,
        sampleRateHz,
        frequencyHz: args.frequency === undefined ? null : positive('frequency', args.frequency, 'Hz'),
        gainDb: args.gain === undefined ? null : quantityOption('gain', args.gain, 'dB'),
      });
      const numSubcarriers = wholeOption('subcarriers', args.subcarriers, 1, 4096);
      const rateHz = rateOf(stream, sampleRateHz);
      const latencyS = positive('latency', args.latency, 's');
      let nothing = 'there are too few samples for a slot';
      const { radio: source, countModulus } = radioOf(stream, {
        trigger: args.trigger ?? null,
        sampleRateHz: rateHz,
        slotDurationS: positive('slot-duration', args['slot-duration'], 's'),
        latencyS,
        numSubcarriers,
        pilots: args.pilots ?? null,
        onTrouble: (hint) => {
          nothing = hint;
          if (args.bridge !== undefined) warn(context, [`no slots were found: ${hint}`]);
        },
      });
      const life = new AbortController();
      const onAbort = () => life.abort();
      context.signal.addEventListener('abort', onAbort, { once: true });
      const pumping = pump(stream, source, life.signal, {
        sampleRateHz: rateHz,
        latencyS,
        stallS: positive('stall-after', args['stall-after'], 's'),
        isPaced: bridge !== undefined,
      });
      const status = new RadioStatus(context, source, args.json);
      try {
        await interruptible(
          context,
          'The bridge was told; the samples that came later are lost',
          async () => {
            if (bridge === undefined) await printSlots(context, source, countModulus, args.json, life.signal);
            else {
              const description = {
                ueId: requireId(id),
                model: `radio at ${stream.name}`.slice(0, 200),
                software: `beamloop ${VERSION}`,
                numSubcarriers,
              };
              await new UeAgent({
                url: requireBridge(bridge),
                ...(args.token !== undefined && { token: args.token }),
                description,
                source,
                ...(args['give-up-after'] !== undefined && {
                  giveUpAfterS: positive('give-up-after', args['give-up-after'], 's'),
                }),
                onState: (state) => status.bridge(state),
                onNotice: ({ message, todo }) =>
                  warn(context, [`the bridge says: ${message}${todo === undefined ? '' : ` (${todo})`}`]),
                clock: monotonicClock,
              }).run(context.signal);
            }
            context.signal.throwIfAborted();
          },
        );
      } finally {
        life.abort();
        status.stop();
        await pumping;
        context.signal.removeEventListener('abort', onAbort);
        process.stdin.unref?.();
      }
      status.summary();
      if (bridge === undefined && source.statistics().slots === 0)
        throw noSlots(stream.name, nothing, args.trigger !== undefined);
    },
  );

/** Of a stream without a bridge: one line a slot. */
async function printSlots(
  { stdout }: CommandContext,
  source: Radio,
  countModulus: number,
  json: boolean,
  signal: AbortSignal,
): Promise<void> {
  source.listenToAll();
  if (!json) stdout.write('   count      time s    power dB    noise dB\n');
  for await (const item of source.powers(signal)) {
    if (isSensorReport(item)) continue;
    const { ueTimeS, noiseFloor, powers } = item;
    const count = item.slot % countModulus;
    if (json) {
      printJson(stdout, { count, timeS: ueTimeS, noiseFloor, powers: Array.from(powers) });
      continue;
    }
    const mean = powers.reduce((sum, power) => sum + power, 0) / powers.length;
    const columns = [String(count), ueTimeS.toFixed(6), decibels(mean), decibels(noiseFloor)];
    stdout.write(`${columns.map((text, k) => text.padStart(k === 0 ? 8 : 12)).join('')}\n`);
  }
}

function noSlots(where: string, hint: string, hasTrigger: boolean): BeamloopError {
  return new BeamloopError('RADIO_FAILED', {
    what: `No slot was found: ${hint}`,
    where,
    todo: hasTrigger
      ? 'Check the cable from the slot output to the trigger input, and --rate, --format and --slot-duration'
      : 'Check --rate, --format, --slot-duration and --pilots against those of the transmitter, and the gain',
  });
}

function decibels(power: number): string {
  return power > 0 ? (10 * Math.log10(power)).toFixed(2) : '-inf';
}

function positive(name: string, text: unknown, unit: 's' | 'Hz'): number {
  const value = quantityOption(name, text, unit);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `--${name} must be above 0, not ${text}`,
    where: `--${name}`,
    todo: `Give it with its unit, such as ${unit === 's' ? '"2 ms"' : '"2.4 MHz"'}`,
  });
}

function rateOf(stream: SampleStream, given: number | null): number {
  const own = stream.sampleRateHz;
  const rate = given ?? own;
  if (rate === null)
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `How many samples per second ${stream.name} gives is not known`,
      where: '--rate',
      todo: 'Say it, such as --rate "2.4 MHz"',
    });
  if (own !== null && Math.abs(rate / own - 1) > 1e-9)
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `${stream.name} says that it has ${own} samples per second, and --rate ${rate}`,
      where: '--rate',
      todo: 'Leave --rate out',
    });
  return rate;
}

function requireId(id: string | undefined): string {
  if (id !== undefined && /^[A-Za-z0-9._-]{1,64}$/.test(id)) return id;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: id === undefined ? 'Which UE this is was not said' : `'${id}' cannot be the name of a UE`,
    where: '--id',
    todo: 'Give the id of one of the users of the scenario, such as --id ada',
  });
}

function requireBridge(url: string): string {
  if (BRIDGE_PATTERN.test(url)) return url;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `'${url}' is not the address of a bridge`,
    where: '--bridge',
    todo: 'Use the address that beamloop prints, for example ws://127.0.0.1:8517',
  });
}
