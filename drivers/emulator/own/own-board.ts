/** An emulated board of another language than beamloop's firmware, as the process that runs it sees it. */
import type { AirSlot } from '../emulated-board.js';
import type { FaultPlan } from '../faults/fault-plan.js';
import type { RfImpairments } from '../rf.js';
import type { ReplyFaults } from './reply-faults.js';

/** What an own board is made from; plain data. */
export interface OwnBoardConfig {
  readonly kind: 'template';
  /** Of its template, and what complaints call it. */
  readonly text: string;
  readonly file: string;
  readonly serialNumber: string;
  readonly rf: RfImpairments;
  readonly faults: FaultPlan;
  readonly replies?: ReplyFaults | undefined;
  readonly seed: number;
}

/** What it is given. */
export interface OwnBoardPorts {
  readonly toHost: (chunk: Uint8Array) => void;
  readonly onAir: (piece: AirSlot) => void;
  readonly onBacklog: (full: boolean) => void;
}

/** What the laboratory does with it. */
export interface OwnBoard {
  receive(chunk: Uint8Array): void;
  /** Its trigger input rises. */
  trigger(): void;
  /** Nothing moves on the line for a while. */
  stall(durationS: number): void;
  /** What was on the way is lost. */
  unplug(): void;
  reset(): void;
  close(): void;
}
