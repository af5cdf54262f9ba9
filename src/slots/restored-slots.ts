/** What a recording tells of the slots of the processes that wrote it before. */
import type { Receipt } from '../../drivers/array-board.js';
import type { FocalPoint } from '../array/focal-point.js';
import type { PowerRecord } from '../bridge/bridge.js';
import type { Recording } from '../record/recording.js';
import type { PlannedSlot } from './planned-slot.js';

export interface RestoredSlots {
  /** In the order in which they were planned. */
  readonly slots: readonly PlannedSlot[];
  readonly receipts: readonly Receipt[];
  readonly powers: readonly PowerRecord[];
  readonly localEstimates: readonly {
    readonly sounding: string;
    readonly batch: number;
    readonly ue: string;
    readonly point: FocalPoint;
  }[];
}

export async function restoredSlots(recording: Recording): Promise<RestoredSlots> {
  const slots = new Map<number, PlannedSlot & { readonly ues: string[] }>();
  for (const { ue, ...planned } of await recording.rows('slots')) {
    const known = slots.get(planned.slot);
    if (known === undefined) slots.set(planned.slot, { ...planned, ues: [ue] });
    else known.ues.push(ue);
  }
  return {
    slots: [...slots.values()],
    receipts: (await recording.rows('receipts')).map(({ codewordIndex, status, board: _board, ...rest }) => ({
      ...rest,
      index: codewordIndex,
      status: status as Receipt['status'],
    })),
    powers: (await recording.rows('powers')).map(({ ue, ...rest }) => ({ ...rest, ueId: ue })),
    localEstimates: (await recording.rows('local_estimates')).map(({ sinAngle, ringPerM, ...rest }) => ({
      ...rest,
      point: { sinAngle, ringPerM },
    })),
  };
}
