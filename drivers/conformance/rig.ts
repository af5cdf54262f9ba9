import type { Clock } from '../../src/core/clock.js';
import type { Transport } from '../transports/transport.js';

/** A board to judge, and what can be done to it from outside. */
export interface Rig {
  /** A transport to the board that nobody has open. */
  readonly transport: Transport;
  readonly clock: Clock;
  /** Uniform 32-bit integers, for session ids; another sequence every time on a real board. */
  readonly random: () => number;
  /** What line and machine may add to a time that the board keeps, s. */
  readonly slackS: number;
  /** Takes the board's power away and gives it back; absent where nobody can. */
  readonly powerCycle?: () => Promise<void>;
  /** Raises the board's trigger input; absent where nothing is connected to it. */
  readonly trigger?: () => void;
}
