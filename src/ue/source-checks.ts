/** What a UE's source gives is checked before it goes on its way: the bridge would drop it, and nobody would know whose fault it is. */
import type { UeDescription } from '../bridge/bridge.js';
import { objectionToCovariance } from '../bridge/sensor-reading.js';
import { BeamloopError } from '../core/errors.js';
import type { SensorReport, SlotPower } from './power-source.js';

/** Throws BAD_ARGUMENT for what is no measured slot of this UE. */
export function requirePower(power: SlotPower, { numSubcarriers, ueId }: UeDescription): void {
  const isPower = (value: number) => value >= 0 && Number.isFinite(Math.fround(value));
  const arePowers = (values: Float32Array) => {
    for (let m = 0; m < values.length; m++) if (!(values[m]! >= 0 && values[m]! < Infinity)) return false;
    return true;
  };
  const wrong =
    (power.powers.length !== numSubcarriers &&
      `${power.powers.length} powers instead of ${numSubcarriers}`) ||
    (!Number.isInteger(power.slot) && `slot ${power.slot}`) ||
    (!Number.isFinite(power.ueTimeS) && `UE time ${power.ueTimeS}`) ||
    (!isPower(power.noiseFloor) && `noise floor ${power.noiseFloor}`) ||
    (!arePowers(power.powers) && 'a power that is negative or not finite');
  if (wrong !== false)
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `The source of the UE ${ueId} gave a slot that cannot be sent: ${wrong}`,
      where: `slot ${power.slot}`,
      todo: 'Correct the source: powers are linear, finite and not negative',
    });
}

/** Throws BAD_ARGUMENT for what is no sensor report. */
export function requireReport(report: SensorReport, { ueId }: UeDescription): void {
  const { positionM, velocityMPerS, covariance, ueTimeS } = report;
  const numbers = [ueTimeS, ...positionM, ...(velocityMPerS ?? [])];
  const wrong = numbers.every(Number.isFinite)
    ? objectionToCovariance(covariance, velocityMPerS === null ? 2 : 4)
    : 'it holds what is no finite number';
  if (wrong === null) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `The source of the UE ${ueId} gave a sensor report that cannot be sent: ${numbers.every(Number.isFinite) ? `its covariance ${wrong}` : wrong}`,
    where: `UE time ${ueTimeS}`,
    todo: 'Correct the source: metres and metres per second, and a covariance of them',
  });
}
