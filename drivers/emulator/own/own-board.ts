/** An emulated board of another language than beamloop's firmware, as the process that runs it sees it. */
import type { FaultPlan } from '../faults/fault-plan.js';
import type { RfImpairments } from '../rf.js';
import type { ReplyFaults } from './reply-faults.js';

/** What an own board is made from; plain data. */
export type OwnBoardConfig = OwnBoardKind & {
  readonly serialNumber: string;
  readonly rf: RfImpairments;
  readonly faults: FaultPlan;
  readonly replies?: ReplyFaults | undefined;
  readonly seed: number;
};

/** Which language it speaks. */
export type OwnBoardKind =
  | {
      readonly kind: 'template';
      /** Of its template, and what complaints call it. */
      readonly text: string;
      readonly file: string;
    }
  | {
      readonly kind: 'iio';
      readonly numElements: number;
      /** Channel of each element, counted chip after chip from 0, shape [numElements]. */
      readonly wiring: readonly number[];
    };

/** What the laboratory does with it. */
export interface OwnBoard {
  /** Its name as a port. */
  readonly path: string;
  /** What programs that are to reach it must be started with. */
  readonly environment: Readonly<Record<string, string>>;
  readonly numElements: number;
  plug(): Promise<void>;
  /** The cable is pulled: what was on the way is lost. Power stays on. */
  unplug(): void;
  /** Its trigger input rises. */
  trigger(): void;
  /** Nothing moves on the line for a while. */
  stall(durationS: number): void;
  /** Power cycle. */
  reset(): void;
}
