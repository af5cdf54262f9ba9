/** The radio that `beamloop ue` is, by its options: one that finds slots by the waveform, or one that has a trigger. */
import { BeamloopError } from '../../core/errors.js';
import type { Radio } from '../../radio/radio.js';
import { RadioSource } from '../../radio/radio-source.js';
import type { SampleStream } from '../../radio/streams/sample-stream.js';
import { TriggerSource } from '../../radio/trigger-source.js';
import { pilotsFor, Waveform } from '../../radio/waveform.js';
import { wholeOption } from '../options.js';

export const TRIGGERS = ['lsb', 'annotations'] as const;

export interface RadioOptions {
  readonly trigger: (typeof TRIGGERS)[number] | null;
  readonly sampleRateHz: number;
  readonly slotDurationS: number;
  readonly latencyS: number;
  readonly numSubcarriers: number;
  /** As it was typed; null where it was not. */
  readonly pilots: string | null;
  /** Told, now and then, why no slots are found. */
  readonly onTrouble: (what: string) => void;
}

export interface OpenedRadio {
  readonly radio: Radio;
  /** Without a bridge, counts of slots begin again after so many. */
  readonly countModulus: number;
}

/** A stream that was held back keeps its pace for so long before its times are believed, s. */
const SETTLE_S = 2;

/** @throws BAD_ARGUMENT for options that do not go together, SAMPLES_INVALID for a recording without triggers. */
export function radioOf(stream: SampleStream, options: RadioOptions): OpenedRadio {
  const { trigger, sampleRateHz, slotDurationS, latencyS, numSubcarriers, pilots, onTrouble } = options;
  const common = { format: stream.format, uncertaintyS: stream.isRecording ? 0 : latencyS / 2 };
  if (trigger !== null) {
    requireNarrowband(numSubcarriers, pilots);
    const radio = new TriggerSource({
      ...common,
      sampleRateHz,
      slotDurationS,
      starts: trigger === 'lsb' ? null : annotatedStarts(stream),
      settleS: stream.isRecording ? 0 : SETTLE_S,
      onTrouble,
    });
    return { radio, countModulus: Infinity };
  }
  const waveform = new Waveform({
    sampleRateHz,
    slotDurationS,
    numPilots:
      pilots === null ? pilotsFor(numSubcarriers) : wholeOption('pilots', pilots, numSubcarriers, 4096),
  });
  const radio = new RadioSource({
    ...common,
    waveform,
    numSubcarriers,
    tellsGaps: stream.tellsGaps,
    onNothing: onTrouble,
  });
  return { radio, countModulus: waveform.countModulus };
}

function requireNarrowband(numSubcarriers: number, pilots: string | null): void {
  if (numSubcarriers > 1)
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `A radio with a trigger measures one power a slot, and ${numSubcarriers} subcarriers were asked for`,
      where: '--trigger',
      todo: 'Leave out --trigger: powers per subcarrier are measured by the waveform',
    });
  if (pilots !== null)
    throw new BeamloopError('BAD_ARGUMENT', {
      what: 'Pilots are of the waveform, and a radio with a trigger looks for none',
      where: '--pilots',
      todo: 'Leave out --pilots, or --trigger',
    });
}

function annotatedStarts({ triggers, name }: SampleStream): readonly number[] {
  if (triggers === null)
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `${name} has no annotations: only SigMF recordings have`,
      where: '--trigger',
      todo: 'Name a .sigmf-meta file, or take --trigger lsb',
    });
  if (triggers.length > 0) return triggers;
  throw new BeamloopError('SAMPLES_INVALID', {
    what: 'No annotation of the recording has the core:label trigger',
    where: name,
    todo: 'Annotate the sample at which each slot starts, or leave out --trigger',
  });
}
