/** What a campaign needs of the world: a board, the UEs' bridge, and a way to let board time pass. */
import type { ArrayBoard, ElementSettings } from '../../drivers/array-board.js';
import type { LinearArray } from '../array/linear-array.js';
import type { UeBridge } from '../bridge/bridge.js';
import type { ElementBeam } from '../channel/wideband/response.js';
import type { BeamloopError } from '../core/errors.js';
import type { Scenario } from './scenario-schema.js';
import type { User } from './users.js';

export interface Testbed {
  readonly board: ArrayBoard;
  readonly bridge: UeBridge;
  /**
   * 'virtual': board time stands still unless `waitUntilBoardTime` lets it pass, and starts at 0 with every run, so a
   * plan depends on scenario and seed alone. 'real': it runs by itself.
   */
  readonly time: 'virtual' | 'real';
  /**
   * Board time before which nothing that is sent now can arrive, s; -Infinity on virtual time.
   *
   * @param numExchanges what has to be confirmed one after the other; codewords and then queue entries unless given.
   */
  earliestBoardTimeS(numExchanges?: number): number;
  /** Resolves when the board's clock has passed `toS`. Rejects with the signal's reason when aborted. */
  waitUntilBoardTime(toS: number, signal: AbortSignal): Promise<void>;
  /** What an emulated array radiates for element settings, its errors included; nobody knows that of a real one. */
  readonly radiate?: (settings: ElementSettings) => ElementBeam;
  /** Mutes the array, stops and closes everything. Never throws; safe to call twice. */
  close(): Promise<void>;
}

/** What a testbed is opened for. `E` is what the scenario says about an emulated board. */
export interface TestbedRequest<E> {
  readonly scenario: Scenario<E>;
  readonly array: LinearArray;
  readonly users: readonly User[];
  /** Names the run to the UEs: they keep their sequence numbers as long as it stays the same. */
  readonly run: string;
  /** Of a run that is resumed: the highest sequence number per UE that is on disk. */
  readonly durable: ReadonlyMap<string, number>;
  /** Of a run that is resumed: slots per UE whose powers it was asked to keep. */
  readonly kept: ReadonlyMap<string, readonly number[]>;
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
