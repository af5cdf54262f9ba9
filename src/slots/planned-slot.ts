/** A pilot's slot. */
export interface PlannedSlot {
  readonly slot: number;
  /** Name of the sounding that asked for it, and its pilot's batch and place in the batch. */
  readonly sounding: string;
  readonly batch: number;
  readonly position: number;
  /** Counts from 1. */
  readonly attempt: number;
  readonly codewordKey: string;
  readonly hash: string;
  readonly plannedBoardTimeS: number;
  /** UEs that listen. */
  readonly ues: readonly string[];
}

/** A pilot of a sounding. */
export type PilotPlace = Pick<PlannedSlot, 'sounding' | 'batch' | 'position'>;
