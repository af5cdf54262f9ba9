import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { BeamloopError } from '../../core/errors.js';
import { VERSION } from '../../core/version.js';
import { FORMAT_NAMES, type SampleFormat, sampleFormat } from '../../radio/sample-format.js';
import { pilotsFor, Waveform } from '../../radio/waveform.js';
import { waveformBytes } from '../../radio/waveform-file.js';
import { type Command, printJson } from '../command.js';
import { interruptible } from '../interruptible.js';
import { quantityOption, wholeOption } from '../options.js';

/** What SigMF calls the formats. */
const SIGMF_TYPES: Readonly<Record<string, string>> = {
  cu8: 'cu8',
  cs8: 'ci8',
  cs16: 'ci16_le',
  cf32: 'cf32_le',
};
const META = '.sigmf-meta';

/** `beamloop waveform`: what a laboratory's transmitter sends, as samples. */
export const waveformCommand: Command = (yargs, context) =>
  yargs.command(
    'waveform <file>',
    'Write what the transmitter sends, slot by slot, for radios that are UEs',
    (builder) =>
      builder
        .positional('file', {
          type: 'string',
          demandOption: true,
          describe: `Samples; with ${META} at its end, a SigMF recording`,
        })
        .options({
          rate: {
            type: 'string',
            demandOption: true,
            requiresArg: true,
            describe: 'Complex samples per second, e.g. "2.4 MHz"',
          },
          'slot-duration': {
            type: 'string',
            demandOption: true,
            requiresArg: true,
            describe: 'The scenario\'s slots.duration, e.g. "2 ms"',
          },
          pilots: { type: 'string', requiresArg: true, describe: 'As for beamloop ue' },
          subcarriers: {
            type: 'string',
            default: '1',
            requiresArg: true,
            describe: "The scenario's array.subcarriers",
          },
          format: {
            type: 'string',
            default: 'cf32',
            requiresArg: true,
            describe: `One of ${FORMAT_NAMES.join(', ')}`,
          },
          first: { type: 'string', default: '0', requiresArg: true, describe: 'Number of the first slot' },
          slots: {
            type: 'string',
            requiresArg: true,
            describe: 'How many; until their count begins again unless given',
          },
        })
        .example(
          '$0 waveform tx.cf32 --rate "2.4 MHz" --slot-duration "2 ms"',
          'For a file source of GNU Radio',
        )
        .example(
          '$0 waveform tx.sigmf-meta --rate "61.44 MHz" --slot-duration "125 us" --subcarriers 1024 --slots 64',
          '',
        ),
    async ({ json, file, ...args }) => {
      const numSubcarriers = wholeOption('subcarriers', args.subcarriers, 1, 4096);
      const numPilots =
        args.pilots === undefined
          ? pilotsFor(numSubcarriers)
          : wholeOption('pilots', args.pilots, numSubcarriers, 4096);
      const waveform = new Waveform({
        sampleRateHz: quantityOption('rate', args.rate, 'Hz'),
        slotDurationS: quantityOption('slot-duration', args['slot-duration'], 's'),
        numPilots,
      });
      const format = sampleFormat(args.format);
      const first = wholeOption('first', args.first, 0);
      const numSlots = args.slots === undefined ? waveform.countModulus : wholeOption('slots', args.slots, 1);
      const data = file.endsWith(META) ? `${file.slice(0, -META.length)}.sigmf-data` : file;
      await interruptible(context, `${data} is not complete`, async () => {
        await writeSamples(data, waveform, format, first, numSlots, context.signal);
        if (file !== data) await written(file, () => writeFile(file, metadata(waveform, format, first)));
      });
      const { fftSize, prefix, numSymbols, lead, countModulus } = waveform;
      const numSamples = Math.round(numSlots * waveform.slotSamples);
      if (json) {
        printJson(context.stdout, {
          file: data,
          format: format.name,
          numSlots,
          numSamples,
          numPilots,
          fftSize,
          prefix,
          numSymbols,
          lead,
          countModulus,
        });
        return;
      }
      context.stdout.write(
        `${data}: ${numSlots} slots from ${first} on, ${numSamples} samples of ${format.name}.\n` +
          `A slot has ${numSymbols} symbols of ${fftSize} samples and ${prefix} of prefix, ${lead} samples after its start; ${numPilots} pilots.\n` +
          `Slots are counted modulo ${countModulus}.${numSlots % countModulus === 0 ? '' : ' Played in a loop, this file counts otherwise.'}\n`,
      );
    },
  );

async function writeSamples(
  path: string,
  waveform: Waveform,
  format: SampleFormat,
  first: number,
  numSlots: number,
  signal: AbortSignal,
) {
  await written(path, async () => {
    const out = createWriteStream(path);
    await once(out, 'open');
    for (const bytes of waveformBytes(waveform, format, first, numSlots)) {
      signal.throwIfAborted();
      if (!out.write(bytes)) await once(out, 'drain');
    }
    out.end();
    await once(out, 'close');
  });
}

async function written(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    if (cause instanceof BeamloopError || (cause as NodeJS.ErrnoException).code === undefined) throw cause;
    throw new BeamloopError('FILE_UNWRITABLE', {
      what: `The waveform cannot be written: ${(cause as Error).message}`,
      where: path,
      todo: 'Choose a place that can be written to, with room for it',
      cause,
    });
  }
}

function metadata(
  { sampleRateHz, slotDurationS, numPilots }: Waveform,
  format: SampleFormat,
  first: number,
): string {
  const global = {
    'core:version': '1.0.0',
    'core:datatype': SIGMF_TYPES[format.name],
    'core:sample_rate': sampleRateHz,
    'core:recorder': `beamloop ${VERSION}`,
    'core:description': `Waveform of beamloop: slots of ${slotDurationS} s from number ${first} on, ${numPilots} pilots`,
  };
  return `${JSON.stringify({ global, captures: [{ 'core:sample_start': 0 }], annotations: [] }, null, 2)}\n`;
}
