import { describe, expect, it } from 'vitest';
import { LinearArray } from '../../../../src/array/linear-array.js';
import { FrameFeed } from '../../../../src/camera/frame-feed.js';
import { trackerCodebook } from '../../../../src/codebook/tracking.js';
import { codewordWeights } from '../../../../src/codebook/weights.js';
import { transposeProduct } from '../../../../src/core/complex.js';
import { EmulatedCamera } from '../../../../src/emulation/emulated-camera.js';
import { PowerPattern } from '../../../../src/prediction/camera/power-pattern.js';
import { buildTracker } from '../../../../src/scenario/trackers.js';
import type { HeardPilot } from '../../../../src/tracking/heard.js';

const array = new LinearArray({ numElements: 16, carrierHz: 60e9 });
const codebook = trackerCodebook(array, { directions: 64, rings: 0, spread: 'angles' });
const setting = { codebook, numUsers: 1, epochS: 0.1, seed: 1, frameIntervalS: 0.1 };

const place = (angleRad: number): [number, number] => [1000 * Math.cos(angleRad), 1000 * Math.sin(angleRad)];
const beamOf = (angleRad: number) => 64 * (angleRad / Math.PI + 0.5) - 0.5;

describe('beams over angles', () => {
  it('are the best in their own direction', () => {
    for (const column of [3, 20, 32, 50]) {
      const angleRad = Math.PI * ((column + 0.5) / 64 - 0.5);
      expect(codebook.angleRad(column + 1)).toBeCloseTo(angleRad, 9);
      expect(codebook.nearestAngle(Math.sin(angleRad + 0.01))).toBe(column);
    }
  });
});

describe('where probed beams say that a user is', () => {
  const pattern = new PowerPattern(codebook);
  const heardAt = (angleRad: number, columns: readonly number[]): HeardPilot[] =>
    columns.map((column) => {
      const weights = codewordWeights(codebook.codeword(codebook.indexOf(column)), array.carrierHz);
      const { re, im } = transposeProduct(array.steeringVector(place(angleRad)), weights);
      return { column, purpose: 'probe', servedUser: 0, power: 3 * (re * re + im * im) + 0.01 };
    });

  it('is where it is, between beams too', () => {
    for (const angleRad of [-0.7, -0.123, 0.31]) {
      const near = Math.round(beamOf(angleRad));
      const found = pattern.place(heardAt(angleRad, [near - 2, near - 1, near, near + 1, near + 3]), 0.01);
      expect(Math.abs(found! - beamOf(angleRad))).toBeLessThan(0.2);
    }
  });

  it('is not told by two beams, or by noise', () => {
    expect(pattern.place(heardAt(0.1, [33, 34]), 0.01)).toBeNull();
    expect(pattern.place(heardAt(0.1, [33, 34, 35]), 1e6)).toBeNull();
  });
});

describe('the tracker camera with the shipped model', () => {
  const SPEED_RAD_PER_S = 0.45;
  const angleAt = (timeS: number) => -0.6 + SPEED_RAD_PER_S * timeS;

  function emulated(latencyS: number) {
    const camera = new EmulatedCamera({
      placeAt: (t) => place(angleAt(t)),
      intervalS: 0.1,
      latencyS,
      seed: 4,
    });
    return new FrameFeed(camera, { size: 56, intervalS: 0.1, latencyS });
  }

  it('foretells the beam of now and of later, from frames alone', async () => {
    const tracker = await buildTracker({ name: 'camera', model: 'models/camera' }, setting);
    const feed = emulated(0.03);
    const off: number[] = [];
    for (let epoch = 0; epoch < 24; epoch++) {
      const timeS = 0.03 + 0.1 * epoch;
      for (const { frame, follows } of await feed.take(timeS)) tracker.eyes!.see(frame, follows);
      const [prediction] = tracker.predict(timeS);
      if (epoch < 7) expect(prediction).toBeNull();
      // Without another frame, of up to six slots later.
      else {
        for (const laterS of [0, 0.2]) {
          const first = tracker.predict(timeS + laterS)[0]![0]!.column;
          off.push(Math.abs(first - beamOf(angleAt(timeS + laterS))));
        }
        expect(prediction!.reduce((sum, { probability }) => sum + probability, 0)).toBeLessThanOrEqual(
          1 + 1e-9,
        );
      }
    }
    expect(off.reduce((a, b) => a + b, 0) / off.length).toBeLessThan(1.2);
    expect(tracker.predict(2.4 + 0.8)[0]).toBeNull();
  });

  it('begins anew after a gap', async () => {
    const tracker = await buildTracker({ name: 'camera', model: 'models/camera' }, setting);
    const feed = emulated(0);
    for (const { frame, follows } of await feed.take(1.2)) tracker.eyes!.see(frame, follows);
    expect(tracker.predict(1.2)[0]).not.toBeNull();
    const [, next] = await feed.take(1.4);
    tracker.eyes!.see(next!.frame, false);
    expect(tracker.predict(1.4)[0]).toBeNull();
  });

  it('is refused without a camera, for several users, another codebook or another pace', async () => {
    const choice = { name: 'camera', model: 'models/camera' };
    const { frameIntervalS: _, ...blind } = setting;
    await expect(buildTracker(choice, blind)).rejects.toThrow(/needs a camera/);
    await expect(buildTracker(choice, { ...setting, numUsers: 2 })).rejects.toThrow(/follows one user/);
    await expect(buildTracker(choice, { ...setting, frameIntervalS: 0.05 })).rejects.toThrow(/every 100 ms/);
    const even = trackerCodebook(array, { directions: 64, rings: 0 });
    await expect(buildTracker(choice, { ...setting, codebook: even })).rejects.toThrow(/spread: angles/);
  });
});
