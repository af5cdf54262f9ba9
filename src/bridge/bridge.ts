/**
 * What the rest of beamloop sees of the UE bridge. The wire format (`beamloop.ue.v1`) is in docs/ue-protocol.md.
 */

export interface UeDescription {
  readonly ueId: string;
  readonly model: string;
  readonly software: string;
  /** Subcarriers per power frame; 1 for a narrowband UE. */
  readonly numSubcarriers: number;
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
  /** Received power, linear, shape [numSubcarriers]. */
  readonly powers: Float32Array;
}

export interface UeStatistics {
  readonly ueId: string;
  readonly connected: boolean;
  readonly connections: number;
  readonly recordsReceived: number;
  readonly duplicates: number;
  /** Records of slots that were no longer waited for. */
  readonly late: number;
  /** Sequence numbers that were skipped and have not arrived since. */
  readonly gaps: number;
  readonly malformed: number;
}

export interface UeBridge {
  /** Where it listens, e.g. `ws://127.0.0.1:40123`. */
  readonly url: string;
  /** Resolves once the UE is connected and welcomed. Rejects with UE_ABSENT after `timeoutS`. */
  waitForUe(ueId: string, timeoutS: number, signal?: AbortSignal): Promise<UeDescription>;
  /**
   * Asks a UE to measure these slots (ascending) and resolves when the UE confirmed. Survives reconnects: the request
   * is repeated until the UE confirms. Rejects with UE_ABSENT after `timeoutS` without a connection.
   */
  measure(ueId: string, slots: readonly number[], timeoutS: number, signal?: AbortSignal): Promise<void>;
  onPower(listener: (record: PowerRecord) => void): void;
  /** Tells the bridge that all records of this UE up to `sequence` are durable; only then are they acknowledged. */
  acknowledge(ueId: string, sequence: number): void;
  statistics(): UeStatistics[];
  close(): Promise<void>;
}
