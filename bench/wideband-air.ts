/**
 * What the emulated air computes per slot: the exact response of 512 elements on 2048 subcarriers over one path, on one
 * core. Held against the sums over elements that it replaces: each element a geometric sequence over the subcarriers
 * (the fair way in plain JavaScript), and term by term. Then with noise, as an emulated UE reports it. Time is processor
 * time of this process, so that what else the machine does takes less part in it.
 */
import { Band } from '../src/array/band.js';
import { LinearArray, polarPointM } from '../src/array/linear-array.js';
import { drawNoise } from '../src/channel/channel.js';
import { noisyPowers } from '../src/channel/slot-noise.js';
import { DirectSum } from '../src/channel/wideband/direct-sum.js';
import { FresnelGains } from '../src/channel/wideband/fresnel-gain.js';
import { beamOf, type DelayedPath, type ElementBeam } from '../src/channel/wideband/response.js';
import { createSubcarrierSum } from '../src/channel/wideband/subcarrier-sum.js';
import { splitPilot } from '../src/codebook/beam-split.js';
import { type ComplexVector, complexVector } from '../src/core/complex.js';
import { Random } from '../src/core/random.js';
import { type Benchmark, type BenchRow, comparison, processorTimeS } from './benchmark.js';

const NUM_ROUNDS = 7;
/** A slot lasts 125 us. */
const REAL_TIME_PER_S = 8000;
/** Twice as fast, with noise. */
const NOISY_PER_S = 2 * REAL_TIME_PER_S;
const NOISE_VARIANCE = 0.1;

const array = new LinearArray({ numElements: 512, carrierHz: 30e9, speedOfLightMPerS: 3e8 });
const band = new Band({ carrierHz: 30e9, bandwidthHz: 5e9, numSubcarriers: 2048 });
const sum = createSubcarrierSum(512, band);
const parameters = [0, 1, 2].map((k) => ({
  delaySinAngle: 349 / 11 - (2 * k) / 3,
  delayRingPerM: -427 / 800,
  phaseSinAngle: -30,
  phaseRingPerM: 1859 / 3200,
}));
const beams: ElementBeam[] = parameters.map((split, k) =>
  beamOf(splitPilot(array, band, split, `${k}`, { kind: 'tdps', pilot: k + 1 }).codeword),
);
const paths: DelayedPath[] = [
  { gain: { re: 0.8, im: -0.6 }, delayS: array.travelTimeS(polarPointM(12, 0.4)) },
];
const received = complexVector(2048);

export const widebandAir: Benchmark = {
  name: 'wideband-air',
  async run() {
    const fast = (slot: number) => sum.receive(beams[slot % 3]!, paths, received);
    const sequences = (slot: number) => geometricSequences(beams[slot % 3]!, paths[0]!, received);
    const direct = new DirectSum(band);
    const terms = (slot: number) => direct.receive(beams[slot % 3]!, paths, received);
    const reported = (slot: number) => {
      fast(slot);
      noisyPowers(received, 2048, NOISE_VARIANCE, 1, 'ue', slot);
    };
    const reportedPlainly = (slot: number) => {
      fast(slot);
      plainNoise(received, slot);
    };
    requireAgreement(fast, sequences);
    requireAgreement(fast, terms);

    const [fastPerS, sequencesPerS, termsPerS, reportedPerS, plainPerS] = perS([
      [fast, 1500],
      [sequences, 60],
      [terms, 4],
      [reported, 800],
      [reportedPlainly, 200],
    ]) as [number, number, number, number, number];
    const what = 'air of 512 elements, 2048 subcarriers, one path, exact, one core';
    const unit = 'slots/s';
    const target = { of: 'value', atLeast: REAL_TIME_PER_S } as const;
    return [
      comparison({
        what,
        value: fastPerS,
        unit,
        alternative: 'a geometric sequence per element in plain JavaScript',
        alternativeValue: sequencesPerS,
        target,
      }),
      comparison({
        what,
        value: fastPerS,
        unit,
        alternative: 'a sine and cosine per term',
        alternativeValue: termsPerS,
      }),
      comparison({
        what: 'the same with noise, as powers',
        value: reportedPerS,
        unit,
        alternative: 'noise drawn in plain JavaScript',
        alternativeValue: plainPerS,
        target: { of: 'value', atLeast: NOISY_PER_S },
      }),
      share('the sum over elements', reportedPerS / fastPerS),
      share('noise and power', 1 - reportedPerS / fastPerS),
      fresnelDictionary(),
    ];
  },
};

/** Of the time of a slot with noise. */
function share(of: string, part: number): BenchRow {
  return {
    what: `of a slot with noise, ${of}`,
    value: 100 * part,
    unit: '%',
    alternative: null,
    alternativeValue: null,
    ratio: null,
  };
}

/** Runs per second of processor time, the best of several rounds in turns, so that a busy machine troubles all alike. */
function perS(jobs: readonly (readonly [(slot: number) => void, number])[]): number[] {
  const best = jobs.map(() => 0);
  for (let round = 0; round <= NUM_ROUNDS; round++) {
    jobs.forEach(([run, count], k) => {
      const startS = processorTimeS();
      for (let slot = 0; slot < count; slot++) run(slot);
      const rate = count / (processorTimeS() - startS);
      // The first round warms up.
      if (round > 0) best[k] = Math.max(best[k]!, rate);
    });
  }
  return best;
}

/** Each element's phase grows evenly from subcarrier to subcarrier: one complex multiplication and addition per term. */
function geometricSequences(beam: ElementBeam, { gain, delayS }: DelayedPath, out: ComplexVector): void {
  const { re: outRe, im: outIm } = out;
  outRe.fill(0);
  outIm.fill(0);
  for (let n = 0; n < delayS.length; n++) {
    const totalS = delayS[n]! + beam.delayS![n]!;
    const first = -2 * Math.PI * ((band.frequenciesHz[0]! * totalS) % 1);
    const step = -2 * Math.PI * ((band.spacingHz * totalS) % 1);
    const wRe = gain.re * beam.re[n]! - gain.im * beam.im[n]!;
    const wIm = gain.re * beam.im[n]! + gain.im * beam.re[n]!;
    let re = wRe * Math.cos(first) - wIm * Math.sin(first);
    let im = wRe * Math.sin(first) + wIm * Math.cos(first);
    const stepRe = Math.cos(step);
    const stepIm = Math.sin(step);
    for (let m = 0; m < outRe.length; m++) {
      outRe[m]! += re;
      outIm[m]! += im;
      const next = re * stepRe - im * stepIm;
      im = re * stepIm + im * stepRe;
      re = next;
    }
  }
}

function plainNoise(signal: ComplexVector, slot: number): Float32Array {
  const random = new Random(1, 'noise', 'ue', slot);
  return Float32Array.from(signal.re, (re, m) => {
    const noise = drawNoise(NOISE_VARIANCE, random);
    return (re + noise.re) ** 2 + (signal.im[m]! + noise.im) ** 2;
  });
}

function requireAgreement(one: (slot: number) => void, other: (slot: number) => void): void {
  one(1);
  const re = received.re.slice();
  const im = received.im.slice();
  other(1);
  // Of the peak sum |w_n| = sqrt(N).
  const worst = re.reduce(
    (most, x, m) => Math.max(most, Math.hypot(x - received.re[m]!, im[m]! - received.im[m]!)),
    0,
  );
  if (!(worst < 1e-9 * Math.sqrt(512))) throw new Error(`two ways of evaluating differ by ${worst}`);
}

/** Gains of 3 pilots on 1024 subcarriers at 1024 directions on 10 rings, table included. */
function fresnelDictionary(): BenchRow {
  const ringRangePerM = [1 / 400, 1 / 10] as const;
  const evaluation = {
    array: new LinearArray({ numElements: 256, carrierHz: 30e9, speedOfLightMPerS: 3e8 }),
    band: new Band({ carrierHz: 30e9, bandwidthHz: 5e9, numSubcarriers: 1024 }),
  };
  const startS = processorTimeS();
  const gains = FresnelGains.create({ ...evaluation, pilots: parameters, ringRangePerM })!;
  const row = new Float64Array(gains.numValues);
  for (let j = 0; j < 10; j++) {
    const ringPerM = ringRangePerM[0] + ((ringRangePerM[1] - ringRangePerM[0]) * j) / 9;
    for (let i = 0; i < 1024; i++) {
      gains.evaluate({ sinAngle: Math.sin(Math.PI / 3) * ((2 * i) / 1023 - 1), ringPerM }, row);
    }
  }
  return {
    what: 'Fresnel gains of 1024 x 10 points, 3 pilots, 1024 subcarriers, table included',
    value: processorTimeS() - startS,
    unit: 's',
    alternative: null,
    alternativeValue: null,
    ratio: null,
    target: { of: 'value', atMost: 1 },
  };
}
