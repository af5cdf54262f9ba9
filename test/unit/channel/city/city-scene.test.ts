import { describe, expect, it } from 'vitest';
import type { PointM } from '../../../../src/array/linear-array.js';
import { type Block, CITY_DEFAULTS, drawCity } from '../../../../src/channel/city/city.js';
import {
  drawCityScene,
  PathTracer,
  type PlaceM,
  type Propagation,
} from '../../../../src/channel/city/scene.js';
import { Random } from '../../../../src/core/random.js';

/** With a wavelength of 4 pi m the gain of a path of length L without reflections is 1/L; losses are factors of 10. */
const byHand: Propagation = {
  wavelengthM: 4 * Math.PI,
  baseHeightM: 16,
  userHeightM: 4,
  wallLossDb: 20,
  groundLossDb: 40,
  doubleWithinM: 90,
  mostPaths: 10,
};
const northWall: Block = { x: [-50, 50], y: [7.5, 40] };
const southWall: Block = { x: [-50, 50], y: [-40, -6] };

function trace(blocks: readonly Block[], placeM: PointM, propagation = byHand, rotationRad = 0) {
  return new PathTracer({ blocks, rotationRad }, propagation).user(placeM).paths;
}

describe('the image method', () => {
  it('finds four paths beside one wall, with lengths and gains worked out by hand', () => {
    // The user stands 16 m away and 12 m lower: 20 m. Its image in the wall, 7.5 m off, is at (16, 15): 16^2 + 15^2 + 12^2 = 25^2.
    // By the ground the image is 4 m below it, 20 m under the base station.
    expect(trace([northWall], [16, 0])).toEqual([
      { gain: 1 / 20, imageM: [16, 0, 4], sourceM: [0, 0, 16], lineOfSight: true, numReflections: 0 },
      { gain: 0.1 / 25, imageM: [16, 15, 4], sourceM: [0, 15, 16], lineOfSight: false, numReflections: 1 },
      {
        gain: 0.01 / Math.hypot(16, 20),
        imageM: [16, 0, -4],
        sourceM: [0, 0, -16],
        lineOfSight: false,
        numReflections: 1,
      },
      {
        gain: expect.closeTo(0.001 / Math.hypot(16, 15, 20), 15),
        imageM: [16, 15, -4],
        sourceM: [0, 15, -16],
        lineOfSight: false,
        numReflections: 2,
      },
    ]);
  });

  it('finds the direct way, two by one wall and two by both in a street', () => {
    // Walls at y = 7.5 and y = -6, the user at (16, 1). By the north wall: 15 - 1 = 14. By the south wall: -12 - 1 = -13. North
    // first, then south: the user is mirrored in the south wall (-13), then in the north wall: 15 + 13 = 28. South first:
    // mirrored in the north wall (14), then in the south wall: -12 - 14 = -26.
    const paths = trace([northWall, southWall], [16, 1]);
    const images = paths.filter(({ imageM }) => imageM[2] > 0).map(({ imageM }) => imageM[1]);
    expect(images).toEqual([1, -13, 14, -26, 28]);
    expect(paths).toHaveLength(10);
    // Seen from the user, the base station is mirrored in the walls in the order in which they are met: 15, then -12 - 15.
    const northFirst = paths.find(({ imageM }) => imageM[1] === 28)!;
    expect(northFirst.sourceM).toEqual([0, -27, 16]);
    expect(northFirst.gain).toBeCloseTo(0.01 / Math.hypot(16, 28, 12), 15);
  });

  it('sees nobody through a block, and a user round the corner by a wall that faces both', () => {
    const corner: Block = { x: [10, 60], y: [5, 60] };
    const west: Block = { x: [-60, -20], y: [-60, 60] };
    expect(trace([corner], [40, 70])).toEqual([]);
    // The wall y = 80 would mirror the user to (40, 90), seen through the corner; the wall x = -20 to (-80, 70), which is free on
    // both legs: (0, 0) to (-20, 17.5) and on to (40, 70), which passes x = 10 at y = 43.75, inside the corner block.
    expect(trace([corner, west], [40, 70])).toEqual([]);
    // With the block beginning at x = 30 the line passes x = 30 at y = 61.25, above it; and so does one that was thrown to the
    // western wall by the block's own: (-80, 70) mirrored in x = 30 is (140, 70), met at (30, 15), then (-20, 40), then x = 30 at 65.
    const seen = trace([{ x: [30, 60], y: [5, 60] }, west], [40, 70]).filter(({ imageM }) => imageM[2] > 0);
    expect(
      seen.map(({ imageM, lineOfSight, numReflections }) => [imageM, lineOfSight, numReflections]),
    ).toEqual([
      [[-80, 70, 4], false, 1],
      [[140, 70, 4], false, 2],
    ]);
  });

  it('lets far walls reflect once, not twice, and keeps the strongest paths', () => {
    const walls: Block[] = [
      { x: [-500, 500], y: [100, 120] },
      { x: [-500, 500], y: [-120, -100] },
    ];
    expect(trace(walls, [16, 1])).toHaveLength(6);
    expect(trace(walls, [16, 1], { ...byHand, doubleWithinM: 100 })).toHaveLength(10);
    const few = trace([northWall, southWall], [16, 1], { ...byHand, mostPaths: 3 });
    const all = trace([northWall, southWall], [16, 1]);
    expect(few).toEqual(all.slice(0, 3));
  });

  it('turns positions with the city and changes nothing else', () => {
    const [direct, turned] = [0, Math.PI / 2].map(
      (rotationRad) => trace([northWall], [16, 0], byHand, rotationRad)[1]!,
    );
    expect(turned!.gain).toBe(direct!.gain);
    expect(turned!.imageM).toEqual([expect.closeTo(-15, 12), expect.closeTo(16, 12), 4]);
  });
});

describe('a drawn city', () => {
  const scene = drawCityScene(7);

  it('is the same for the same seed, and another for another', () => {
    expect(drawCityScene(7)).toEqual(scene);
    expect(drawCityScene(8).users[0]).not.toEqual(scene.users[0]);
  });

  it('has users in the streets, mostly in the line of sight, each with some paths', () => {
    for (const seed of [1, 8]) {
      const { users } = drawCityScene(seed);
      expect(users.length).toBeGreaterThan(500);
      expect(users.length).toBeLessThan(3000);
      const inSight = users.filter(({ paths }) => paths.some(({ lineOfSight }) => lineOfSight));
      expect(inSight.length).toBeGreaterThan(users.length / 2);
      const meanPaths = users.reduce((sum, { paths }) => sum + paths.length, 0) / users.length;
      expect(meanPaths).toBeGreaterThan(5);
      expect(meanPaths).toBeLessThan(9);
      for (const { positionM } of users) {
        const distanceM = Math.hypot(positionM[0], positionM[1]);
        expect(distanceM >= 5 && distanceM <= 140).toBe(true);
      }
    }
  });

  it('has the same length of each path from either end', () => {
    for (const { positionM, paths } of scene.users.slice(0, 200)) {
      for (const { imageM, sourceM } of paths) {
        expect(distance(sourceM, positionM)).toBeCloseTo(distance(imageM, scene.baseM), 9);
      }
    }
  });

  it('has paths that a ray, sent towards the image and thrown back by every wall, goes to the user', () => {
    const city = { ...drawCity(CITY_DEFAULTS, new Random(3, 'test')), rotationRad: 0 };
    const tracer = new PathTracer(city, { ...byHand, mostPaths: 100 });
    let numDoubles = 0;
    for (let k = 0; k < 400; k++) {
      const placeM: PointM = [((k * 37) % 200) - 100, ((k * 61) % 200) - 100];
      if (Math.hypot(...placeM) < 5 || city.blocks.some((block) => isInside(placeM, block))) continue;
      for (const { imageM, numReflections } of tracer.user(placeM).paths) {
        if (imageM[2] < 0) continue;
        numDoubles += numReflections === 2 ? 1 : 0;
        expect(distance([...launched(city.blocks, imageM), 0], [...placeM, 0])).toBeLessThan(1e-6);
      }
    }
    expect(numDoubles).toBeGreaterThan(20);
  });

  it('refuses lengths that make no city', () => {
    for (const wrong of [
      { blockM: [110, 35] },
      { streetM: [0, 32] },
      { offWallM: 20 },
      { gridM: 0 },
      { gridM: 0.01 },
      { mostPaths: 0 },
      { wavelengthM: Number.NaN },
    ] as const) {
      expect(() => drawCityScene(1, wrong)).toThrow(expect.objectContaining({ code: 'BAD_ARGUMENT' }));
    }
  });
});

function distance(a: PlaceM, b: PlaceM): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

function isInside([x, y]: PointM, block: Block): boolean {
  return x >= block.x[0] && x <= block.x[1] && y >= block.y[0] && y <= block.y[1];
}

/** Slow and obvious: goes on to the next wall in the way, turns there, until as far as the image is away. */
function launched(blocks: readonly Block[], imageM: PlaceM): PointM {
  let [x, y] = [0, 0];
  let left = Math.hypot(imageM[0], imageM[1]);
  const heading = [imageM[0] / left, imageM[1] / left];
  for (;;) {
    let nearest = { at: left, axis: -1 };
    for (const block of blocks) {
      for (const axis of [0, 1] as const) {
        const here = axis === 0 ? x : y;
        const there = axis === 0 ? y : x;
        const [along, across] = axis === 0 ? [block.x, block.y] : [block.y, block.x];
        for (const wall of along) {
          const at = (wall - here) / heading[axis]!;
          const meets = there + at * heading[1 - axis]!;
          if (at > 1e-9 && at < nearest.at && meets >= across[0] && meets <= across[1])
            nearest = { at, axis };
        }
      }
    }
    x += nearest.at * heading[0]!;
    y += nearest.at * heading[1]!;
    if (nearest.axis === -1) return [x, y];
    left -= nearest.at;
    heading[nearest.axis]! *= -1;
  }
}
