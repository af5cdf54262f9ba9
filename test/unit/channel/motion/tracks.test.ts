import { describe, expect, it } from 'vitest';
import { SampledTrack, samplesAtSpeed } from '../../../../src/channel/motion/sampled-track.js';
import { StraightLine } from '../../../../src/channel/motion/straight-line.js';

describe('a straight line', () => {
  it('begins at time 0 and has no end', () => {
    const line = new StraightLine([10, -2], [1, 3]);
    expect(line.positionAt(-1)).toEqual([10, -2]);
    expect(line.velocityAt(-1)).toEqual([0, 0]);
    expect(line.positionAt(2)).toEqual([12, 4]);
    expect(line.velocityAt(1e6)).toEqual([1, 3]);
    expect(line.positionAt(1e6)).toEqual([1_000_010, 2_999_998]);
  });

  it('refuses what is no number', () => {
    expect(() => new StraightLine([Number.NaN, 0], [1, 0])).toThrow(/startM cannot be NaN/);
    expect(() => new StraightLine([1, 0], [Number.POSITIVE_INFINITY, 0])).toThrow(/velocityMPerS/);
  });
});

describe('a sampled track', () => {
  const track = new SampledTrack({
    timeS: [1, 2, 4],
    positionM: [
      [10, 0],
      [11, 0],
      [11, -4],
    ],
  });

  it('goes straight from sample to sample, and stands still before and after', () => {
    expect([0, 1, 1.5, 2, 3, 4, 9].map((timeS) => track.positionAt(timeS))).toEqual([
      [10, 0],
      [10, 0],
      [10.5, 0],
      [11, 0],
      [11, -2],
      [11, -4],
      [11, -4],
    ]);
    expect([0, 1, 1.5, 2, 3, 4, 9].map((timeS) => track.velocityAt(timeS))).toEqual([
      [0, 0],
      [1, 0],
      [1, 0],
      [0, -2],
      [0, -2],
      [0, 0],
      [0, 0],
    ]);
  });

  it('refuses times that go back or stand still, and lists that do not fit', () => {
    const positionM = [
      [1, 0],
      [2, 0],
    ] as const;
    expect(() => new SampledTrack({ timeS: [1, 0.5], positionM })).toThrow(/0.5 s of a track comes after 1/);
    expect(() => new SampledTrack({ timeS: [1, 1], positionM })).toThrow(/1 s of a track comes after 1/);
    expect(() => new SampledTrack({ timeS: [1], positionM })).toThrow(/1 times and 2 positions/);
    expect(() => new SampledTrack({ timeS: [], positionM: [] })).toThrow(/0 times/);
    expect(() => new SampledTrack({ timeS: [1, Number.NaN], positionM })).toThrow(/timeS cannot be NaN/);
  });

  it('passes waypoints at constant speed, those where it is already left out', () => {
    const samples = samplesAtSpeed(
      [
        [1, 0],
        [1, 0],
        [4, 4],
        [4, 4],
        [4, 14],
      ],
      2,
    );
    expect(samples).toEqual({
      timeS: [0, 2.5, 7.5],
      positionM: [
        [1, 0],
        [4, 4],
        [4, 14],
      ],
    });
    expect(samplesAtSpeed([[5, 1]], 2)).toEqual({ timeS: [0], positionM: [[5, 1]] });
  });
});
