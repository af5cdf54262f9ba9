/** A radio that hears slots of beams whose true powers the test knows. */

import { Band } from '../../../src/array/band.js';
import { LinearArray } from '../../../src/array/linear-array.js';
import { noiseVariance } from '../../../src/channel/channel.js';
import { createSubcarrierSum } from '../../../src/channel/wideband/subcarrier-sum.js';
import { Random } from '../../../src/core/random.js';
import { EmulatedRadio } from '../../../src/emulation/emulated-radio.js';
import { receiverOf } from '../../../src/emulation/emulated-ue.js';
import type { EmulatedRadioPlan } from '../../../src/radio/radio-plan.js';
import { isSensorReport, type SlotPower } from '../../../src/ue/power-source.js';

const NUM_ELEMENTS = 64;
export const SLOT_S = 250e-6;

const PLAN: EmulatedRadioPlan = {
  sampleRateHz: 7.68e6,
  slotDurationS: SLOT_S,
  numPilots: 64,
  format: 'cs16',
  clockDriftPpm: 0,
  carrierOffsetHz: 0,
  startUncertaintyS: 300e-6,
  dropShare: 0,
  dropSamples: 1000,
  tellsGaps: true,
  gainDb: 0,
  hasTrigger: false,
};

export interface RadioRun {
  readonly plan?: Partial<EmulatedRadioPlan>;
  readonly seed?: number;
  readonly numSlots?: number;
  readonly firstSlot?: number;
  readonly snrDb?: number;
  /** Beams differ by up to so much. */
  readonly spreadDb?: number;
  readonly numSubcarriers?: number;
  /** Slots in which nothing is radiated. */
  readonly isSilent?: (slot: number) => boolean;
}

export async function hearSlots({
  plan = {},
  seed = 1,
  numSlots = 40,
  firstSlot = 1000,
  snrDb = 20,
  spreadDb = 0,
  numSubcarriers = 1,
  isSilent = () => false,
}: RadioRun) {
  const whole = { ...PLAN, ...plan };
  const array = new LinearArray({ numElements: NUM_ELEMENTS, carrierHz: 30e9, speedOfLightMPerS: 3e8 });
  const band = new Band({ carrierHz: 30e9, bandwidthHz: 5e9, numSubcarriers });
  const subcarriers = numSubcarriers === 1 ? null : createSubcarrierSum(NUM_ELEMENTS, band);
  const paths = [{ gain: { re: 0.8, im: -0.6 }, positionM: [6, 1] as const }];
  const options = { ueId: 'ada', array, paths, snrDb, seed, subcarriers };
  const radio = new EmulatedRadio(options, whole);
  const receive = receiverOf(options);
  const random = new Random(seed, 'beams');
  // In the radio's unit: full scale.
  const scale = 10 ** (whole.gainDb / 10) / (16 * (NUM_ELEMENTS / 2));
  const startS = 1.234;
  const slots = Array.from({ length: numSlots }, (_, k) => firstSlot + k);
  const truth = new Map<number, Float64Array>();
  await radio.listenFor(slots, {
    slot: firstSlot,
    startS,
    slotDurationS: whole.slotDurationS,
    uncertaintyS: 0,
    maxDrift: 0,
  });
  for (const slot of slots) {
    const size = 10 ** ((-spreadDb * random.uniform()) / 20) / Math.sqrt(NUM_ELEMENTS);
    const phases = Float64Array.from({ length: NUM_ELEMENTS }, () => 2 * Math.PI * random.uniform());
    const delayS = numSubcarriers === 1 ? null : phases.map(() => 30e-9 * random.uniform());
    const weights = {
      re: phases.map((p) => size * Math.cos(p)),
      im: phases.map((p) => size * Math.sin(p)),
      delayS,
    };
    const fromS = startS + (slot - firstSlot) * whole.slotDurationS;
    const { re, im } = receive(weights, 0);
    truth.set(
      slot,
      re.map((x, m) => (isSilent(slot) ? 0 : scale * (x * x + im[m]! * im[m]!))),
    );
    radio.hear({
      fromS,
      untilS: fromS + whole.slotDurationS,
      weights: isSilent(slot) ? null : weights,
      slot,
    });
  }
  const statistics = radio.statistics();
  const records: SlotPower[] = [];
  const source = radio.powers(new AbortController().signal);
  radio.leave();
  for await (const item of source) if (!isSensorReport(item)) records.push(item);
  return { records, truth, statistics, scale, noise: scale * noiseVariance(snrDb) };
}
