import { describe, expect, it } from 'vitest';
import { Band } from '../../../src/array/band.js';
import { LinearArray, type PointM, polarPointM } from '../../../src/array/linear-array.js';
import { CarrierReceiver } from '../../../src/channel/carrier-receiver.js';
import { StraightLine } from '../../../src/channel/motion/straight-line.js';
import { pathsFrom } from '../../../src/channel/moving-paths.js';
import { MovingBeamReceiver, MovingCarrierReceiver } from '../../../src/channel/moving-receivers.js';
import { drawPaths, type Path } from '../../../src/channel/paths.js';
import { BeamReceiver } from '../../../src/channel/wideband/received.js';
import type { ElementBeam } from '../../../src/channel/wideband/response.js';
import { createSubcarrierSum } from '../../../src/channel/wideband/subcarrier-sum.js';
import { Random } from '../../../src/core/random.js';

const array = new LinearArray({ numElements: 32, carrierHz: 30e9, speedOfLightMPerS: 3e8 });
const { wavelengthM } = array;
const band = new Band({ carrierHz: 30e9, bandwidthHz: 3e9, numSubcarriers: 16 });
const startM: PointM = [20, 3];

/** One element radiates. */
function element(k: number): ElementBeam {
  const re = new Float64Array(32);
  re[k] = 1;
  return { re, im: new Float64Array(32), delayS: null };
}

function beam(random: Random, hasDelay: boolean): ElementBeam {
  const draw = (scale: number) => Float64Array.from({ length: 32 }, () => scale * random.normal());
  return { re: draw(1), im: draw(1), delayS: hasDelay ? draw(1e-10) : null };
}

const manyPaths = drawPaths(
  startM,
  { distanceM: [5, 30], angleRad: [-1, 1] },
  { numScatterers: 4, ricianFactorDb: 3 },
  new Random('paths'),
);
const phaseOf = ({ re, im }: { readonly re: Float64Array; readonly im: Float64Array }, m = 0) =>
  Math.atan2(im[m]!, re[m]!);
const wrapped = (rad: number) => Math.atan2(Math.sin(rad), Math.cos(rad));

describe('the channel of a moving user', () => {
  it('is at the start what it was drawn as', () => {
    expect(pathsFrom(manyPaths, startM, startM, array)).toEqual(manyPaths);
  });

  it('keeps scatterers and the sizes of gains, and ends the line of sight at the user', () => {
    const nowM: PointM = [12, -4];
    const now = pathsFrom(manyPaths, startM, nowM, array);
    expect(now[0]).toEqual({ gain: manyPaths[0]!.gain, positionM: nowM });
    now.slice(1).forEach(({ gain, positionM }, k) => {
      const before = manyPaths[k + 1]!;
      expect(positionM).toBe(before.positionM);
      expect(Math.hypot(gain.re, gain.im)).toBeCloseTo(Math.hypot(before.gain.re, before.gain.im), 12);
      const legM = (userM: PointM) => Math.hypot(userM[0] - positionM[0], userM[1] - positionM[1]);
      const turned = Math.atan2(gain.im, gain.re) - Math.atan2(before.gain.im, before.gain.re);
      const expected = (-2 * Math.PI * (legM(nowM) - legM(startM))) / wavelengthM;
      expect(wrapped(turned - expected)).toBeCloseTo(0, 6);
    });
  });

  it.each([
    ['towards the array', Math.PI, 1],
    ['away from it', 0, -1],
    ['across', Math.PI / 2, 0],
  ])('has the Doppler shift v/lambda of a user that walks %s', (_, headingRad, sign) => {
    const speed = 15;
    const stepS = 1e-5;
    const count = 200;
    const velocity = [speed * Math.cos(headingRad), speed * Math.sin(headingRad)] as const;
    // In the middle of the time it is at broadside of the 17th element.
    const halfS = (count * stepS) / 2;
    const fromM: PointM = [20 - velocity[0] * halfS, array.elementYM[16]! - velocity[1] * halfS];
    const line = new StraightLine(fromM, velocity);
    const receiver = new MovingCarrierReceiver(array, [{ gain: { re: 1, im: 0 }, positionM: fromM }], fromM);
    let turnedRad = 0;
    let last = phaseOf(receiver.receive(element(16), line.positionAt(0)));
    for (let k = 1; k <= count; k++) {
      const phase = phaseOf(receiver.receive(element(16), line.positionAt(k * stepS)));
      turnedRad += wrapped(phase - last);
      last = phase;
    }
    const dopplerHz = turnedRad / (2 * Math.PI) / (count * stepS);
    expect(dopplerHz).toBeCloseTo((sign * speed) / wavelengthM, 0);
  });

  it('has the Doppler shift of the leg from the scatterer on a scattered path', () => {
    const speed = 10;
    const scatterer: Path = { gain: { re: 0, im: 0.5 }, positionM: [5, 3] };
    // Straight away from the scatterer, which is between array and user.
    const line = new StraightLine(startM, [speed, 0]);
    const receiver = new MovingCarrierReceiver(array, [scatterer], startM);
    const stepS = 1e-5;
    const first = phaseOf(receiver.receive(element(3), line.positionAt(0)));
    const then = phaseOf(receiver.receive(element(3), line.positionAt(stepS)));
    expect(wrapped(then - first) / (2 * Math.PI * stepS)).toBeCloseTo(-speed / wavelengthM, 3);
  });

  it('is continuous: a thousandth of a wavelength changes next to nothing', () => {
    const receiver = new MovingCarrierReceiver(array, manyPaths, startM);
    const sent = beam(new Random('continuous'), false);
    let [lastRe, lastIm] = [Number.NaN, Number.NaN];
    for (let k = 0; k <= 3000; k++) {
      const { re, im } = receiver.receive(sent, [20 - (k * wavelengthM) / 1000, 3]);
      if (k > 0) expect(Math.hypot(re[0]! - lastRe, im[0]! - lastIm)).toBeLessThan(0.1);
      [lastRe, lastIm] = [re[0]!, im[0]!];
    }
  });

  it('is received as that of a still user at the same paths, at the carrier and on a band', () => {
    const random = new Random('agree');
    const sum = createSubcarrierSum(32, band);
    const carrier = new MovingCarrierReceiver(array, manyPaths, startM);
    const wide = new MovingBeamReceiver(sum, array, manyPaths, startM);
    for (let k = 0; k < 40; k++) {
      const sent = beam(random, k % 2 === 0);
      const nowM = polarPointM(3 + 50 * random.uniform(), 2 * random.uniform() - 1);
      const paths = pathsFrom(manyPaths, startM, nowM, array);
      const still = new CarrierReceiver(array, paths).receive(sent);
      const moving = carrier.receive(sent, nowM);
      expect(moving.re[0]).toBeCloseTo(still.re[0]!, 10);
      expect(moving.im[0]).toBeCloseTo(still.im[0]!, 10);
      const stillWide = new BeamReceiver(createSubcarrierSum(32, band), array, paths).receive(sent);
      const movingWide = wide.receive(sent, nowM);
      stillWide.re.forEach((value, m) => {
        expect(movingWide.re[m]).toBeCloseTo(value, 9);
        expect(movingWide.im[m]).toBeCloseTo(stillWide.im[m]!, 9);
      });
    }
  });

  it('has its Doppler shift on every subcarrier', () => {
    const receiver = new MovingBeamReceiver(
      createSubcarrierSum(32, band),
      array,
      [{ gain: { re: 1, im: 0 }, positionM: [20, array.elementYM[16]!] }],
      [20, array.elementYM[16]!],
    );
    const at = (xM: number) => {
      const { re, im } = receiver.receive(element(16), [xM, array.elementYM[16]!]);
      return { re: re.slice(), im: im.slice() };
    };
    const [before, after] = [at(20), at(19.9999)];
    band.frequenciesHz.forEach((frequencyHz, m) => {
      const turned = wrapped(phaseOf(after, m) - phaseOf(before, m));
      expect(turned).toBeCloseTo((2 * Math.PI * 1e-4 * frequencyHz) / 3e8, 5);
    });
  });
});
