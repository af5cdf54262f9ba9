/**
 * Beams that split: where they focus, how wide they are, what they cover. Gains are sums over the elements written out
 * here, with the phase of the way to a point to second order, in which the foci are exact.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Band } from '../../../src/array/band.js';
import { distanceOfM, focalPointOf, positionOfM, ringRangeOf } from '../../../src/array/focal-point.js';
import { LinearArray } from '../../../src/array/linear-array.js';
import { type SplitPilot, splitFoci } from '../../../src/codebook/beam-split.js';
import { halfWidthRingPerM, halfWidthSinAngle } from '../../../src/codebook/beam-width.js';
import type { Codeword } from '../../../src/codebook/codeword.js';
import { coverageRatio, missedShare, slopeLimit } from '../../../src/codebook/coverage.js';
import { evenRings, farRainbowCodebook, polarRings, rainbowCodebook } from '../../../src/codebook/rainbow.js';
import { gridCodeword, servingCodeword } from '../../../src/codebook/serving.js';
import { tdPsAdvice } from '../../../src/codebook/split-advice.js';
import { describeTdPs, designTdPs, tdPsCodebook } from '../../../src/codebook/tdps.js';
import { BeamloopError } from '../../../src/core/errors.js';
import { gridPilots } from '../../../src/training/schemes/exhaustive-grid.js';

const C = 3e8;
const setting = (numElements: number, carrierHz: number, bandwidthHz: number, numSubcarriers: number) => ({
  array: new LinearArray({ numElements, carrierHz, speedOfLightMPerS: C }),
  band: new Band({ carrierHz, bandwidthHz, numSubcarriers }),
});
const demonstration = setting(128, 10e9, 2e9, 512);
const demonstrationParameters = {
  delaySinAngle: -31,
  delayRingPerM: -0.454,
  phaseSinAngle: 15,
  phaseRingPerM: 0.5,
};
const evaluation = setting(256, 30e9, 5e9, 1024);
const evaluationParameters = {
  delaySinAngle: 349 / 11,
  delayRingPerM: -427 / 800,
  phaseSinAngle: -30,
  phaseRingPerM: 1859 / 3200,
};

/** |g|^2 of a codeword at a frequency and a point. */
function gainAt(
  array: LinearArray,
  { phaseRad, delayS }: Codeword,
  hz: number,
  sinAngle: number,
  ringPerM: number,
): number {
  let re = 0;
  let im = 0;
  phaseRad.forEach((phase, k) => {
    const y = ((k - (phaseRad.length - 1) / 2) * C) / (2 * array.carrierHz);
    const turns = hz * ((y * y * ringPerM - y * sinAngle) / C + (delayS === null ? 0 : delayS[k]!));
    const angle = phase - 2 * Math.PI * (turns - Math.round(turns));
    re += Math.cos(angle);
    im += Math.sin(angle);
  });
  return (re * re + im * im) / phaseRad.length ** 2;
}

/** Every `step`-th subcarrier. */
function* subcarriersOf({ band }: { band: Band }, step: number): Iterable<readonly [m: number, hz: number]> {
  for (let m = 0; m < band.numSubcarriers; m += step) yield [m, band.frequenciesHz[m]!];
}

describe('focal points', () => {
  it('turn into positions and back', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -0.99, max: 0.99, noNaN: true }),
        fc.double({ min: 1e-3, max: 2, noNaN: true }),
        (sinAngle, ringPerM) => {
          const [xM, yM] = positionOfM({ sinAngle, ringPerM });
          const distanceM = Math.hypot(xM, yM);
          expect(yM / distanceM).toBeCloseTo(sinAngle, 12);
          expect((1 - sinAngle ** 2) / (2 * distanceM)).toBeCloseTo(ringPerM, 12);
          const back = focalPointOf([xM, yM]);
          expect(back.sinAngle).toBeCloseTo(sinAngle, 12);
          expect(back.ringPerM).toBeCloseTo(ringPerM, 12);
        },
      ),
    );
    expect(distanceOfM({ sinAngle: 0.6, ringPerM: 0 })).toBe(Infinity);
    expect(distanceOfM({ sinAngle: 0.6, ringPerM: 0.032 })).toBeCloseTo(10, 12);
  });

  it('have the rings of the evaluation: 1/400 to 1/10 1/m for 5 to 50 m within 60 degrees', () => {
    const [low, high] = ringRangeOf({ maxAngleRad: Math.PI / 3, distanceM: [5, 50] });
    expect(low).toBeCloseTo(1 / 400, 15);
    expect(high).toBeCloseTo(1 / 10, 15);
  });
});

describe.each([
  ['demonstration', demonstration, demonstrationParameters, 2],
  ['evaluation', evaluation, evaluationParameters, 3],
] as const)('TD-PS beams of the %s', (_name, room, parameters, numPilots) => {
  const { array, band } = room;
  const design = describeTdPs(array, band, parameters);

  it.each(['delays', 'phases'] as const)(
    'bring all power to the focus of each subcarrier (%s)',
    (interleaving) => {
      const { pilots } = tdPsCodebook(array, band, design, numPilots, interleaving);
      for (const { codeword, foci } of pilots) {
        for (const [m, hz] of subcarriersOf(room, 5)) {
          const [theta, alpha] = [foci.sinAngle[m]!, foci.ringPerM[m]!];
          expect(Math.abs(theta)).toBeLessThanOrEqual(band.carrierHz / hz + 1e-9);
          expect(foci.visible[m]).toBe(Math.abs(theta) <= 1 ? 1 : 0);
          // Also where it is invisible: the sum does not know that sines end at 1.
          expect(gainAt(array, codeword, hz, theta, alpha)).toBeCloseTo(1, 9);
        }
      }
    },
  );

  it('fall off on all sides of it, to half the power at the half-widths', () => {
    const { codeword, foci } = tdPsCodebook(array, band, design, 1).pilots[0]!;
    for (const [m, hz] of subcarriersOf(room, 37)) {
      const [theta, alpha] = [foci.sinAngle[m]!, foci.ringPerM[m]!];
      for (const side of [-1, 1]) {
        const byAngle = gainAt(array, codeword, hz, theta + side * halfWidthSinAngle(array, hz), alpha);
        const byRing = gainAt(array, codeword, hz, theta, alpha + side * halfWidthRingPerM(array, hz));
        expect(Math.abs(byAngle - 0.5)).toBeLessThan(5e-4);
        expect(Math.abs(byRing - 0.5)).toBeLessThan(5e-4);
      }
    }
  });

  it('have half-widths 0.8859 q/N and 1.3183^2 c/(f N^2 d^2)', () => {
    for (const [, hz] of subcarriersOf(room, 100)) {
      const q = band.carrierHz / hz;
      const aperture = array.numElements * (C / band.carrierHz / 2);
      expect(halfWidthSinAngle(array, hz)).toBeCloseTo((0.885893 * q) / array.numElements, 7);
      expect(halfWidthRingPerM(array, hz)).toBeCloseTo((1.318322 ** 2 * C) / (hz * aperture ** 2), 8);
    }
  });

  it('leave no invisible subcarrier with a focus in front of the array', () => {
    const { codeword, foci } = tdPsCodebook(array, band, design, 1).pilots[0]!;
    const invisible = Array.from(foci.visible.keys()).filter((m) => foci.visible[m] === 0);
    expect(invisible.length).toBeGreaterThan(0);
    expect(invisible.length).toBeLessThan(0.05 * band.numSubcarriers);
    for (const m of invisible) {
      const hz = band.frequenciesHz[m]!;
      expect(hz).toBeLessThan(band.carrierHz);
      const step = 0.2 / array.numElements;
      let most = 0;
      for (let theta = -1; theta <= 1; theta += step) {
        most = Math.max(most, gainAt(array, codeword, hz, theta, foci.ringPerM[m]!));
      }
      expect(most).toBeLessThan(1 - 1e-6);
    }
  });

  it('has the pilot number of eq. 31 and sweeps the rings once', () => {
    const alphaP = parameters.phaseRingPerM;
    const last = band.frequenciesHz.at(-1)!;
    const least = Math.min(...slopeSizes());
    const aperture = array.numElements * (C / band.carrierHz / 2);
    const ratio = (alphaP * aperture ** 2 * last) / (least * 1.318322 ** 2 * C);
    expect(design.pilotRatio).toBeCloseTo(ratio, 9);
    expect(design.pilotRatio).toBeCloseTo(_name === 'demonstration' ? 1.44 : 1.9775, 3);
    expect(design.minPilots).toBe(2);
    const ends = [band.frequenciesHz[0]!, last].map(
      (hz) => parameters.delayRingPerM + (band.carrierHz / hz) * alphaP,
    );
    expect(design.ringSweepPerM).toEqual([Math.min(...ends), Math.max(...ends)]);
  });

  function slopeSizes(): number[] {
    return Array.from(band.frequenciesHz, (hz) => {
      const q = band.carrierHz / hz;
      const unwrapped = parameters.delaySinAngle + q * parameters.phaseSinAngle;
      return Math.abs(parameters.phaseSinAngle - 2 * Math.round(unwrapped / (2 * q)));
    });
  }
});

describe('interleaved pilots', () => {
  const parametersOf = fc.record({
    delaySinAngle: fc.double({ min: 20, max: 40, noNaN: true }),
    delayRingPerM: fc.double({ min: -1, max: 1, noNaN: true }),
    phaseSinAngle: fc.double({ min: -45, max: -20, noNaN: true }),
    phaseRingPerM: fc.double({ min: 0.1, max: 1, noNaN: true }),
  });

  /** Distances between neighbouring directions of one subcarrier, sorted, around the period of 2 f_c/f. */
  function gapsAt(pilots: readonly SplitPilot[], m: number, period: number): number[] {
    const directions = pilots.map(({ foci }) => foci.sinAngle[m]!).sort((a, b) => a - b);
    return directions
      .map((theta, k) => (directions[k + 1] ?? directions[0]! + period) - theta)
      .sort((a, b) => a - b);
  }

  it('look 1/K of a period apart at every subcarrier, exactly by phases', () => {
    fc.assert(
      fc.property(parametersOf, fc.integer({ min: 2, max: 7 }), (parameters, K) => {
        const { array, band } = setting(16, 30e9, 5e9, 64);
        const design = describeTdPs(array, band, parameters);
        const { pilots } = tdPsCodebook(array, band, design, K, 'phases');
        for (const [m, hz] of subcarriersOf({ band }, 1)) {
          const period = (2 * 30e9) / hz;
          for (const gap of gapsAt(pilots, m, period)) expect(gap).toBeCloseTo(period / K, 9);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('look 2/K apart by delays, and the rest of the period is one gap', () => {
    fc.assert(
      fc.property(parametersOf, fc.integer({ min: 2, max: 7 }), (parameters, K) => {
        const { array, band } = setting(16, 30e9, 5e9, 64);
        const design = describeTdPs(array, band, parameters);
        const { pilots } = tdPsCodebook(array, band, design, K);
        for (const [m, hz] of subcarriersOf({ band }, 1)) {
          const period = (2 * 30e9) / hz;
          const expected = [...Array.from({ length: K - 1 }, () => 2 / K), period - (2 * (K - 1)) / K];
          const gaps = gapsAt(pilots, m, period);
          for (const [k, gap] of expected.sort((a, b) => a - b).entries())
            expect(gaps[k]).toBeCloseTo(gap, 9);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('cross every direction at rings no further apart than the hole over K, up to the width of the band', () => {
    const { array, band } = evaluation;
    const design = describeTdPs(array, band, evaluationParameters);
    const { delayRingPerM, phaseSinAngle, phaseRingPerM } = evaluationParameters;
    const [f0, last] = [band.frequenciesHz[0]!, band.frequenciesHz.at(-1)!];
    fc.assert(
      fc.property(
        fc.double({ min: -0.866, max: 0.866, noNaN: true }),
        fc.integer({ min: 1, max: 5 }),
        (theta, K) => {
          const { pilots } = tdPsCodebook(array, band, design, K);
          // In strip p the direction theta is met where f/f_c = (theta_p + 2 p)/(theta - theta_t).
          const rings = pilots.flatMap(({ parameters }) =>
            Array.from(
              { length: 80 },
              (_, j) => (phaseSinAngle + 2 * (j - 40)) / (theta - parameters.delaySinAngle),
            )
              .map((relative) => relative * band.carrierHz)
              .filter((hz) => hz >= f0 && hz <= last)
              .map((hz) => delayRingPerM + (band.carrierHz / hz) * phaseRingPerM),
          );
          rings.push(...design.ringSweepPerM);
          rings.sort((a, b) => a - b);
          const widest = Math.max(...rings.slice(1).map((ring, k) => ring - rings[k]!));
          const unevenness = 1 + K * (band.ratio(0) - 1);
          expect(widest).toBeLessThan((design.holePerM / K) * unevenness * 1.05);
        },
      ),
    );
  });

  it.each([0, -1, 1.5, Number.NaN, Infinity, 65_536])('refuses %d pilots', (numPilots) => {
    const { array, band } = demonstration;
    const design = describeTdPs(array, band, demonstrationParameters);
    expect(() => tdPsCodebook(array, band, design, numPilots)).toThrow(/cannot have .* this sector needs 2/);
  });
});

describe('coverage', () => {
  it('lets neighbours meet at half power at the limit, and leaves a gap beyond it', () => {
    const { array, band } = evaluation;
    // The slope limit is that of the first two subcarriers.
    for (const [times, missed] of [
      [1, false],
      [1.3, true],
    ] as const) {
      const slope = times * slopeLimit(array, band);
      const parameters = {
        delaySinAngle: -slope * band.ratio(0),
        delayRingPerM: 0.01,
        phaseSinAngle: slope,
        phaseRingPerM: 0,
      };
      const { codeword, foci } = tdPsCodebook(array, band, describeTdPs(array, band, parameters), 1)
        .pilots[0]!;
      const middle = (foci.sinAngle[0]! + foci.sinAngle[1]!) / 2;
      const gains = [0, 1].map((m) => gainAt(array, codeword, band.frequenciesHz[m]!, middle, 0.01));
      for (const gain of gains) {
        if (missed) expect(gain).toBeLessThan(0.4);
        else expect(Math.abs(gain - 0.5)).toBeLessThan(2e-3);
      }
      expect(foci.slope[0]! / slopeLimit(array, band)).toBeCloseTo(times, 9);
      // Strips further up are steeper, by whole twos.
      expect(coverageRatio(array, band, foci)).toBeGreaterThan(times - 1e-9);
      expect(coverageRatio(array, band, foci)).toBeLessThan(1.1 * times);
    }
  });

  it('counts the slope where neighbours lie whole strips apart, however close they look', () => {
    const { array, band } = evaluation;
    const parameters = {
      delaySinAngle: -40_000,
      delayRingPerM: 0.01,
      phaseSinAngle: 36_000.3,
      phaseRingPerM: 0,
    };
    const foci = splitFoci(parameters, band);
    for (let m = 0; m + 1 < band.numSubcarriers; m++) expect(foci.slope[m + 1]).not.toBe(foci.slope[m]);
    // A focus is within +-q, so the slope is 40000/q to within one, and eq. 28 has 0.442946 of 256 elements.
    const [f0, f1] = [30e9 - (5e9 * 1023) / 2048, 30e9 - (5e9 * 1021) / 2048];
    const [limit, least] = [(2 * 0.442946 * (f0 + f1) * 1024) / (256 * 5e9), (40_000 * f0) / 30e9];
    expect(coverageRatio(array, band, foci)).toBeGreaterThan(least / limit - 1);
    // Of a step over hundreds of directions' widths next to nothing is closed.
    expect(missedShare(array, band, foci)).toBeCloseTo(1 - limit / least, 4);
    const advice = tdPsAdvice(array, band, describeTdPs(array, band, parameters), 1);
    expect(advice).toEqual([expect.stringMatching(/99\.9 % of the directions swept are missed; even 65535/)]);
  });

  it('advises on parameters whose sweep would stand still with more subcarriers', () => {
    // With 2 subcarriers f_c/f stays below 1.0527, with many it reaches 1.1 and theta_t/q falls below 1.
    const { array, band } = setting(64, 10e9, 2e9, 2);
    const parameters = { delaySinAngle: 1.08, delayRingPerM: 0, phaseSinAngle: 4, phaseRingPerM: 0.1 };
    const advice = tdPsAdvice(array, band, describeTdPs(array, band, parameters), 100);
    expect(advice[0]).toMatch(/of the directions swept are missed; \d+ subcarriers would do, there are 2/);
  });

  it('refuses more pilots than there is room for, with the numbers', () => {
    const { array, band } = setting(1024, 30e9, 5e9, 20_000);
    const design = designTdPs(array, band, { ringRangePerM: [1 / 400, 1 / 10] });
    expect(() => tdPsCodebook(array, band, design, 60_000)).toThrow(
      /60000 pilots of 1024 elements and 20000 subcarriers take 29548 MiB, and may take 1024/,
    );
    expect(() => rainbowCodebook(array, band, 0.5, new Float64Array(5000))).toThrow(/5000 pilots.* MiB/);
  });

  it('refuses a sweep that stands still', () => {
    const { array, band } = evaluation;
    const still = { delaySinAngle: -1, delayRingPerM: -2, phaseSinAngle: -30, phaseRingPerM: 0.5 };
    expect(() => describeTdPs(array, band, still)).toThrow(
      /stands still at subcarrier \d+: .* -30 \+ 30, is 0/,
    );
  });

  it.each([
    ['demonstration', demonstration, demonstrationParameters, 0.9058],
    ['evaluation', evaluation, evaluationParameters, 0.7701],
  ] as const)('leaves nothing out of the %s', (_name, { array, band }, parameters, ratio) => {
    const foci = splitFoci(parameters, band);
    expect(coverageRatio(array, band, foci)).toBeCloseTo(ratio, 4);
    expect(missedShare(array, band, foci)).toBe(0);
  });

  it('tells the share of directions below half power from the subcarriers alone', () => {
    const { array, band } = setting(256, 30e9, 5e9, 200);
    const { codeword, foci } = farRainbowCodebook(array, band, Math.sin(Math.PI / 3)).pilots[0]!;
    const predicted = missedShare(array, band, foci);
    const numDirections = 4000;
    let below = 0;
    for (let k = 0; k < numDirections; k++) {
      const theta =
        foci.sinAngle[0]! + ((k + 0.5) / numDirections) * (foci.sinAngle.at(-1)! - foci.sinAngle[0]!);
      const nearest = Array.from(foci.sinAngle.keys())
        .filter((m) => Math.abs(foci.sinAngle[m]! - theta) < 0.02)
        .map((m) => gainAt(array, codeword, band.frequenciesHz[m]!, theta, 0));
      if (Math.max(...nearest) < 0.5) below++;
    }
    expect(predicted).toBeGreaterThan(0.1);
    expect(Math.abs(below / numDirections - predicted)).toBeLessThan(0.005);
  });
});

describe('Algorithm 1', () => {
  it('covers rings and directions with what it chooses', () => {
    fc.assert(
      fc.property(
        fc.record({
          gamma: fc.double({ min: 0.6, max: 1, noNaN: true }),
          epsilon: fc.double({ min: 1, max: 2, noNaN: true }),
          endDirection: fc.double({ min: -1, max: 1, noNaN: true }),
          far: fc.double({ min: 0, max: 0.05, noNaN: true }),
          width: fc.double({ min: 0.01, max: 0.3, noNaN: true }),
        }),
        ({ gamma, epsilon, endDirection, far, width }) => {
          const { array, band } = evaluation;
          const design = designTdPs(array, band, {
            ...{ gamma, epsilon, endDirection },
            ringRangePerM: [far, far + width],
          });
          const { parameters, ringSweepPerM } = design;
          const [f0, f1, last] = [band.frequenciesHz[0]!, band.frequenciesHz[1]!, band.frequenciesHz.at(-1)!];
          const slope = (gamma * 2 * 0.442946 * (f0 + f1)) / (256 * (5e9 / 1024));
          expect(parameters.phaseSinAngle).toBeCloseTo(slope, 9);
          expect(parameters.delaySinAngle + (30e9 / last) * slope).toBeCloseTo(endDirection, 9);
          expect(ringSweepPerM[0]).toBeLessThanOrEqual(far + 1e-9);
          expect(ringSweepPerM[1]).toBeGreaterThanOrEqual(far + width - 1e-9);
          expect(ringSweepPerM[1] - ringSweepPerM[0]).toBeCloseTo(epsilon * width, 9);
          // High frequencies look far, low ones near.
          const { ringPerM, slope: slopes } = splitFoci(parameters, band);
          expect(ringPerM[0]).toBeGreaterThan(ringPerM.at(-1)!);
          expect(design.firstSlope).toBe(Math.min(...slopes));
          expect(design.coverageRatio).toBeLessThanOrEqual(1);
          // A flat sweep reaches some directions only; the pilots share them.
          expect(design.minPilots * design.numSweeps).toBeGreaterThanOrEqual(1);
          // The last subcarrier points at the end direction, or at its grating twin.
          const { pilots } = tdPsCodebook(array, band, design, 1);
          expect(gainAt(array, pilots[0]!.codeword, last, endDirection, ringPerM.at(-1)!)).toBeCloseTo(1, 9);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('allows sweeps of less than all directions, whose delays are shorter and whose pilots share the directions', () => {
    const array = new LinearArray({ numElements: 128, carrierHz: 10e9, speedOfLightMPerS: 3e8 });
    const band = new Band({ carrierHz: 10e9, bandwidthHz: 2e9, numSubcarriers: 512 });
    const ringRangePerM = [1 / 400, 1 / 10] as const;
    const longestDelayS = (gamma: number) => {
      const design = designTdPs(array, band, { gamma, ringRangePerM });
      const { pilots } = tdPsCodebook(array, band, design);
      return Math.max(...pilots.flatMap(({ codeword }) => [...codeword.delayS!]));
    };
    const flat = designTdPs(array, band, { gamma: 0.25, ringRangePerM });
    expect(flat.numSweeps).toBeCloseTo(0.624, 3);
    expect(flat.minPilots).toBe(7);
    expect(longestDelayS(0.25)).toBeLessThan(0.35 * longestDelayS(1));
    expect(tdPsAdvice(array, band, flat, 1).join('\n')).toMatch(
      /sweeps 62\.4 % .* 1 pilot 62\.4 %.* 7 would do/,
    );
    expect(tdPsAdvice(array, band, flat, 7)).toEqual([]);
  });

  it.each([
    [{ gamma: 0 }, /gamma is 0/],
    [{ gamma: 1.01 }, /gamma is 1.01/],
    [{ gamma: Number.NaN }, /gamma is NaN/],
    [{ epsilon: 0.99 }, /epsilon is 0.99/],
    [{ epsilon: Infinity }, /epsilon is Infinity/],
    [{ endDirection: -1.5 }, /end direction is -1.5/],
    [{ ringRangePerM: [0.1, 0.1] as const }, /ring range is 0.1 to 0.1/],
    [{ ringRangePerM: [-0.1, 0.1] as const }, /ring range is -0.1 to 0.1/],
    [{ ringRangePerM: [0, Number.NaN] as const }, /ring range is 0 to NaN/],
  ])('refuses %j', (options, message) => {
    const { array, band } = evaluation;
    expect(() => designTdPs(array, band, { ringRangePerM: [0.0025, 0.1], ...options })).toThrow(message);
  });
});

describe('rainbow', () => {
  const { array, band } = evaluation;

  it('sends every subcarrier to a direction of its own on one ring', () => {
    const maxSinAngle = Math.sin(Math.PI / 3);
    const { pilots } = rainbowCodebook(array, band, maxSinAngle, [0.0015, 0.05]);
    for (const [s, { codeword, foci, parameters }] of pilots.entries()) {
      expect(foci.slope.every((slope) => slope === parameters.phaseSinAngle)).toBe(true);
      for (const [m, hz] of subcarriersOf({ band }, 61)) {
        expect(gainAt(array, codeword, hz, foci.sinAngle[m]!, [0.0015, 0.05][s]!)).toBeCloseTo(1, 9);
        if (m > 0) expect(foci.sinAngle[m]!).toBeGreaterThan(foci.sinAngle[m - 1]!);
      }
      // The edges of the band point at +-60 degrees.
      const { delaySinAngle: thetaT, phaseSinAngle: thetaP } = parameters;
      expect(thetaT + (30 / 27.5) * thetaP).toBeCloseTo(-maxSinAngle, 12);
      expect(thetaT + (30 / 32.5) * thetaP).toBeCloseTo(maxSinAngle, 12);
    }
    expect(coverageRatio(array, band, pilots[0]!.foci)).toBeLessThan(0.5);
  });

  it('calls no twin on the other side its focus, however wide band and sector', () => {
    const wide = setting(256, 30e9, 12e9, 1024);
    const maxSinAngle = Math.sin((80 * Math.PI) / 180);
    for (const { foci } of [
      ...rainbowCodebook(wide.array, wide.band, maxSinAngle, [0.02]).pilots,
      ...farRainbowCodebook(wide.array, wide.band, maxSinAngle).pilots,
    ]) {
      expect(foci.visible.every((seen) => seen === 1)).toBe(true);
      for (let m = 1; m < 1024; m++) expect(foci.sinAngle[m]!).toBeGreaterThan(foci.sinAngle[m - 1]!);
      expect(foci.sinAngle[1023]!).toBeCloseTo(maxSinAngle, 2);
    }
  });

  it('has the rings of the polar codebook: ten from 5 m on', () => {
    const rings = polarRings(array, 5);
    expect(rings).toHaveLength(10);
    const halfWidth = (1.32 ** 2 * 0.01) / 1.28 ** 2;
    expect(rings[0]).toBeCloseTo(0.01 / (4 * 1.28 ** 2), 12);
    // Rings are one half-width at the carrier apart, twice as dense as pilots of a beam split.
    for (let s = 1; s < 10; s++) expect(rings[s]).toBeCloseTo(s * halfWidth, 12);
    expect(1 / (2 * rings[9]!)).toBeGreaterThan(5);
    expect(polarRings(array, 100)).toHaveLength(1);
  });

  it('spreads rings over the middles of equal parts', () => {
    expect(Array.from(evenRings([0.1, 0.5], 2))).toEqual([expect.closeTo(0.2, 12), expect.closeTo(0.4, 12)]);
  });

  it('refuses a band of one subcarrier', () => {
    const one = setting(256, 30e9, 5e9, 1);
    expect(() => farRainbowCodebook(one.array, one.band, 0.5)).toThrow(/at least 2 subcarriers.*has 1/);
    expect(() => rainbowCodebook(one.array, one.band, 0.5, [0.1])).toThrow(/at least 2 subcarriers/);
  });

  it.each([0, -0.1, 1.01, Number.NaN])('refuses a sweep to sin %d', (maxSinAngle) => {
    expect(() => farRainbowCodebook(array, band, maxSinAngle)).toThrow(BeamloopError);
    expect(() => rainbowCodebook(array, band, maxSinAngle, [0.1])).toThrow(BeamloopError);
  });
});

describe('serving and grid codewords', () => {
  it('focus all subcarriers on the point, or the carrier only', () => {
    const { array, band } = evaluation;
    const point = { sinAngle: -0.37, ringPerM: 0.06 };
    const serving = servingCodeword(array, point);
    const grid = gridCodeword(array, point, 3, 7);
    expect(serving.phaseRad.every((phase) => phase === 0)).toBe(true);
    expect(Math.min(...serving.delayS!)).toBe(0);
    expect(grid.delayS).toBeNull();
    for (const [, hz] of subcarriersOf({ band }, 100)) {
      expect(gainAt(array, serving, hz, -0.37, 0.06)).toBeCloseTo(1, 9);
    }
    expect(gainAt(array, grid, 30e9, -0.37, 0.06)).toBeCloseTo(1, 9);
    expect(gainAt(array, grid, band.frequenciesHz[0]!, -0.37, 0.06)).toBeLessThan(0.1);
  });

  it.each([
    [30, 256, 129],
    [60, 256, 222],
    [90, 2, 3],
  ])(
    'look from edge to edge of a sector within %d degrees: %d elements, %d directions',
    (degrees, N, count) => {
      const { array } = setting(N, 30e9, 5e9, 2);
      const edge = Math.sin((degrees * Math.PI) / 180);
      const directions = gridPilots(array, edge, [0.01]).map(({ point }) => point.sinAngle);
      expect(directions).toHaveLength(count);
      expect(directions[0]).toBe(-edge);
      expect(directions.at(-1)!).toBeGreaterThan(edge - 2 / N);
    },
  );

  it('share a key only where they are the same, whatever grids they are of', () => {
    const { array } = evaluation;
    const grids = [
      polarRings(array, 5),
      evenRings([1 / 400, 1 / 10], 5),
      evenRings([1 / 400, 1 / 10], 6),
    ].map((rings) => gridPilots(array, Math.sin(Math.PI / 3), rings));
    const known = new Map<string, Float64Array>();
    for (const { codeword } of grids.flat()) {
      const { key, phaseRad } = codeword;
      if (known.has(key)) expect(phaseRad, key).toEqual(known.get(key));
      known.set(key, phaseRad);
    }
    // The same grid made again has the same keys.
    const again = gridPilots(array, Math.sin(Math.PI / 3), polarRings(array, 5));
    expect(again.map(({ codeword }) => codeword.key)).toEqual(grids[0]!.map(({ codeword }) => codeword.key));
  });
});
