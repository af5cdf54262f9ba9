/** Emulated UEs in a process of their own: they hear an emulated board's array and report to the bridge. */

import type { FailureReport } from '../../drivers/emulator/parent.js';
import type { PlaceM } from '../array/antenna-array.js';
import type { ArrayOptions } from '../array/create-array.js';
import type { MotionPlan } from '../channel/motion/create-motion.js';
import type { SensorPlan, WindowS } from '../channel/motion/sensors.js';
import type { Path } from '../channel/paths.js';
import { compiledEntry } from '../core/compiled-entry.js';
import { BeamloopError } from '../core/errors.js';
import type { EmulatedRadioPlan } from '../radio/radio-plan.js';
import { Child } from './child.js';

export interface EmulatedUeConfig {
  readonly ueId: string;
  /** How it moves; it stands still unless given. */
  readonly motionPlan?: MotionPlan | null;
  /** What it tells of where it is, and where that is while it stands still; nothing unless given. */
  readonly sensors?: { readonly plan: SensorPlan; readonly positionM: PlaceM } | null;
  /** When nothing but noise comes through, in the motion's time. */
  readonly blockedS?: readonly WindowS[];
  /** When it is not connected, in the motion's time. */
  readonly awayS?: readonly WindowS[];
  /** Propagation to this UE, at the start where it moves; powers of the gains sum to 1. */
  readonly paths: readonly Path[];
  /** Signal-to-noise ratio of a pilot of unit norm, dB; Infinity = no noise. */
  readonly snrDb: number;
  /** Power at which its receiver clips; none unless given. */
  readonly fullScale?: number | null;
}

/** What a process of emulated UEs is made from; plain data. */
export interface EmulatedUesConfig {
  /** The bridge, e.g. `ws://127.0.0.1:8517`. */
  readonly bridgeUrl: string;
  readonly token?: string;
  /** Where the emulated board tells what it radiates. */
  readonly airPath: string;
  /** Slots follow the wall clock; otherwise all clocks are the virtual one of the board. */
  readonly realtime: boolean;
  /** The board has no slots of its own. */
  readonly hostTimed?: boolean;
  readonly array: ArrayOptions;
  readonly ues: readonly EmulatedUeConfig[];
  /** What they sample with; they measure powers at once unless given. */
  readonly radio?: EmulatedRadioPlan | null;
  /** By UE, HOST:PORT at which its samples can be had in real time; whoever takes them is its agent. */
  readonly serve?: Readonly<Record<string, string>>;
  /** Of all noise. */
  readonly seed: number;
  /** The band that they measure; one subcarrier at the carrier when not given. */
  readonly subcarriers?: { readonly count: number; readonly bandwidthHz: number };
}

/** Only message to the process. */
export interface UeCommand {
  readonly type: 'start';
  readonly config: EmulatedUesConfig;
}

/** They hear the array. */
interface ReadyReport {
  readonly type: 'ready';
  /** When motions begin, on the machine's monotonic clock or on virtual time, s. */
  readonly motionOriginS: number;
}

export type UeReport = ReadyReport | FailureReport;

export interface EmulatedUes {
  readonly pid: number;
  /** When motions begin: on virtual time 0; otherwise on the machine's monotonic clock (`process.hrtime`), s. */
  readonly motionOriginS: number;
  /** Resolves when the process has ended, by `close` or by itself. */
  readonly ended: Promise<void>;
  /** Ends the process and waits for it; safe to call twice. */
  close(): Promise<void>;
}

export function ueFailure({ what, where, todo }: Omit<FailureReport, 'type'>): BeamloopError {
  return new BeamloopError('UE_ABSENT', {
    what: `The emulated UEs failed: ${what}`,
    ...(where !== undefined && { where }),
    ...(todo !== undefined && { todo }),
  });
}

/**
 * Starts emulated UEs; resolves when they hear the array. Their process ends with this one, even when this one is killed.
 *
 * @param onFailure told once when they end later on for a reason of their own, e.g. because the bridge refused one, or are killed.
 * @throws BeamloopError UE_ABSENT when they cannot be started.
 */
export async function startEmulatedUes(
  config: EmulatedUesConfig,
  onFailure: (error: BeamloopError) => void = () => {},
): Promise<EmulatedUes> {
  let isLost = false;
  const lost = (report: Omit<FailureReport, 'type'>) => {
    if (!isLost) onFailure(ueFailure(report));
    isLost = true;
  };
  const { child, ready } = await Child.start<UeCommand, UeReport, ReadyReport>({
    entry: compiledEntry('./emulated-ue-process.js', import.meta.url),
    start: { type: 'start', config },
    onReport: (report) => {
      if (report.type === 'failed') lost(report);
    },
    onLost: (what) =>
      lost({ what, todo: 'See whether something on this machine ends processes, for want of memory say' }),
    failure: ueFailure,
  });
  return {
    pid: child.pid,
    motionOriginS: ready.motionOriginS,
    ended: child.ended,
    close: () => child.close(),
  };
}
