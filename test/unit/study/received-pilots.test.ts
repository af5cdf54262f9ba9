import { expect, it } from 'vitest';
import { LinearArray, polarPointM } from '../../../src/array/linear-array.js';
import type { ChannelEvaluator } from '../../../src/channel/channel.js';
import { DirectEvaluator } from '../../../src/channel/direct-evaluator.js';
import { FastEvaluator } from '../../../src/channel/screening/fast-evaluator.js';
import { DpcCodebook } from '../../../src/codebook/dpc.js';
import { PolarCodebook } from '../../../src/codebook/polar.js';
import { ReceivedPilots } from '../../../src/study/accuracy/received-pilots.js';
import { polarBlock, strongest, strongestPilot } from '../../../src/training/polar-estimate.js';

const array = new LinearArray({ numElements: 16, carrierHz: 100e9 });
const polar = new PolarCodebook(array, { numRings: 6 });
const dpc = new DpcCodebook(array);
const nothing = [{ gain: { re: 0, im: 0 }, positionM: [1, 0] as const }];

it('adds circular Gaussian noise of the deviation asked for, independent from pilot to pilot and user to user', () => {
  const received = new ReceivedPilots(polar, new DirectEvaluator(polar));
  const powers: number[] = [];
  for (let user = 1; user <= 200; user++) {
    received.setUser(nothing, 7, user);
    for (let column = 0; column < polar.numCodewords; column++) {
      powers.push(received.power(polar.codeword(polar.indexOf(column)), 3));
    }
    powers.push(received.power(dpc.codeword(2, 2)!, 3), received.power(dpc.codeword(2, 3)!, 3));
  }
  // The power is exponential with mean 9: 98 * 200 draws put the mean within 0.06 and the median at 9 ln 2.
  const mean = powers.reduce((sum, power) => sum + power, 0) / powers.length;
  const median = powers.sort((a, b) => a - b)[powers.length / 2]!;
  expect(mean).toBeGreaterThan(8.7);
  expect(mean).toBeLessThan(9.3);
  expect(median / (9 * Math.LN2)).toBeCloseTo(1, 1);
  expect(new Set(powers).size).toBe(powers.length);
});

it('says the same of a pilot whatever was asked before', () => {
  const pilots = [polar.codeword({ ring: 3, angleIndex: 9 }), dpc.codeword(3, 4)!];
  const paths = [{ gain: { re: 1, im: 0.5 }, positionM: [0.3, 0.1] as const }];
  const fresh = new ReceivedPilots(polar, new DirectEvaluator(polar));
  fresh.setUser(paths, 1, 2);
  const expected = pilots.map((pilot) => fresh.power(pilot, 1));

  const used = new ReceivedPilots(polar, new DirectEvaluator(polar));
  used.setUser(nothing, 1, 1);
  for (const pilot of pilots) used.power(pilot, 1);
  used.bestReceived(1);
  used.setUser(paths, 1, 2);
  used.bestReceived(0.5);
  expect([...pilots].reverse().map((pilot) => used.power(pilot, 1))).toEqual([...expected].reverse());
});

it('finds the strongest received codeword of all', () => {
  const received = new ReceivedPilots(polar, new DirectEvaluator(polar));
  for (let user = 1; user <= 50; user++) {
    received.setUser([{ gain: { re: 0.3, im: 0 }, positionM: [0.2, 0.05] }], 5, user);
    const found = received.power(polar.codeword(received.bestReceived(0.7)), 0.7);
    for (let column = 0; column < polar.numCodewords; column++) {
      expect(received.power(polar.codeword(polar.indexOf(column)), 0.7)).toBeLessThanOrEqual(found);
    }
  }
});

it.each<[string, (polar: PolarCodebook) => ChannelEvaluator, boolean]>([
  ['fast', (codebook) => new FastEvaluator(codebook), true],
  ['direct', (codebook) => new DirectEvaluator(codebook), false],
])('the strongest of a batch is that of its powers: %s evaluation', (_, evaluatorOf, tells) => {
  const received = new ReceivedPilots(polar, evaluatorOf(polar));
  const batches = [3, 7, 12].map((angle) =>
    polarBlock(polar, angle - 2, angle + 2).map((index) => polar.codeword(index)),
  );
  for (let user = 1; user <= 200; user++) {
    const angleRad = Math.sin(user);
    received.setUser(
      [
        { gain: { re: 0.8, im: 0.1 }, positionM: polarPointM(0.05 + 0.001 * user, angleRad) },
        { gain: { re: 0, im: 0.3 }, positionM: polarPointM(0.3, -angleRad) },
      ],
      5,
      user,
    );
    for (const batch of batches) {
      for (const deviation of [0, 0.05, 0.5, 5]) {
        const powers = received.powers(batch, deviation);
        const found = powers.strongest!();
        expect(powers.mean).toEqual(Float64Array.from(batch, (pilot) => received.power(pilot, deviation)));
        expect(found).toBe(tells ? strongest(powers.mean) : null);
        expect(strongestPilot(powers)).toBe(strongest(powers.mean));
      }
    }
  }
  const others = received.powers([dpc.codeword(2, 2)!, polar.codewordAt(3)], 1);
  expect(others.strongest!()).toBeNull();
  expect(strongestPilot(others)).toBe(strongest(others.mean));
});
