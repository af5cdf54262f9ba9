/** What a wideband scenario asks of its schemes and UEs. */
import { Band } from '../array/band.js';
import type { UeDescription } from '../bridge/bridge.js';
import { BeamloopError } from '../core/errors.js';
import type { WidebandSetting } from '../training/scheme-factory.js';
import type { Scenario } from './scenario-schema.js';

/** The subcarriers that UEs measure; null where they measure at the carrier. */
export function bandOf({ array }: Scenario): Band | null {
  const { carrier, bandwidth, subcarriers } = array;
  if (bandwidth === undefined || subcarriers === undefined) return null;
  return new Band({ carrierHz: carrier, bandwidthHz: bandwidth, numSubcarriers: subcarriers });
}

/** The subcarriers and where users can be; null in a scenario without a band or a sector. */
export function widebandOf(scenario: Scenario): WidebandSetting | null {
  const band = bandOf(scenario);
  const { sector } = scenario.array;
  return band === null || sector === undefined ? null : { band, sector };
}

/** Throws UE_MISMATCH unless the UE measures the scenario's subcarriers. */
export function requireSubcarriers({ ueId, numSubcarriers }: UeDescription, band: Band): void {
  if (numSubcarriers === band.numSubcarriers) return;
  throw new BeamloopError('UE_MISMATCH', {
    what: `UE '${ueId}' measures ${numSubcarriers} subcarriers, the scenario's band has ${band.numSubcarriers}`,
    where: 'array.subcarriers',
    todo: 'Set up the UE for the band of the scenario, or correct the scenario',
  });
}
