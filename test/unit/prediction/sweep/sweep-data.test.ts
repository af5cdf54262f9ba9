/** What sweep networks learn from, worked out slowly or by hand. */
import { describe, expect, it } from 'vitest';
import { PlanarArray } from '../../../../src/array/planar-array.js';
import { drawCityScene } from '../../../../src/channel/city/scene.js';
import { PlanarCodebook } from '../../../../src/codebook/planar.js';
import { Random } from '../../../../src/core/random.js';
import { drawCitySweep } from '../../../../src/prediction/sweep/data/city-sweep.js';
import { interpolate, relativeLevels } from '../../../../src/prediction/sweep/data/power-map.js';
import { boresightRad } from '../../../../src/prediction/sweep/data/sector.js';
import { sweptPowers } from '../../../../src/prediction/sweep/data/swept.js';
import { baselinesOf } from '../../../../src/prediction/sweep/evaluation/baselines.js';

const SETTING = {
  ...{ carrierHz: 3.5e9, bandwidthHz: 10e6, numSubcarriers: 2, rows: 4, columns: 4, tiltRad: 0.35 },
  ...{ coarse: [4, 4] as const, fine: [8, 8] as const, receiver: { rows: 1, columns: 2 } },
};

describe('the picture of powers', () => {
  it('has 40 dB between its ends, and whoever hears nothing has the least', () => {
    const levels = new Float32Array(4);
    relativeLevels([2e-6, 2e-8, 0, Number.NaN], levels);
    // 10 log10(1.0001) / 40 + 0.5; 10 log10(0.0101) / 40 + 0.5; 10 log10(0.0001) / 40 + 0.5.
    expect([...levels].map((level) => Number(level.toFixed(4)))).toEqual([0.5, 0.0011, -0.5, -0.5]);
  });

  it('is interpolated between the middles of pixels', () => {
    const map = new Float32Array(16);
    interpolate(Float32Array.from([0, 1, 2, 3]), 0, 2, map, 0, 4);
    // Middles of new pixels at -0.25, 0.25, 0.75 and 1.25 of old ones, the outer ones taken for 0 and 1.
    const along = [0, 0.25, 0.75, 1];
    expect([...map]).toEqual(along.flatMap((y) => along.map((x) => 2 * y + x)));
  });
});

describe('the users of a city', () => {
  const set = drawCitySweep(SETTING, 5);
  const scene = drawCityScene(5, { wavelengthM: 299_792_458 / 3.5e9 });

  it('belong to the sector that looks their way, and are where that one sees them', () => {
    expect(set.numUsers).toBe(scene.users.length);
    for (let user = 0; user < set.numUsers; user += 37) {
      const [x, y] = [set.worldM[2 * user]!, set.worldM[2 * user + 1]!];
      expect(scene.users[user]!.positionM.slice(0, 2)).toEqual([expect.closeTo(x, 4), expect.closeTo(y, 4)]);
      const turned = Math.atan2(y, x) - boresightRad(set.sectors[user]!);
      const angle = Math.atan2(Math.sin(turned), Math.cos(turned));
      expect(Math.abs(angle)).toBeLessThanOrEqual(Math.PI / 3 + 1e-6);
      expect(Math.atan2(set.ownM[2 * user + 1]!, set.ownM[2 * user]!)).toBeCloseTo(angle, 5);
    }
  });

  it('receive what the sum over paths, elements, antennas and subcarriers gives', () => {
    for (const user of [3, 411, 902]) {
      const array = new PlanarArray({
        ...{ rows: 4, columns: 4, carrierHz: 3.5e9, tiltRad: 0.35, heightM: 20 },
        boresightRad: boresightRad(set.sectors[user]!),
      });
      const { positionM, paths } = scene.users[user]!;
      const c = 299_792_458;
      const channels = [-1, 1].flatMap((side) =>
        [-0.5, 0.5].map((place) => {
          const f = 3.5e9 + place * 5e6;
          const antenna = [
            positionM[0],
            positionM[1] + (side * array.wavelengthM) / 4,
            positionM[2],
          ] as const;
          return Array.from({ length: 16 }, (_, n) => {
            let [re, im] = [0, 0];
            for (const { gain, imageM, sourceM } of paths) {
              const toMiddle = Math.hypot(...positionM.map((x, k) => x - sourceM[k]!));
              const toAntenna = Math.hypot(...antenna.map((x, k) => x - sourceM[k]!));
              const fromElement = Math.hypot(
                array.elementXM[n]! - imageM[0],
                array.elementYM[n]! - imageM[1],
                array.elementZM[n]! - imageM[2],
              );
              const phase = (-2 * Math.PI * f * (fromElement + toAntenna - toMiddle)) / c;
              re += gain * Math.cos(phase);
              im += gain * Math.sin(phase);
            }
            return [re, im] as const;
          });
        }),
      );
      const meanSquare = channels.flat().reduce((sum, [re, im]) => sum + re * re + im * im, 0) / (4 * 16);
      const codebook = new PlanarCodebook(array, { numAzimuths: 8, numElevations: 8 });
      const powers = Array.from({ length: 64 }, (_, beam) => {
        const { phaseRad } = codebook.codewordAt(beam);
        return (
          channels.reduce((sum, h) => {
            let [re, im] = [0, 0];
            h.forEach(([a, b], n) => {
              const [x, y] = [Math.cos(phaseRad[n]!) / 4, Math.sin(phaseRad[n]!) / 4];
              re += a * x - b * y;
              im += a * y + b * x;
            });
            return sum + re * re + im * im;
          }, 0) /
          (4 * meanSquare)
        );
      });
      powers.forEach((power, beam) => {
        expect(set.fine[user * 64 + beam]).toBeCloseTo(power, 4);
      });
      expect(powers[set.best[user]!]).toBeCloseTo(Math.max(...powers), 5);
      // Beam (k, l) of the sweep points where beam (2k, 2l) does.
      const swept = sweptPowers(set, [user], Number.POSITIVE_INFINITY, new Random(1));
      swept.forEach((power, beam) => {
        expect(power).toBeCloseTo(powers[2 * Math.floor(beam / 4) * 8 + 2 * (beam % 4)]!, 4);
      });
    }
  });

  it('are searched by levels, and by the user that is most alike: itself, where it is known', () => {
    const everybody = Array.from({ length: set.numUsers }, (_, k) => k);
    const powers = sweptPowers(set, everybody, Number.POSITIVE_INFINITY, new Random(1));
    const found = baselinesOf(
      set,
      powers,
      { set, powers },
      { setting: SETTING, snrDb: Number.POSITIVE_INFINITY, seed: 1 },
    );
    const hits = (name: string) => {
      const { ranked } = found.find((choice) => choice.name === name)!;
      const near = ranked.filter(([beam], user) => {
        const own = (of: number) => set.fine[user * 64 + of]!;
        return own(beam!) >= own(set.best[user]!) * (1 - 1e-6);
      });
      return near.length / set.numUsers;
    };
    expect(hits('exhaustive')).toBe(1);
    expect(hits('1-nn')).toBe(1);
    expect(hits('hc9')).toBeGreaterThan(hits('hc4'));
    expect(hits('hc4')).toBeGreaterThan(hits('nearest'));
    expect(hits('hc9')).toBeLessThan(1);
    expect(found.map(({ numPilots }) => numPilots)).toEqual([16, 20, 25, 16, 64]);
  });
});
