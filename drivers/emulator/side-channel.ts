/**
 * What an emulated board's process and its parent say to each other over Node's IPC channel: the laboratory around the
 * board, which a real one does not have. The board's own protocol runs over its port.
 */
import type { EmulatedBoardConfig } from './emulated-board.js';
import type { FailureReport } from './parent.js';
import type { PlugKind } from './plug.js';

export type BoardCommand =
  /** First message: make the board. Answered by `ready` or `failed`. */
  | { readonly type: 'start'; readonly config: EmulatedBoardConfig; readonly at?: PlugKind }
  /** Virtual time: run to board time `toS`. Answered by `advanced` with the same id. */
  | { readonly type: 'advance'; readonly id: number; readonly toS: number }
  | { readonly type: 'trigger' }
  | { readonly type: 'reset' }
  | { readonly type: 'stall'; readonly durationS: number }
  /** Without `durationS` until `replug`. */
  | { readonly type: 'unplug'; readonly durationS?: number }
  | { readonly type: 'replug' };

export type BoardReport =
  | {
      readonly type: 'ready';
      /** Name of its port; a pseudo-terminal's is a link that always points at the current device. */
      readonly path: string;
      /** What programs that are to reach it must be started with; nothing but for USB. */
      readonly environment: Readonly<Record<string, string>>;
      /** Unix socket that tells what the array radiates. */
      readonly airPath: string;
      /** Private directory of both, gone when the process ends. */
      readonly directory: string;
    }
  /** `nowS` is later than `toS` when that was already past, and 0 when the board lost power on the way. */
  | { readonly type: 'advanced'; readonly id: number; readonly toS: number; readonly nowS: number }
  | { readonly type: 'plug'; readonly plugged: boolean }
  | FailureReport;
