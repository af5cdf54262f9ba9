/** From what a UE reported of each pilot to what a scheme decides by. */
import type { PowerRecord } from '../bridge/bridge.js';
import { type Powers, powersOf } from '../training/scheme.js';

/** @param records one per pilot, of one UE and so with the same number of subcarriers. */
export function powersOfRecords(records: readonly Pick<PowerRecord, 'powers' | 'noiseFloor'>[]): Powers {
  const numSubcarriers = records[0]!.powers.length;
  const values = new Float64Array(records.length * numSubcarriers);
  let noise = 0;
  for (const [k, { powers, noiseFloor }] of records.entries()) {
    values.set(powers, k * numSubcarriers);
    noise += noiseFloor;
  }
  return powersOf(values, numSubcarriers, noise / records.length);
}
