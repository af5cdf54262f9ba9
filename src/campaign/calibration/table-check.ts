/** Whether an array is as its table says, by pilots that the table has not seen. */
import {
  type CalibrationTable,
  carrierErrorRad,
  silentElements,
} from '../../../calibration/calibration-table.js';
import { type DriftCheck, driftCheck } from '../../../calibration/procedures/drift-check.js';
import type { Sounding } from '../../sounding/sounding.js';
import { heardAtCarrier, type ProcedureSetup } from './calibration-settings.js';

const NUM_SLOTS = 64;

/** @param setup without what is known: the table says that. */
export function tableCheck(
  table: CalibrationTable,
  setup: Omit<ProcedureSetup, 'knownErrorRad'>,
): Sounding<DriftCheck> {
  const { array, board } = setup;
  const silent = silentElements(table);
  const gain = (table.gain ?? new Float64Array(board.numElements).fill(1)).map((ratio, n) =>
    silent.has(n) ? 0 : ratio,
  );
  const { residual, snr } = table.measured;
  return heardAtCarrier(
    driftCheck(
      { ...setup, knownErrorRad: carrierErrorRad(table, array.carrierHz) },
      {
        ...{ numSlots: NUM_SLOTS, gain },
        ...(residual !== undefined && { tableErrorRad: residual }),
        ...(snr !== undefined && { snrDb: snr }),
      },
    ),
    setup,
  );
}
