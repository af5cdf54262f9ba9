/** A radio with a trigger, and samples for it of which the test knows where they are from. */
import { Random } from '../../../src/core/random.js';
import type { RadioStatistics } from '../../../src/radio/radio.js';
import { sampleFormat, setMark } from '../../../src/radio/sample-format.js';
import { TriggerSource, type TriggerSourceOptions } from '../../../src/radio/trigger-source.js';
import { isSensorReport, type SlotPower } from '../../../src/ue/power-source.js';

export const RATE_HZ = 100e3;
export const SLOT_SAMPLES = 1000;
export const SLOT_S = SLOT_SAMPLES / RATE_HZ;
/** When sample 0 is taken, on the clock of the UE. */
const START_S = 50;
/** Slot 0 of the tests is that of the bridge. */
export const FIRST_SLOT = 700;
const NOISE = 1e-6;

function modulo(n: number, by: number): number {
  return ((n % by) + by) % by;
}

/** Power of the carrier in a slot of the test: of 16 steps, so that no slot is like one near it. */
const powerOf = (slot: number) => 10 ** (-0.5 - 0.15 * modulo(slot * 7, 16));

/** Samples `from` on, as they are taken: a carrier that is 3 kHz off, and a trigger that is high for `highSamples` of each slot. */
function sampled(
  from: number,
  count: number,
  { formatName = 'cs16', highSamples = 50, markOf = null as ((n: number) => boolean) | null } = {},
): Uint8Array {
  const format = sampleFormat(formatName);
  const random = new Random(7, 'noise', from);
  const re = new Float32Array(count);
  const im = new Float32Array(count);
  const isHigh = markOf ?? ((n: number) => modulo(n, SLOT_SAMPLES) < highSamples);
  for (let k = 0; k < count; k++) {
    const n = from + k;
    const size = Math.sqrt(powerOf(Math.floor(n / SLOT_SAMPLES)));
    const phase = 2 * Math.PI * ((n * 3e3) / RATE_HZ);
    re[k] = size * Math.cos(phase) + Math.sqrt(NOISE / 2) * random.normal();
    im[k] = size * Math.sin(phase) + Math.sqrt(NOISE / 2) * random.normal();
  }
  const bytes = new Uint8Array(count * format.bytes);
  format.write(re, im, 0, count, bytes);
  for (let k = 0; k < count; k++) setMark(bytes, format, k, isHigh(from + k));
  return bytes;
}

/** A piece of a stream: samples, and how late they come, s; null: a told gap. */
export type Piece = { readonly bytes: Uint8Array; readonly from: number; readonly lateS?: number } | null;

export interface TriggerRun {
  readonly pieces: readonly Piece[];
  readonly numSlots: number;
  /** A sample is late by that at most, as the user says. */
  readonly latencyS?: number;
  readonly options?: Partial<TriggerSourceOptions>;
}

export interface TriggerOutcome {
  readonly records: readonly SlotPower[];
  readonly troubles: readonly string[];
  readonly statistics: RadioStatistics;
}

export async function heard({
  pieces,
  numSlots,
  latencyS = 0.6 * SLOT_S,
  options = {},
}: TriggerRun): Promise<TriggerOutcome> {
  const troubles: string[] = [];
  const source = new TriggerSource({
    sampleRateHz: RATE_HZ,
    slotDurationS: SLOT_S,
    format: sampleFormat('cs16'),
    starts: null,
    uncertaintyS: latencyS / 2,
    settleS: 0.5,
    onTrouble: (what) => troubles.push(what),
    ...options,
  });
  const { format = sampleFormat('cs16') } = options;
  const listening = source.listenFor(
    Array.from({ length: numSlots }, (_, k) => FIRST_SLOT + k),
    { slot: FIRST_SLOT, startS: START_S, slotDurationS: SLOT_S, uncertaintyS: 0, maxDrift: 1e-6 },
  );
  for (const piece of pieces) {
    if (piece === null) {
      source.gap();
      continue;
    }
    const { bytes, from, lateS = 0.2 * latencyS } = piece;
    // As the pump does it, of a piece that comes when its last sample was taken, and so much later.
    const count = bytes.length / format.bytes;
    const nowS = START_S + (from + count) / RATE_HZ + lateS;
    const laterS = count / RATE_HZ;
    source.samples(bytes, { leastS: nowS - latencyS - laterS, mostS: nowS - laterS });
    await listening;
  }
  source.end();
  const records: SlotPower[] = [];
  for await (const item of source.powers(new AbortController().signal))
    if (!isSensorReport(item)) records.push(item);
  return { records, troubles, statistics: source.statistics() };
}

/** Pieces of `size` samples, without those for which `isLost`, which nobody tells. */
export function stream(
  until: number,
  {
    size = 200,
    from = -20 * SLOT_SAMPLES,
    lost = [] as readonly (readonly [number, number])[],
    lateS = (_: number): number | undefined => undefined,
    ...how
  }: {
    readonly size?: number;
    readonly from?: number;
    readonly lost?: readonly (readonly [number, number])[];
    readonly lateS?: (n: number) => number | undefined;
    readonly formatName?: string;
    readonly highSamples?: number;
    readonly markOf?: (n: number) => boolean;
  } = {},
): Piece[] {
  const pieces: Piece[] = [];
  for (let at = from; at < until; at += size) {
    if (lost.some(([first, after]) => at >= first && at < after)) continue;
    const late = lateS(at);
    pieces.push({ bytes: sampled(at, size, how), from: at, ...(late !== undefined && { lateS: late }) });
  }
  return pieces;
}

/** Slots whose records have another power than theirs. */
export function wrongOf({ records }: TriggerOutcome, tolerance = 0.05): number[] {
  return records
    .filter(({ slot, powers }) => Math.abs(powers[0]! / powerOf(slot - FIRST_SLOT) - 1) > tolerance)
    .map(({ slot }) => slot);
}
