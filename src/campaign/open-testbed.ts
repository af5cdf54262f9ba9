/** What a campaign asks for when it opens its testbed. */
import type { AntennaArray } from '../array/antenna-array.js';
import type { BeamloopError } from '../core/errors.js';
import type { Scenario } from '../scenario/scenario-schema.js';
import type { User } from '../scenario/users.js';
import type { Testbed } from '../slots/testbed.js';

/** What a testbed is opened for. `E` is what the scenario says about an emulated board. */
export interface TestbedRequest<E> {
  readonly scenario: Scenario<E>;
  readonly array: AntennaArray;
  readonly users: readonly User[];
  /** Names the run to the UEs: they keep their sequence numbers as long as it stays the same. */
  readonly run: string;
  /** Of a run that is resumed: the highest sequence number per UE that is on disk. */
  readonly durable: ReadonlyMap<string, number>;
  /** Of a run that is resumed: slots per UE whose powers it was asked to keep. */
  readonly kept: ReadonlyMap<string, readonly number[]>;
  /** Whether UEs are asked what their sensors tell; where a user of the scenario has some, unless given. */
  readonly sensors?: boolean;
  /** Of a run that is resumed: the highest number of a sensor reading per UE that is on disk. */
  readonly durableReadings?: ReadonlyMap<string, number>;
  /** Emulated board only: let board time follow the wall clock. */
  readonly realtime: boolean;
  readonly signal: AbortSignal;
  /** UEs that come, go or are refused. */
  readonly onEvent: (kind: string, detail: unknown) => void;
  /** A part of the testbed is gone for good, such as the process of the emulated UEs: the run cannot go on. */
  readonly onFailure: (error: BeamloopError) => void;
}

/** Opens board and bridge. Throws a board's or the bridge's error, or the signal's reason; leaves nothing open then. */
export type OpenTestbed<E> = (request: TestbedRequest<E>) => Promise<Testbed>;
