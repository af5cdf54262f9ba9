/**
 * What the process of emulated boards and its parent say to each other over Node's IPC channel: the laboratory around the
 * boards, which real ones do not have. The boards' own protocol runs over their ports. Boards are counted from 0.
 */
import type { EmulatedBoardConfig } from './emulated-board.js';
import type { FailureReport } from './parent.js';
import type { PlugKind } from './plug.js';

export type BoardCommand =
  /** First message: make the boards, of which several radiate as one array. Answered by `ready` or `failed`. */
  | { readonly type: 'start'; readonly boards: readonly EmulatedBoardConfig[]; readonly at?: PlugKind }
  /** Virtual time: run to time `toS` of the first board. Answered by `advanced` with the same id. */
  | { readonly type: 'advance'; readonly id: number; readonly toS: number }
  /** The trigger inputs of all boards are wired together. */
  | { readonly type: 'trigger' }
  | { readonly type: 'reset'; readonly board: number }
  | { readonly type: 'stall'; readonly board: number; readonly durationS: number }
  /** Without `durationS` until `replug`. */
  | { readonly type: 'unplug'; readonly board: number; readonly durationS?: number }
  | { readonly type: 'replug'; readonly board: number };

export type BoardReport =
  | {
      readonly type: 'ready';
      /** Name of each board's port; a pseudo-terminal's is a link that always points at the current device. */
      readonly paths: readonly string[];
      /** What programs that are to reach it must be started with; nothing but for USB. */
      readonly environment: Readonly<Record<string, string>>;
      /** Unix socket that tells what the array radiates. */
      readonly airPath: string;
      /** Private directory of all these, gone when the process ends. */
      readonly directory: string;
    }
  /**
   * Each board's time, of one moment. That of the first is later than what was asked for when that was already past, and 0 when it lost
   * power on the way.
   */
  | { readonly type: 'advanced'; readonly id: number; readonly timesS: readonly number[] }
  | { readonly type: 'plug'; readonly board: number; readonly plugged: boolean }
  | FailureReport;
