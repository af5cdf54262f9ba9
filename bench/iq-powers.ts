/**
 * Samples of a radio to powers of 1024 subcarriers, on one core, at 30.72 million samples per second in real life: the whole way of a UE,
 * from 16-bit samples to the record of every slot; and the sums over symbols alone, by the kernel and in plain loops. Time is processor time
 * of this process, so that what else the machine does takes less part in it.
 */
import { Random } from '../src/core/random.js';
import { KernelMeter } from '../src/radio/kernel-meter.js';
import { PlainMeter } from '../src/radio/plain-meter.js';
import { RadioSource } from '../src/radio/radio-source.js';
import { sampleFormat } from '../src/radio/sample-format.js';
import type { SlotMeter } from '../src/radio/slot-meter.js';
import { Waveform } from '../src/radio/waveform.js';
import { waveformBytes } from '../src/radio/waveform-file.js';
import { type Benchmark, comparison, processorTimeS } from './benchmark.js';

const SAMPLE_RATE_HZ = 30.72e6;
const NUM_SUBCARRIERS = 1024;
const SLOT_S = 250e-6;
const NUM_SLOTS = 2000;
const NUM_ROUNDS = 3;
const CHUNK_BYTES = 1 << 18;

const waveform = new Waveform({
  sampleRateHz: SAMPLE_RATE_HZ,
  slotDurationS: SLOT_S,
  numPilots: NUM_SUBCARRIERS,
});
const format = sampleFormat('cs16');

export const iqPowers: Benchmark = {
  name: 'iq-powers',
  async run() {
    const bytes = noisySamples();
    const whole = await best([
      () => heard(bytes, new KernelMeter(waveform)),
      () => heard(bytes, new PlainMeter(waveform)),
    ]);
    const alone = await best([
      () => measured(new KernelMeter(waveform), 20),
      () => measured(new PlainMeter(waveform), 1),
    ]);
    const unit = 'Msample/s';
    return [
      comparison({
        what: 'from 16-bit samples to records of 1024 subcarriers, slots found and followed, one core',
        value: whole[0]! / 1e6,
        unit,
        alternative: 'symbols in plain loops',
        alternativeValue: whole[1]! / 1e6,
        target: { of: 'value', atLeast: SAMPLE_RATE_HZ / 1e6 },
      }),
      comparison({
        what: 'sums over the symbols of slots alone',
        value: alone[0]! / 1e6,
        unit,
        alternative: 'plain loops',
        alternativeValue: alone[1]! / 1e6,
      }),
    ];
  },
};

/** Samples per second of the best of several rounds in turns; jobs return how many they took. */
async function best(jobs: readonly (() => number | Promise<number>)[]): Promise<number[]> {
  const rates = jobs.map(() => 0);
  for (let round = 0; round <= NUM_ROUNDS; round++) {
    for (const [k, job] of jobs.entries()) {
      const startS = processorTimeS();
      const count = await job();
      // The first round warms up.
      if (round > 0) rates[k] = Math.max(rates[k]!, count / (processorTimeS() - startS));
    }
  }
  return rates;
}

/** A strong signal in noise of 20 dB less. */
function noisySamples(): Uint8Array {
  const random = new Random('iq-powers');
  const clean = [...waveformBytes(waveform, sampleFormat('cf32'), 0, NUM_SLOTS)];
  const out = new Uint8Array(Math.round(NUM_SLOTS * waveform.slotSamples) * format.bytes);
  let at = 0;
  for (const slot of clean) {
    const parts = new Float32Array(slot.buffer);
    const codes = new Int16Array(out.buffer, at, parts.length);
    for (let n = 0; n < parts.length; n++) codes[n] = 32768 * (0.5 * parts[n]! + 0.01 * random.normal());
    at += 2 * parts.length;
  }
  return out;
}

async function heard(bytes: Uint8Array, meter: SlotMeter): Promise<number> {
  const source = new RadioSource({
    ...{ waveform, numSubcarriers: NUM_SUBCARRIERS, format, meter },
    tellsGaps: false,
    uncertaintyS: 0.1,
  });
  source.samples(bytes.subarray(0, 0), { leastS: 0, mostS: 0.2 });
  const slots = Array.from({ length: NUM_SLOTS }, (_, k) => k);
  await source.listenFor(slots, {
    ...{ slot: 0, startS: 0.1, slotDurationS: SLOT_S, uncertaintyS: 0.001, maxDrift: 1e-4 },
  });
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    const timeS = at / format.bytes / SAMPLE_RATE_HZ;
    source.samples(bytes.subarray(at, at + CHUNK_BYTES), { leastS: timeS, mostS: timeS + 0.2 });
  }
  source.end();
  let records = 0;
  for await (const _ of source.powers(new AbortController().signal)) records++;
  if (records < NUM_SLOTS - 3) throw new Error(`only ${records} of ${NUM_SLOTS} slots were measured`);
  return bytes.length / format.bytes;
}

const someSamples = (() => {
  const random = new Random('iq-powers', 'sums');
  return Float32Array.from({ length: Math.ceil(20 * waveform.slotSamples) }, () => random.normal());
})();

function measured(meter: SlotMeter, numRounds: number): number {
  const length = Math.floor(waveform.slotSamples);
  for (let round = 0; round < numRounds; round++)
    for (let slot = 0; slot < 19; slot++) meter.measure(someSamples, someSamples, slot * length, 1e-6);
  return numRounds * 19 * length;
}
