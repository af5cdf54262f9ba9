/** Sweeps of the users of a synthetic city (docs/model.md eq. 106): three sectors around a base station, 20 m above the street. */
import type { Vector3 } from '../../../array/antenna-array.js';
import { channelVector } from '../../../channel/channel.js';
import { type CityPath, drawCityScene } from '../../../channel/city/scene.js';
import type { Path } from '../../../channel/paths.js';
import type { ComplexVector } from '../../../core/complex.js';
import { SPEED_OF_LIGHT_M_PER_S } from '../../../core/physics.js';
import type { SweepSetting } from '../sweep-setting.js';
import { type Sector, Sectors } from './sector.js';
import { someOf } from './some-of.js';
import type { SweepSet } from './sweep-set.js';

/** @param mostUsers more than these are left out, here and there over the city. */
export function drawCitySweep(
  setting: SweepSetting,
  citySeed: number,
  mostUsers = Number.POSITIVE_INFINITY,
): SweepSet {
  const { carrierHz, bandwidthHz, numSubcarriers } = setting;
  const { users, baseM } = drawCityScene(citySeed, { wavelengthM: SPEED_OF_LIGHT_M_PER_S / carrierHz });
  const frequenciesHz = Array.from(
    { length: numSubcarriers },
    (_, k) => carrierHz + ((k - (numSubcarriers - 1) / 2) * bandwidthHz) / numSubcarriers,
  );
  const sectors = new Sectors(setting, baseM[2]);
  const some = someOf(users, mostUsers);
  const set = sectors.emptySet(some.length);
  for (const [k, { positionM, paths }] of some.entries()) {
    sectors.write(set, k, positionM, (sector) =>
      sector.receiverM.flatMap((antennaM) =>
        frequenciesHz.map((frequencyHz) => channelTo(sector, paths, positionM, antennaM, frequencyHz)),
      ),
    );
  }
  return set;
}

/** To one antenna of the receiver at one frequency: spherical waves from the array to the user's images. */
function channelTo(
  { array }: Sector,
  paths: readonly CityPath[],
  [xM, yM, zM]: Vector3,
  [ownXM, ownYM, ownZM]: Vector3,
  frequencyHz: number,
): ComplexVector {
  const radPerM = (2 * Math.PI * frequencyHz) / SPEED_OF_LIGHT_M_PER_S;
  const seen = paths.map(({ gain, imageM, sourceM: [sx, sy, sz] }): Path => {
    // As much longer to this antenna than to the receiver's middle.
    const further =
      Math.hypot(xM + ownXM - sx, yM + ownYM - sy, zM + ownZM - sz) - Math.hypot(xM - sx, yM - sy, zM - sz);
    const turned = { re: gain * Math.cos(radPerM * further), im: -gain * Math.sin(radPerM * further) };
    return { gain: turned, positionM: imageM };
  });
  return channelVector(array, seen, frequencyHz);
}
