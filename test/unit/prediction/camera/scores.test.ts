import { describe, expect, it } from 'vitest';
import { MaskStore } from '../../../../src/prediction/camera/data/mask-store.js';
import { drawStreetWindows } from '../../../../src/prediction/camera/data/street-windows.js';
import type { WindowSet } from '../../../../src/prediction/camera/data/window-set.js';
import { cameraBaselines } from '../../../../src/prediction/camera/evaluation/baselines.js';
import {
  dbaChallenge,
  dbaTop3,
  distanceAccuracy,
  isInTop,
  rankedBeams,
} from '../../../../src/prediction/camera/evaluation/scores.js';

describe('distance-based accuracy', () => {
  // The true beam is 20; 23 is 3 off, 26 is 6 off, 21 is 1 off: Y_1 = 1 - 3/5, Y_2 = 1 - 3/5, Y_3 = 1 - 1/5.
  const ranked = [23, 26, 21, 20];

  it('is as worked out by hand', () => {
    expect([1, 2, 3, 4].map((k) => distanceAccuracy(ranked, 20, k))).toEqual([
      expect.closeTo(0.4, 12),
      expect.closeTo(0.4, 12),
      expect.closeTo(0.8, 12),
      1,
    ]);
    expect(dbaTop3(ranked, 20)).toBeCloseTo(0.8, 12);
    expect(dbaChallenge(ranked, 20)).toBeCloseTo((0.4 + 0.4 + 0.8) / 3, 12);
  });

  it('is nothing from five beams off on', () => {
    expect(dbaTop3([25, 40, 60], 20)).toBe(0);
    expect(dbaChallenge([24], 20)).toBeCloseTo(0.2, 12);
  });
});

it('the best beams come first, the lower one of equals', () => {
  const ranked = rankedBeams(Float32Array.of(0.1, 0.5, 0.5, 0.9), 3);
  expect(ranked).toEqual([3, 1, 2]);
  expect(isInTop(ranked, 2, 2)).toBe(false);
  expect(isInTop(ranked, 2, 3)).toBe(true);
});

describe('what learns no weights', () => {
  /** One pass whose beam goes up by 2 per slot, from 10 at the first of the past. */
  const rising = (first: number): WindowSet => ({
    ...{ numWindows: 1, numBeams: 64, passes: Int32Array.of(0) },
    ...{ masks: new MaskStore(2), maskPlaces: new Int32Array(7) },
    past: Int32Array.from({ length: 8 }, (_, k) => first + 2 * k),
    future: Int32Array.from({ length: 7 }, (_, k) => first + 16 + 2 * k),
  });

  it('holds, draws a line, and counts', () => {
    const [hold, line, table] = cameraBaselines(rising(10), rising(10));
    expect(hold!.ranked(0, 6).slice(0, 3)).toEqual([24, 23, 25]);
    // 24 at the slot before, so 26 now and 38 six slots later.
    expect([0, 6].map((slot) => line!.ranked(0, slot)[0])).toEqual([26, 38]);
    expect([0, 6].map((slot) => table!.ranked(0, slot)[0])).toEqual([26, 38]);
    // Never seen from there: the nearest.
    const [, , unseen] = cameraBaselines(rising(11), rising(10));
    expect(unseen!.ranked(0, 0)[0]).toBe(25);
  });
});

describe('windows of the drawn street', () => {
  const set = drawStreetWindows({ numWindows: 40, numBeams: 64, seed: 3, purpose: 'evaluation' });
  const half = drawStreetWindows({ numWindows: 20, numBeams: 64, seed: 3, purpose: 'evaluation' });

  const maskOf = ({ masks, maskPlaces }: WindowSet, window: number, m: number) => {
    const mask = new Uint8Array(masks.size ** 2);
    masks.read(maskPlaces[7 * window + m]!, mask);
    return mask;
  };

  it('are drawn each by itself', () => {
    for (let w = 0; w < 20; w++) {
      for (let m = 0; m < 7; m++) expect(Buffer.compare(maskOf(half, w, m), maskOf(set, w, m))).toBe(0);
    }
    expect(set.future.subarray(0, half.future.length)).toEqual(half.future);
  });

  it('show the vehicle where the beam is', () => {
    const size = 56;
    let offColumns = 0;
    for (let w = 0; w < set.numWindows; w++) {
      const mask = maskOf(set, w, 6);
      let [columns, count] = [0, 0];
      // Below the pedestrian.
      for (let k = 24 * size; k < mask.length; k++) {
        columns += mask[k]! * ((k % size) + 0.5);
        count += mask[k]!;
      }
      expect(count).toBeGreaterThan(0);
      const sine = Math.sin(Math.PI * ((set.future[w * 7]! + 0.5) / 64 - 0.5));
      offColumns += Math.abs(columns / count - (28 + (28 * sine) / 0.9)) / set.numWindows;
    }
    // The mask is of the way between two frames, and beams are a column and a half wide.
    expect(offColumns).toBeLessThan(2.5);
  });

  it('show the same in larger pictures', () => {
    const one = { numWindows: 1, numBeams: 64, seed: 3, purpose: 'evaluation' } as const;
    const large = maskOf(drawStreetWindows({ ...one, size: 224 }), 0, 6);
    const small = maskOf(set, 0, 6);
    // A pixel of the small one is four by four of the large one; the blur is narrower there in proportion.
    const isWithin = (k: number) =>
      [-1, 0, 1].some((dy) =>
        [-1, 0, 1].some((dx) => {
          const [y, x] = [(Math.floor(k / 224) >> 2) + dy, ((k % 224) >> 2) + dx];
          return small[56 * y + x] === 1;
        }),
      );
    const moved = [...large.keys()].filter((k) => large[k] === 1);
    expect(moved.length).toBeGreaterThan(100);
    expect(moved.filter(isWithin).length / moved.length).toBeGreaterThan(0.95);
  });
});
