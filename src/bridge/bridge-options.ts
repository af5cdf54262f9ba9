import type { Clock } from '../core/clock.js';
import type { BridgeEvent } from './bridge.js';
import type { BridgeLimits } from './limits.js';

export interface BridgeOptions {
  /** Address to listen on; 127.0.0.1 when not given. Anything but this machine itself requires `token`. */
  readonly host?: string;
  /** Port to listen on; 0 (the default) lets the system choose. */
  readonly port?: number;
  /** What a UE must present in its hello. */
  readonly token?: string;
  /** The only UEs that may connect; anybody with the token when not given. */
  readonly ueIds?: readonly string[];
  /** Name of the run; UEs keep their sequence numbers and unacknowledged records as long as it stays the same. */
  readonly run?: string;
  /** Of a run that goes on: the highest sequence number per UE that is durable already. */
  readonly durable?: ReadonlyMap<string, number>;
  /** Of a run that goes on: slots per UE whose powers it was asked to keep. */
  readonly kept?: ReadonlyMap<string, readonly number[]>;
  /** Whether UEs that have sensors are asked for their readings; not unless given. */
  readonly sensors?: boolean;
  /** Of a run that goes on: the highest number of a reading per UE that is durable already. */
  readonly durableReadings?: ReadonlyMap<string, number>;
  readonly limits?: Partial<BridgeLimits>;
  readonly clock?: Clock;
  readonly onEvent?: (event: BridgeEvent) => void;
}
