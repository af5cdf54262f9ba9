/**
 * What the rest of beamloop sees of the UE bridge. The wire format (`beamloop.ue.v1`) is in docs/ue-protocol.md.
 */
import type { FocalPoint } from '../array/focal-point.js';
import type { StopSignal } from '../core/stop-signal.js';
import type { WireSlotClock } from './messages.js';
import type { SensorRecord } from './sensor-reading.js';

export interface UeDescription {
  readonly ueId: string;
  readonly model: string;
  readonly software: string;
  /** Subcarriers per power frame; 1 for a narrowband UE. */
  readonly numSubcarriers: number;
  /** Keeps powers on request and estimates from them; false unless it says so. */
  readonly localEstimates?: boolean;
  /** Power at which its receiver clips, linear, in the unit of its records; not given where it does not know. */
  readonly fullScale?: number | undefined;
  /** Can tell where it is; false unless it says so. */
  readonly sensors?: boolean | undefined;
}

/** Received power of one slot as a UE measured it. */
export interface PowerRecord {
  readonly ueId: string;
  /** The UE's own sequence number of this record; rises by one per record over the UE's life in a run. */
  readonly sequence: number;
  readonly slot: number;
  /** The UE's clock, s. */
  readonly ueTimeS: number;
  /** Noise power per subcarrier, linear, same unit as `powers`. */
  readonly noiseFloor: number;
  /** Received power, linear, shape [numSubcarriers]; of a slot whose powers the UE keeps: their mean, shape [1]. */
  readonly powers: Float32Array;
}

/** Counts of one UE since the bridge began. Late records are counted where slots are joined (src/slots/slot-ledger.ts). */
export interface UeStatistics {
  readonly ueId: string;
  readonly connected: boolean;
  readonly connections: number;
  readonly recordsReceived: number;
  /** Records whose sequence number had arrived before. */
  readonly duplicates: number;
  /** Sequence numbers that were skipped and have not arrived since. */
  readonly gaps: number;
  /** Messages that were not understood, dropped whole. */
  readonly malformed: number;
  /** How often reading was paused because records came faster than the limit. */
  readonly throttled: number;
  /** Records of slots that the UE was not asked for. */
  readonly notAsked: number;
  /** Records with a power at the full scale that the UE said it has. */
  readonly saturated: number;
  /** Sensor readings; absent where none are wanted. */
  readonly readings?: ReadingStatistics;
}

/** Counts of one UE's sensor readings since the bridge began. */
export interface ReadingStatistics {
  readonly received: number;
  /** Whose number is not above those that came before; dropped. */
  readonly repeated: number;
  /** Numbers that were skipped. */
  readonly gaps: number;
  /** Not understood, dropped. */
  readonly malformed: number;
}

/** What a UE does wrong, in words (complaint.ts). */
export interface Complaint {
  /** Kind of mistake; a UE is told of each kind once per connection. */
  readonly code: string;
  /** What it sent, one sentence without a full stop and without a subject: `sent …`. */
  readonly message: string;
  readonly todo: string;
}

/** What happened on the bridge, for logs and the recording. */
export type BridgeEvent =
  | { readonly kind: 'connected'; readonly ueId: string; readonly nextSequence: number }
  | { readonly kind: 'disconnected'; readonly ueId: string; readonly reason: string }
  | { readonly kind: 'refused'; readonly ueId: string | null; readonly code: string; readonly reason: string }
  | {
      readonly kind: 'malformed' | 'remarked';
      readonly ueId: string;
      readonly code: string;
      readonly reason: string;
      readonly todo: string;
    };

/** What a UE is told so that it can estimate: plain data, of which the bridge itself reads the carrier's wavelength. */
export interface EstimateSetup {
  readonly array: { readonly carrierHz: number; readonly speedOfLightMPerS: number };
}

export interface UeBridge {
  /** Where it listens, e.g. `ws://127.0.0.1:40123`. */
  readonly url: string;
  /** Resolves once the UE is connected and welcomed. Rejects with UE_ABSENT after `timeoutS`. */
  waitForUe(ueId: string, timeoutS: number, signal?: StopSignal): Promise<UeDescription>;
  /**
   * Asks a UE to measure these slots (strictly ascending) and resolves when the UE confirmed that it listens for them, with false when
   * it says that it cannot tell them apart: nothing will come then. Survives reconnects: the request is repeated until the UE confirms. Without a confirmation after `timeoutS` it
   * rejects: UE_ABSENT when the UE is not connected by then, UE_SILENT when it is.
   *
   * @param keep the UE keeps the powers for `estimate` and reports their mean only.
   * @param clock when the slots are.
   */
  measure(
    ueId: string,
    slots: readonly number[],
    timeoutS: number,
    signal?: StopSignal,
    keep?: boolean,
    clock?: WireSlotClock,
  ): Promise<boolean>;
  /**
   * Asks a UE where it is, by the powers that it kept of these slots (one per pilot, in the pilots' order). Rejects as
   * `measure` does, and with UE_ESTIMATE when the UE says that it cannot tell, or answers with what is no point.
   *
   * @param setup what was sent in these slots (src/training/local-estimate.ts).
   */
  estimate(
    ueId: string,
    slots: readonly number[],
    setup: EstimateSetup,
    timeoutS: number,
    signal?: StopSignal,
  ): Promise<FocalPoint>;
  /**
   * The listener gets every record once, in the order of arrival; the first one also what came before it. It must not
   * keep long: it runs in the read path.
   */
  onPower(listener: (record: PowerRecord) => void): void;
  /**
   * The listener gets every reading of the UEs' sensors once, in the order of arrival among the powers; the first one also
   * what came before it. None come unless the bridge was told to ask for them.
   */
  onSensor(listener: (reading: SensorRecord) => void): void;
  /**
   * Tells the bridge that all records of this UE up to `sequence` are durable; only then are they acknowledged. A UE
   * stops sending while a whole window (`BridgeLimits.window`) of records is not acknowledged.
   */
  acknowledge(ueId: string, sequence: number): void;
  /** @param ueId the only UE to tell of; all that were ever expected or connected unless given. */
  statistics(ueId?: string): UeStatistics[];
  /** What was last wrong with what this UE sent, for whoever waits for it in vain; null when nothing was. */
  complaint(ueId: string): Complaint | null;
  close(): Promise<void>;
}
