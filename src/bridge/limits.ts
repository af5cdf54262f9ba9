/** What the bridge takes from a UE before it slows it down or shows it the door. */
export interface BridgeLimits {
  /** Longest WebSocket message, bytes. */
  readonly maxMessageBytes: number;
  readonly maxRecordsPerMessage: number;
  readonly maxSubcarriers: number;
  /** Records per second of one UE; beyond it the bridge reads more slowly, nothing is lost. */
  readonly recordsPerS: number;
  /** Control messages, pings and pongs per second of one UE; beyond it the connection is closed. */
  readonly controlPerS: number;
  /** Sensor readings per second of one UE; beyond it the bridge reads more slowly, nothing is lost. */
  readonly readingsPerS: number;
  /** Records that a UE may have sent without an acknowledgement. */
  readonly window: number;
  /** Messages of one connection that may be malformed before it is closed. */
  readonly malformedPerConnection: number;
  /** Connections at once that have not been welcomed yet; of more, the oldest gives way. */
  readonly maxHandshakes: number;
  readonly maxHandshakesPerAddress: number;
  /** Events about connections that are no UE's; those that follow are not told. */
  readonly maxStrangerEvents: number;
  /** UE ids that one bridge remembers. */
  readonly maxUes: number;
  /** Bytes waiting to be sent to one UE before it counts as not reading. */
  readonly maxBufferedBytes: number;
  /** A new connection must say hello within this time from its accept, s. */
  readonly helloTimeoutS: number;
  /** Pings go out at this interval, s; a UE that was silent for two of them is gone. */
  readonly heartbeatS: number;
  /** How long a UE has to show that it lives when another one asks for its id, s. */
  readonly challengeS: number;
}

export const DEFAULT_LIMITS: BridgeLimits = {
  maxMessageBytes: 1 << 20,
  maxRecordsPerMessage: 4096,
  maxSubcarriers: 4096,
  recordsPerS: 200_000,
  controlPerS: 200,
  readingsPerS: 2000,
  window: 8192,
  malformedPerConnection: 32,
  maxHandshakes: 512,
  maxHandshakesPerAddress: 256,
  maxStrangerEvents: 64,
  maxUes: 10_000,
  maxBufferedBytes: 4 << 20,
  helloTimeoutS: 1,
  heartbeatS: 5,
  challengeS: 1,
};
